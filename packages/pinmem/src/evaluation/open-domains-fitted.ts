// Which pictures of a domain a run was fitted on when it was adapted to a place: those whose labels it was given. Scores on them
// say nothing of pictures that it has not seen. Found by the paths that the run's record tells, as far as they still lead anywhere.

import { existsSync, realpathSync } from "node:fs";
import type { LabelSpace } from "@pinmem/core";
import { findPlacePictures } from "../adaptation/place-pictures.js";
import type { Dataset } from "../datasets/dataset.js";
import { DataError } from "../files/data-error.js";
import { readJsonFile } from "../files/json-file.js";
import { type AdaptationRecord, adaptationSchema } from "../runs/adaptation-record.js";
import { chooseReadable } from "../runs/open-place-readable.js";
import { RunFolder } from "../runs/run-folder.js";

/** Counts the pictures of a data set that a run was fitted on. */
export type FittedCounter = (dataset: Dataset) => number;

/** @param adaptation of the run; those of the runs that it was adapted from count, too */
export async function fittedPictures(
  adaptation: AdaptationRecord | null | undefined,
  space: LabelSpace,
): Promise<FittedCounter> {
  const records = withEarlier(adaptation).filter(({ labels, labeled }) => labels !== null && labeled > 0);
  const files = new Set((await Promise.all(records.map((record) => fittedFiles(record, space)))).flat());
  return (dataset) => {
    const whole = records.find(({ images }) => images === `${dataset.name}, ${dataset.split}`);
    if (whole) return Math.min(whole.labeled, dataset.samples.length);
    if (files.size === 0) return 0;
    return dataset.samples.filter(
      (sample) => "image" in sample && [sample.image, sample.label].some((file) => files.has(realPath(file))),
    ).length;
  };
}

/** With the records of adaptations before, newest first. */
function withEarlier(adaptation: AdaptationRecord | null | undefined): AdaptationRecord[] {
  const records: AdaptationRecord[] = [];
  const seen = new Set<string>();
  for (let record = adaptation; record && !seen.has(record.from.run); record = readRecord(record.from.run)) {
    records.push(record);
    seen.add(record.from.run);
  }
  return records;
}

/** Null where the run was not adapted, or is no longer there. */
function readRecord(run: string): AdaptationRecord | null {
  const { adaptation: file } = new RunFolder(run);
  if (!existsSync(file)) return null;
  return adaptationSchema.safeParse(readJsonFile(file)).data ?? null;
}

/** Images and labels; none where they lie no longer where they did. */
async function fittedFiles(
  { images, labels, labeled }: AdaptationRecord,
  space: LabelSpace,
): Promise<string[]> {
  if (labels === null) return [];
  try {
    const found = await findPlacePictures({ images, labels }, space);
    const all = { pictures: found.images, samples: found.labeled.samples };
    const { samples } = await chooseReadable(all, { limit: 1, shots: labeled });
    return samples.flatMap((sample) =>
      "image" in sample ? [realPath(sample.image), realPath(sample.label)] : [],
    );
  } catch (error) {
    if (error instanceof DataError) return [];
    throw error;
  }
}

function realPath(file: string): string {
  try {
    return realpathSync(file);
  } catch {
    return file;
  }
}
