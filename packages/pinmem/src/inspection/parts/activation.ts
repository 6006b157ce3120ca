// Part of an inspection: where the rows of the memory are read, in one image of each domain.

import { type HeatScale, IGNORE_INDEX } from "@pinmem/core";
import type { ActivationFigures, InspectionPicture } from "@pinmem/core/formats";
import type { ClassMemory } from "../../memory/class-memory.js";
import { activationFigure } from "../activation-figure.js";
import { presentRows } from "../alterations.js";
import { type InspectedDomain, shortName } from "../domains.js";
import { type Observation, observe, occurring } from "../observe.js";
import { fileName, type PartContext, type PartResult, save } from "./part.js";

const captions: Readonly<Record<HeatScale, string>> = {
  contrast:
    "Read weights of the classes that occur, scaled at every pixel so that the row read least is dark and the one read most is bright: " +
    "which row leads, however little. As in the official code.",
  raw:
    "The same read weights as they are, from 0. A flat read gives every row the weight 1/K: " +
    "what differs little from it hardly depends on the pixel.",
};

export interface ActivationOptions {
  /** Default both. */
  readonly scales?: readonly HeatScale[];
}

export async function inspectActivation(
  { run: { network, normalization, space }, domains, folder, device, onProgress }: PartContext,
  memory: ClassMemory,
  { scales = ["contrast", "raw"] }: ActivationOptions = {},
): Promise<PartResult<readonly ActivationFigures[]>> {
  const present = presentRows(memory);
  const pictures: InspectionPicture[] = [];
  const figures: ActivationFigures[] = [];
  // Names that differ in signs alone would share a file.
  const slugs = domains.map(({ name }) => fileName(name));
  for (const [index, domain] of domains.entries()) {
    const sample = await richestImage(domain);
    const isFirst = slugs.indexOf(fileName(domain.name)) === index;
    const slug = isFirst ? domain.name : `${domain.name}-${index + 1}`;
    const observation = observe(network, sample, { device, normalization, weights: true });
    for (const scale of scales) {
      const name = fileName("activation", slug, ...(scale === "raw" ? ["raw"] : []));
      const title = `Memory activation, ${domain.name}${scale === "raw" ? ", raw weights" : ""}`;
      const drawing = await activationFigure(observation, { space, scale, present });
      pictures.push(
        await save(folder, name, drawing, { kind: "activation", title, caption: captions[scale] }),
      );
    }
    figures.push({
      domain: domain.name,
      image: shortName(sample),
      scales,
      flatWeight: 1 / memory.classes,
      classes: ownWeights(observation)
        .filter(({ trainId }) => present.includes(trainId))
        .map(({ trainId, own, others }) => ({ name: space.classes[trainId]?.name ?? "", own, others })),
    });
    onProgress(index + 1, domains.length);
  }
  return { figures, pictures };
}

/** The image in which most classes occur, the first of them. */
async function richestImage({ images, name }: InspectedDomain) {
  let best: { readonly sample: Observation["sample"]; readonly classes: number } | null = null;
  for await (const sample of images()) {
    const classes = occurring(sample.label).filter((trainId) => trainId !== IGNORE_INDEX).length;
    if (!best || classes > best.classes) best = { sample, classes };
  }
  if (!best) throw new Error(`inspection: ${name} holds no image`);
  return best.sample;
}

function ownWeights({ sample: { label }, weights }: Observation) {
  const classes = occurring(label).filter((trainId) => trainId !== IGNORE_INDEX);
  return classes.map((trainId) => {
    const row = weights?.[trainId] ?? new Float32Array(label.length);
    const [sums, counts] = [
      [0, 0],
      [0, 0],
    ];
    label.forEach((truth, pixel) => {
      const side = truth === trainId ? 0 : 1;
      sums[side] = (sums[side] as number) + (row[pixel] as number);
      counts[side] = (counts[side] as number) + 1;
    });
    const mean = (side: 0 | 1) => (sums[side] as number) / (counts[side] as number);
    return { trainId, own: mean(0), others: counts[1] === 0 ? null : mean(1) };
  });
}
