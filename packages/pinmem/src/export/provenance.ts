// Where an exported model comes from, and what to heed before it is passed on. It may end on a public page: paths of this machine
// are left out.

import { readFileSync } from "node:fs";
import { basename } from "node:path";
import type { ExportedModel } from "@pinmem/core/formats";
import { sha256Of } from "../files/sha256.js";
import type { DatasetConfig } from "../recipes/data.js";
import type { Recipe } from "../recipes/recipe.js";
import type { OpenRun } from "../runs/open-run.js";

/** Of this package. */
export function packageVersion(): string {
  const manifest = readFileSync(new URL("../../package.json", import.meta.url), "utf8");
  return (JSON.parse(manifest) as { version: string }).version;
}

export async function provenanceOf(run: OpenRun): Promise<ExportedModel["provenance"]> {
  const { recipe, step, score, adaptation, file } = run;
  const { network, backbone, head, backboneWeights } = recipe.model;
  return {
    pinmem: packageVersion(),
    date: new Date().toISOString(),
    run: recipe.name,
    weights: await sha256Of(file),
    step,
    score,
    method: recipe.method.name,
    network: network ?? `${backbone}, ${head}`,
    data: recipe.data.sources.map(nameOf),
    backboneWeights: backboneWeights === null ? null : basename(backboneWeights),
    adapted: adaptation !== null,
    recipe: withoutPaths(recipe) as ExportedModel["provenance"]["recipe"],
  };
}

function nameOf(dataset: DatasetConfig): string {
  if ("domain" in dataset) return `${dataset.name}:${dataset.domain}`;
  return "as" in dataset ? dataset.as : dataset.name;
}

/** Folders of data are left out, of other paths the last part stays. */
export function withoutPaths(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutPaths);
  if (typeof value === "string") return /[\\/]/.test(value) ? basename(value) : value;
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .filter(([key, one]) => key !== "root" && one !== undefined)
      .map(([key, one]) => [key, withoutPaths(one)]),
  );
}

/** What to heed before the weights are passed on. */
export function licenseNote({ data, model }: Recipe): string {
  const sources = [...new Set(data.sources.map(nameOf))];
  const from = [
    ...(model.backboneWeights === null ? [] : [`backbone weights ${basename(model.backboneWeights)}`]),
    ...(model.weights === null ? [] : [`weights ${basename(model.weights.file)}`]),
  ];
  const start = from.length > 0 ? `, starting from ${from.join(" and ")}` : "";
  if (from.length === 0 && data.sources.every(({ name }) => name === "streets"))
    return `Trained on procedural pictures alone (${sources.join(", ")}): the weights are as free as pinmem is (MIT).`;
  return (
    `Trained on ${sources.join(", ")}${start}. What these allow holds for the weights too, and many data sets allow research ` +
    "only: read their terms before you pass the model on. The code of pinmem is MIT."
  );
}
