// Writes the report of a comparison: one HTML file, whole or not at all.

import { readFileSync } from "node:fs";
import { type CompareOptions, type Comparison, compare, type Entry } from "../comparison/comparison.js";
import { writeWhole } from "../files/atomic-write.js";
import { page } from "./page/page.js";

export interface ReportOptions extends CompareOptions {
  readonly file: string;
  /** Default: the names of what is compared. */
  readonly title?: string;
}

/** @throws RangeError where nothing can be compared */
export async function writeReport(
  entries: readonly Entry[],
  { file, title, ...options }: ReportOptions,
): Promise<Comparison> {
  const comparison = compare(entries, options);
  if (comparison.rows.length === 0) {
    const names = entries.map(({ run }) => run.path).join(", ");
    throw new RangeError(`there are no scores in ${names}: neither an evaluation, nor one while training`);
  }
  const labels = [...new Set(comparison.rows.map(({ label }) => label))];
  const heading = title ?? (labels.length > 4 ? `${labels.length} experiments compared` : listed(labels));
  await writeWhole(file, page(comparison, { title: heading, date: new Date(), version: ownVersion() }));
  return comparison;
}

/** "a", "a and b", "a, b and c". */
const listed = (names: readonly string[]): string =>
  names.length < 2 ? names.join() : `${names.slice(0, -1).join(", ")} and ${names.at(-1)}`;

export function ownVersion(): string {
  const manifest = new URL("../../package.json", import.meta.url);
  return (JSON.parse(readFileSync(manifest, "utf8")) as { version: string }).version;
}
