// What of a place's labels an adaptation leaves unused: said in a line each, since nobody draws labels for nothing.

import { basename, join, resolve } from "node:path";
import type { Sample } from "../datasets/dataset.js";
import { examples } from "../datasets/not-found.js";
import { listFiles } from "../files/list-files.js";

/**
 * Lines for people.
 * @param labels the folder that was given
 * @param paired all pictures with a label
 * @param used how many of them are used
 */
export async function unusedLabels(
  labels: string,
  { paired, used }: { readonly paired: readonly Sample[]; readonly used: number },
): Promise<string[]> {
  const files = new Set(paired.map((sample) => ("label" in sample ? resolve(sample.label) : "")));
  const names = (await listFiles(labels)).filter((name) => /\.png$/i.test(name));
  const strangers = names.filter((name) => !files.has(resolve(join(labels, name))));
  const alike = new Set([...files].map((file) => basename(file).toLowerCase()));
  const why = strangers.some((name) => alike.has(basename(name).toLowerCase()))
    ? " (small and capital letters are told apart)"
    : "";
  return [
    ...(used < paired.length ? [`${paired.length} labels, ${used} of them used (shots)`] : []),
    ...(strangers.length > 0
      ? [
          `no picture belongs to ${strangers.length === 1 ? "label" : `${strangers.length} labels:`} ${examples(strangers)}${why}`,
        ]
      : []),
  ];
}
