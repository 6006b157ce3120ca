// What rows of a table are called: by the shortest thing that tells them apart. Recipes of one comparison often share a name
// or a method; then the other says more.

import { networkName } from "../recipes/network-name.js";
import type { Recipe } from "../recipes/recipe.js";
import type { RunRecord } from "./run-record.js";

const methodTitles: Readonly<Record<string, string>> = {
  erm: "ERM",
  mldg: "MLDG",
  "memory-erm": "Memory without meta-learning",
  "pin-memory": "Pin the Memory",
};

export const methodTitle = (method: string): string => methodTitles[method] ?? method;

/** A program's own method has no title but its name. */
const titleOf = ({ method }: Recipe): string =>
  method.name === "custom" ? method.as : methodTitle(method.name);

interface Member {
  readonly run: RunRecord;
  readonly label: string | undefined;
}

const candidates: readonly ((run: RunRecord) => string)[] = [
  ({ recipe }) => titleOf(recipe),
  ({ recipe }) => recipe.name,
  ({ recipe }) => `${titleOf(recipe)}, ${networkName(recipe.model)}`,
  ({ recipe }) => `${recipe.name}, ${titleOf(recipe)}`,
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
