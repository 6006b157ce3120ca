// Looks at a data set before anything is trained on it: what is there and what is missing, whether everything can be
// read and fits together, which labels it holds. Finds all problems instead of stopping at the first.

import type { Color } from "@pinmem/core";
import type { Dataset } from "../datasets/dataset.js";
import type { FileSample } from "../datasets/definition.js";
import { LabelDecoder, labelOf, type UnlistedLabel } from "../datasets/label-decoding.js";
import { judgeLabels, LabelCounter, MOST_UNLISTED } from "../datasets/label-statistics.js";
import { DataError } from "../files/data-error.js";
import { decodeImage, type ImageOptions, openImage } from "../images/image.js";
import { readLabel } from "./open-sample.js";

export interface CheckOptions {
  /** Decode this many samples, spread evenly; all of them unless given. */
  readonly sample?: number;
  readonly image?: ImageOptions;
  readonly onProgress?: (done: number, total: number) => void;
}

export interface CheckReport {
  readonly checked: number;
  /** Files that cannot be used, and why. */
  readonly problems: readonly { readonly file: string; readonly problem: string }[];
  /** Labels that the data set does not define: how many pixels in how many files, and one of these. */
  readonly unlisted: readonly UnlistedReport[];
  /** Pixels of each class, by train id. */
  readonly histogram: readonly number[];
  readonly ignoredPixels: number;
  /** Stored values or colors that are ignored, most frequent first. */
  readonly ignored: readonly UnlistedLabel[];
  /** Why the labels cannot be trained on; null where they can. */
  readonly fault: string | null;
  /** What is probably not as it was meant: classes without a pixel, too much that is ignored. */
  readonly warnings: readonly string[];
  /** Image sizes, most frequent first. */
  readonly sizes: readonly { readonly size: string; readonly files: number }[];
}

export interface UnlistedReport {
  readonly label: number | Color;
  pixels: number;
  files: number;
  readonly example: string;
}

/** Decodes the samples of a data set of files. */
export async function checkDataset(
  dataset: Dataset,
  { sample, image = {}, onProgress }: CheckOptions = {},
): Promise<CheckReport> {
  const decoder = new LabelDecoder(dataset.decoding);
  const chosen = spreadEvenly(dataset.samples, sample).filter(
    (entry): entry is FileSample => "image" in entry,
  );
  const counter = new LabelCounter(dataset);
  const problems: { file: string; problem: string }[] = [];
  const unlisted = new Map<number, UnlistedReport>();
  const sizes = new Map<string, number>();
  let done = 0;

  const checkOne = async (files: FileSample): Promise<void> => {
    try {
      const packed = await openImage(files.image, image);
      const label = readLabel(files.label, image);
      await decodeImage(packed);
      const size = `${packed.width}x${packed.height}`;
      sizes.set(size, (sizes.get(size) ?? 0) + 1);
      if (packed.width !== label.width || packed.height !== label.height) {
        problems.push({
          file: files.label,
          problem: `is ${label.width}x${label.height} pixels, but its image is ${size}`,
        });
      }
      const counts = decoder.count(label, files.label);
      counter.add(counts);
      for (const [code, pixels] of counts) {
        if (decoder.trainIdOf(code) !== undefined) continue;
        const known = unlisted.get(code);
        if (known) {
          known.pixels += pixels;
          known.files++;
        } else if (unlisted.size < MOST_UNLISTED) {
          const label = labelOf(dataset.decoding, code);
          unlisted.set(code, { label, pixels, files: 1, example: files.label });
        }
      }
    } catch (error) {
      if (!(error instanceof DataError)) throw error;
      problems.push({ file: error.file, problem: error.problem });
    }
    onProgress?.(++done, chosen.length);
  };

  const queue = chosen.values();
  await Promise.all(
    Array.from({ length: 4 }, async () => {
      for (const files of queue) await checkOne(files);
    }),
  );
  const statistics = counter.statistics();
  const { histogram, ignoredPixels, ignored } = statistics;
  const { fault = null, warnings } = judgeLabels(dataset, statistics);
  return {
    checked: chosen.length,
    problems: problems.sort((a, b) => (a.file < b.file ? -1 : 1)),
    unlisted: [...unlisted.values()].sort((a, b) => b.pixels - a.pixels),
    histogram,
    ignoredPixels,
    ignored,
    fault,
    warnings,
    sizes: [...sizes].map(([size, files]) => ({ size, files })).sort((a, b) => b.files - a.files),
  };
}

/** So many of the items, evenly spread from the first on; all of them without a number. */
export function spreadEvenly<T>(items: readonly T[], count = items.length): readonly T[] {
  if (count >= items.length) return items;
  return Array.from({ length: count }, (_, at) => items[Math.floor((at * items.length) / count)] as T);
}
