// A place: a folder of pictures without labels, from which a network takes the statistics of batch norm.

import type { Exposure } from "@pinmem/core";
import { createHash } from "node:crypto";
import { stat } from "node:fs/promises";
import { basename, join, resolve } from "node:path";
import { listPictures } from "../datasets/list-pictures.js";
import { spreadEvenly } from "../loading/check.js";

/** Pictures that the statistics of a place are taken from, spread evenly over all that there are. */
export const MOST_PICTURES = 64;

/** Of the statistics of a place where nothing tells which: what did well with several networks in unseen places. */
export const PLACE_WEIGHT = 0.3;

/**
 * Where the place is known to look unlike the sources. More than a picture's own get, since the place's do not depend on what is in
 * one picture: of the weights 0.1 to 1 the best at dusk where networks need it, and never the worst in the streets (docs/results).
 */
export const FAR_PLACE_WEIGHT = 0.5;

/**
 * Of each picture's own statistics there, mixed into those of the place, where that lets its pictures tell clearly more: then they differ a lot
 * from one another, as in the streets at night. In a drive, whose pictures are alike, it costs up to two points (docs/results).
 */
export const FAR_OWN_WEIGHT = 0.1;

/**
 * How many times the information (shift-rule.ts) that is clearly more: 1.06 to 1.38 in the streets, where own statistics bring 0 to
 * 8 points, and 1.01 to 1.03 in a drive.
 */
export const CLEARLY_MORE = 1.05;

/**
 * The exposure under which a place that departs may be seen. Stronger ones are clearer still, and answer worse; a darker one
 * helps in fog, and at night is clearer and answers worse (docs/results).
 */
export const BRIGHTER: Exposure = 0.7;

/** How many times the clarity (shift-rule.ts) that is clearer: 1.04 to 1.09 at dusk, where it is worth 1.0 to 2.5 points, at most 0.99 elsewhere. */
export const CLEARER = 1.02;

export interface Place {
  /** Of the folder. */
  readonly name: string;
  /** Of the pictures that are looked at, in order of code points. */
  readonly files: readonly string[];
  /** Tells sets of pictures apart: a digest of their names and sizes. */
  readonly mark: string;
}

/**
 * The pictures of a place.
 * @param path a folder, with all below it, or a single picture
 * @throws DataError where there is none
 */
export async function findPlace(
  path: string,
  { most = MOST_PICTURES }: { readonly most?: number } = {},
): Promise<Place> {
  const { root, names } = await listPictures(path);
  const chosen = spreadEvenly(names, most);
  const files = chosen.map((name) => join(root, name));
  const sizes = await Promise.all(files.map(async (file) => (await stat(file)).size));
  const hash = createHash("sha256").update(JSON.stringify(chosen.map((name, at) => [name, sizes[at]])));
  return { name: basename(resolve(path)), files, mark: hash.digest("hex").slice(0, 12) };
}
