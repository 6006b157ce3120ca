// Which pictures of a place an adaptation takes: so many of them, spread evenly over those that can be read.

import type { PlacePicture } from "../adaptation/look-at-pictures.js";
import type { Sample } from "../datasets/dataset.js";
import { DataError } from "../files/data-error.js";
import { type BrokenPicture, brokenPictures } from "../images/readable.js";
import { spreadEvenly } from "../loading/check.js";

/** Pictures, labeled ones among them. */
export interface Choice {
  readonly pictures: readonly PlacePicture[];
  readonly samples: readonly Sample[];
}

export interface ReadableChoice extends Choice {
  /** What was left out, and others taken in its place. */
  readonly broken: readonly BrokenPicture[];
}

/** A picture of a sample. */
export const pictureOf = (sample: Sample): PlacePicture => ("scene" in sample ? sample : sample.image);

/**
 * Chooses among pictures, and among labeled ones.
 * @throws DataError where none of either can be read
 */
export async function chooseReadable(
  all: Choice,
  { limit, shots }: { readonly limit: number; readonly shots: number },
): Promise<ReadableChoice> {
  const broken = new Map<PlacePicture, BrokenPicture>();
  const seen = new Set<string>();
  for (;;) {
    const pictures = spreadEvenly(
      all.pictures.filter((picture) => !broken.has(picture)),
      limit,
    );
    const samples = spreadEvenly(
      all.samples.filter((sample) => !broken.has(pictureOf(sample))),
      shots,
    );
    requireSome(all, { pictures, samples }, { shots, broken: [...broken.values()] });
    const files = [...pictures, ...samples.map(pictureOf)].filter(
      (picture): picture is string => typeof picture === "string" && !seen.has(picture),
    );
    const found = await brokenPictures([...new Set(files)]);
    if (found.length === 0) return { pictures, samples, broken: [...broken.values()] };
    for (const file of files) seen.add(file);
    for (const one of found) broken.set(one.file, one);
  }
}

function requireSome(
  all: Choice,
  { pictures, samples }: Choice,
  { shots, broken }: { readonly shots: number; readonly broken: readonly BrokenPicture[] },
): void {
  const [first] = broken;
  if (!first) return;
  const others = broken.length === 1 ? "" : ", and the others cannot be read either";
  if (pictures.length === 0) throw new DataError(first.file, `${first.problem}; no picture is left${others}`);
  if (shots > 0 && samples.length === 0 && all.samples.length > 0)
    throw new DataError(first.file, `${first.problem}; no labeled picture is left${others}`);
}
