// Pictures that the studio offers: files and folders that were named, and labeled pictures of domains.

import { readFile } from "node:fs/promises";
import { basename, dirname } from "node:path";
import type { StudioPicture } from "@pinmem/studio";
import type { Dataset } from "../../datasets/dataset.js";
import { type DomainSources, openDomains } from "../../evaluation/open-domains.js";
import { decodeImage, openImage } from "../../images/image.js";
import { libvips } from "../../images/libvips.js";
import { type EvaluationImage, evaluationImages } from "../../loading/evaluation-loader.js";
import { sampleName } from "../../loading/open-sample.js";
import { findInputs } from "../../prediction/inputs.js";
import { loadStoredRecipe } from "../../recipes/load-recipe.js";
import { openRun } from "../../runs/open-run.js";
import { RunFolder } from "../../runs/run-folder.js";

interface Wanted {
  readonly pictures?: readonly string[];
  readonly on?: readonly string[];
  readonly limit: number;
}

/**
 * @returns pictures, and what a reader should know where domains of a run cannot be opened that nobody asked for
 * @throws DataError, DomainError where what was asked for cannot be had
 */
export async function openStudioPictures(
  runs: readonly string[],
  { pictures = [], on, limit }: Wanted,
): Promise<{ readonly pictures: readonly StudioPicture[]; readonly note: string | null }> {
  const files = pictures.length === 0 ? [] : await findInputs(pictures);
  const own = files.flatMap(({ file, kind }) => (kind === "image" ? [fromFile(file)] : []));
  if (on === undefined && own.length > 0) return { pictures: own, note: null };
  try {
    return { pictures: [...own, ...(await fromDomains(runs, on, limit))], note: null };
  } catch (error) {
    if (on !== undefined) throw error;
    return { pictures: own, note: `no labeled pictures are offered: ${(error as Error).message}` };
  }
}

/** What every browser decodes as it is. */
const plain = /\.(jpe?g|png|webp|bmp)$/i;

const fromFile = (file: string): StudioPicture => ({
  name: file,
  group: basename(dirname(file)),
  image: async () => {
    if (plain.test(file)) return await readFile(file);
    const { width, height, pixels } = await decodeImage(await openImage(file));
    return await png(pixels, width, height);
  },
  label: null,
});

async function fromDomains(
  runs: readonly string[],
  on: readonly string[] | undefined,
  limit: number,
): Promise<StudioPicture[]> {
  const first = runs.find((path) => new RunFolder(path).exists);
  if (first === undefined) return [];
  const { targets, validation } = (await loadStoredRecipe(new RunFolder(first).recipe)).data;
  const groups = [
    ...(validation.length > 0 ? ["validation"] : []),
    ...(targets.length > 0 ? ["targets"] : []),
  ];
  const names = on ?? groups;
  if (names.length === 0) return [];
  const sources: DomainSources = { folder: process.env.PINMEM_DATA, limit };
  // Only its label space and recipe are wanted.
  using run = openRun(first);
  const domains = await openDomains(names, run, sources);
  return domains.flatMap(({ name, dataset }) =>
    dataset.samples.map((sample, at) => ({
      name: sampleName(sample),
      group: name,
      image: async () => {
        if (!("scene" in sample) && plain.test(sample.image)) return await readFile(sample.image);
        const { image, width, height } = await nth(dataset, at);
        return await png(image, width, height);
      },
      label: async () => {
        const { label, width, height } = await nth(dataset, at);
        return await png(label, width, height);
      },
    })),
  );
}

async function nth(dataset: Dataset, at: number): Promise<EvaluationImage> {
  for await (const one of evaluationImages(dataset, { from: at, prefetch: 0 })) return one;
  throw new Error(`internal: studio: there is no sample ${at}`);
}

async function png(pixels: Uint8Array, width: number, height: number): Promise<Buffer> {
  const sharp = await libvips();
  const channels = pixels.length === width * height ? 1 : 3;
  const image = sharp(pixels, { raw: { width, height, channels } });
  return (channels === 1 ? image.toColourspace("b-w") : image).png().toBuffer();
}
