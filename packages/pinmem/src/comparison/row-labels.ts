// What rows of a table are called: by the shortest thing that tells them apart. Recipes of one comparison often share a name
// or a method; then the other says more.

import { networkName } from "../recipes/network-name.js";
import type { RunRecord } from "./run-record.js";

const methodTitles: Readonly<Record<string, string>> = {
  erm: "ERM",
  mldg: "MLDG",
  "memory-erm": "Memory without meta-learning",
  "pin-memory": "Pin the Memory",
};

export const methodTitle = (method: string): string => methodTitles[method] ?? method;

interface Member {
  readonly run: RunRecord;
  readonly label: string | undefined;
}

const candidates: readonly ((run: RunRecord) => string)[] = [
  ({ recipe }) => methodTitle(recipe.method.name),
  ({ recipe }) => recipe.name,
  ({ recipe }) => `${methodTitle(recipe.method.name)}, ${networkName(recipe.model)}`,
  ({ recipe }) => `${recipe.name}, ${methodTitle(recipe.method.name)}`,
  ({ name }) => name,
  ({ path }) => path,
];

/** A label for each row, given its runs; the same run by another protocol or with other weights keeps its label. */
export function labelRows(rows: readonly (readonly Member[])[]): string[] {
  const firsts = rows.map(([first]) => first as Member);
  const experiments = new Set(firsts.map(({ run }) => run.path)).size;
  const telling = candidates.find(
    (label) => new Set(firsts.map(({ run }) => label(run))).size >= experiments,
  );
  const label = telling ?? (({ path }: RunRecord) => path);
  return firsts.map((first) => first.label ?? label(first.run));
}
