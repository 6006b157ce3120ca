// Part of an inspection: results to look at, beside those of a baseline where there is one.

import { IGNORE_INDEX } from "@pinmem/core";
import type { GridFigures } from "@pinmem/core/formats";
import { spreadEvenly } from "../../loading/check.js";
import { type InspectedDomain, shortName } from "../domains.js";
import { type GridRow, gridFigure } from "../grid-figure.js";
import { observe } from "../observe.js";
import { describeRun, type PartContext, type PartResult, save } from "./part.js";

/** About so many rows in all, at least one for each domain. */
const ROWS = 8;

export async function inspectGrid({
  run,
  baseline,
  domains,
  folder,
  device,
  onProgress,
}: PartContext): Promise<PartResult<GridFigures>> {
  const { space } = run;
  const perDomain = Math.max(1, Math.floor(ROWS / domains.length));
  const rows: (GridRow & { readonly domain: string })[] = [];
  for (const [index, domain] of domains.entries()) {
    const shown = new Set(spreadEvenly(indices(domain), perDomain));
    for await (const sample of domain.images()) {
      if (!shown.has(sample.index)) continue;
      const see = ({ network, normalization }: typeof run) =>
        observe(network, sample, { device, normalization });
      const observation = see(run);
      const other = baseline ? see(baseline).prediction : null;
      rows.push({ domain: domain.name, title: domain.name, observation, baseline: other });
    }
    onProgress(index + 1, domains.length);
  }
  const names = {
    ours: run.recipe.method.name,
    baseline: baseline ? nameBeside(baseline.recipe.method.name, run.recipe.method.name) : "",
  };
  const drawing = await gridFigure(rows, { space, names });
  const title = baseline ? `Predictions of ${names.ours} and ${names.baseline}` : "Predictions";
  const caption = "Images spread evenly over each domain, not chosen by result.";
  const picture = await save(folder, "grid", drawing, { kind: "grid", title, caption });
  const figures: GridFigures = {
    baseline: baseline ? describeRun(baseline) : null,
    rows: rows.map(({ domain, observation: { sample, prediction }, baseline: other }) => ({
      domain,
      image: shortName(sample),
      accuracy: accuracy(sample.label, prediction),
      baselineAccuracy: other ? accuracy(sample.label, other) : null,
    })),
  };
  return { figures, pictures: [picture] };
}

const indices = ({ count }: InspectedDomain): number[] => Array.from({ length: count }, (_, index) => index);

const nameBeside = (name: string, other: string): string => (name === other ? `${name} (baseline)` : name);

/** Share of labeled pixels that are right; null where none is labeled. */
function accuracy(label: Uint8Array, prediction: Uint8Array): number | null {
  let [labeled, right] = [0, 0];
  label.forEach((truth, pixel) => {
    if (truth === IGNORE_INDEX) return;
    labeled++;
    if (prediction[pixel] === truth) right++;
  });
  return labeled > 0 ? right / labeled : null;
}
