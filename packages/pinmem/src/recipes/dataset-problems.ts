// Splits and subsets that a data set does not have: found before its files are looked for.

import { closest } from "@pinmem/core";
import { datasetDefinition } from "../datasets/sets/index.js";
import type { DataConfig, DatasetConfig } from "./data.js";

/** What is wrong with the data sets of a recipe, a line each. */
export function datasetProblems(data: Pick<DataConfig, "sources" | "validation" | "targets">): string[] {
  return (["sources", "validation", "targets"] as const).flatMap((role) =>
    data[role].flatMap((config, at) => problemsOf(config, `data.${role}[${at}]`)),
  );
}

function problemsOf(config: DatasetConfig, path: string): string[] {
  if (!("root" in config)) return [];
  const { name, split, subset, mapping } = config;
  const { splits, subsets = [], mappings = [] } = datasetDefinition(name);
  return [
    ...unknown(`${path}.split`, split, Object.keys(splits), `${name} has`),
    ...unknown(`${path}.subset`, subset, subsets, `${name} has`),
    ...unknown(`${path}.mapping`, mapping, mappings, `${name} has`),
  ];
}

function unknown(path: string, value: string | undefined, known: readonly string[], who: string): string[] {
  if (value === undefined || known.includes(value)) return [];
  const meant = closest(value, known);
  const there = known.length > 0 ? known.join(", ") : "none";
  return [`${path} is "${value}"; ${who} ${there}${meant ? ` (did you mean "${meant}"?)` : ""}`];
}
