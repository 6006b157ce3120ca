// What an adaptation is asked for, and whether that can be: checked before anything is read.

import { existsSync } from "node:fs";
import { dirname, join, resolve, sep } from "node:path";
import type { Device } from "@pinmem/torch";
import type { PlaceFiles } from "../adaptation/place-pictures.js";
import type { Dataset } from "../datasets/dataset.js";
import { requireWritable } from "../files/output-folder.js";
import { MOST_PICTURES } from "../inference/place.js";
import type { WhichWeights } from "../training/which-weights.js";
import { RunError } from "./run-error.js";
import { RunFolder } from "./run-folder.js";

/** In the folder of a run, what `pinmem studio` makes of it: exported models, adapted runs. */
export const STUDIO_FOLDER = "studio";

export interface AdaptOptions {
  /** Pictures of the place: a folder, with all below it, files, or a data set whose labels are taken too. */
  readonly images: PlaceFiles["images"] | Dataset;
  /**
   * A folder of PNG labels of some of them, each below it where its image lies below its own: train ids, or what the label space
   * of the run describes; 255 where nothing is known.
   */
  readonly labels?: string | undefined;
  /** Folder of the run that is made; nothing may lie there. */
  readonly out: string;
  /** Of a folder: its best weights, or those at the end. Default: best where there are any. */
  readonly which?: WhichWeights | undefined;
  /** How many labeled pictures are used, spread evenly; 0: labels are not looked at. Default 8. */
  readonly shots?: number;
  /** How many pictures statistics are taken of, spread evenly. Default 64. */
  readonly limit?: number;
  /**
   * Of the place's statistics in batch norm, 0 to 1. Default "auto": what is best on labeled pictures that were left out; where
   * there are none, 0.5 or 0, as the network's predictions of the pictures depart from the sources' by the rule of `image:auto` or
   * not (0.3 before the run is calibrated). Where they depart and "auto" asks, the run sees pictures brighter, by a gamma of 0.7, if the
   * network sees these more clearly then.
   */
  readonly weight?: number | "auto";
  /**
   * Of each picture's own statistics, which batch norm mixes into those of the place whenever the run is used, 0 to 1. Default "auto": as
   * `weight`, 0.1 or none where that is "auto" too (without labels: 0.1 where pictures of a place that departs tell clearly more so), and
   * otherwise what the run has already.
   */
  readonly own?: number | "auto";
  /** Weight of the memory's cosines in the logits. Default "auto": as `weight`, and without labels as trained. */
  readonly vote?: number | "auto";
  /**
   * How much of a classifier that is fitted to the labeled pictures, in closed form, is added to the network's last convolution.
   * Default "auto": as `vote`, and nothing where `vote` is given.
   */
  readonly classifier?: number | "auto";
  /**
   * How much of the logarithms of the sources' class frequencies is taken out of the logits, so that rare classes are said more often.
   * Default "auto": what the run's calibration found best, which also knows the frequencies, or nothing, as labeled pictures that are left out
   * say where there are four or more; nothing where the run is not calibrated, or was adapted before.
   */
  readonly logitAdjustment?: number | "auto";
  /** Steps in which norms, write network and classifier are trained on the labeled pictures. Default 0. */
  readonly steps?: number;
  /** Of their order. Default 0. */
  readonly seed?: number;
  /** Default "cpu". */
  readonly device?: Device;
  /** How far it is; what it throws ends the adaptation, and nothing is written. */
  readonly onProgress?: (progress: AdaptProgress) => void;
}

export interface AdaptProgress {
  /** Looking at the place, trying a weight of its statistics, training. */
  readonly part: "statistics" | "choice" | "steps";
  /** Of a choice, the weight that is tried. */
  readonly weight: number | null;
  readonly done: number;
  readonly total: number;
}

export type CompleteAdaptOptions = Required<Omit<AdaptOptions, "labels" | "which">> &
  Pick<AdaptOptions, "labels" | "which">;

/** @throws RangeError naming the option that cannot be as it is */
export function completeAdaptOptions(options: AdaptOptions): CompleteAdaptOptions {
  const complete = {
    shots: 8,
    limit: MOST_PICTURES,
    weight: "auto",
    own: "auto",
    vote: "auto",
    classifier: "auto",
    logitAdjustment: "auto",
    steps: 0,
    seed: 0,
    device: "cpu",
    onProgress: () => {},
    ...options,
  } as const;
  const { shots, limit, weight, own, vote, classifier, logitAdjustment, steps, seed } = complete;
  const fail = (name: string, value: unknown, rule: string) =>
    new RangeError(`adaptToPlace: \`${name}\` is ${JSON.stringify(value)}, but must be ${rule}`);
  for (const [name, value, least] of [
    ["shots", shots, 0],
    ["limit", limit, 1],
    ["steps", steps, 0],
    ["seed", seed, 0],
  ] as const) {
    if (!Number.isSafeInteger(value) || value < least)
      throw fail(name, value, `a whole number of at least ${least}`);
  }
  for (const [name, share] of Object.entries({ weight, own })) {
    if (share !== "auto" && !(share >= 0 && share <= 1))
      throw fail(name, share, 'a number from 0 to 1, or "auto"');
  }
  if (own !== "auto" && own > 0 && steps > 0) {
    throw new RangeError(
      "adaptToPlace: `own` and `steps` cannot go together: steps train with one set of statistics for all pictures; leave one of them out",
    );
  }
  for (const [name, strength] of Object.entries({ vote, classifier, logitAdjustment })) {
    if (strength !== "auto" && !(strength >= 0 && strength < Number.POSITIVE_INFINITY))
      throw fail(name, strength, 'a number of at least 0, or "auto"');
  }
  return complete;
}

/**
 * @param run where the weights lie that are adapted
 * @throws RunError, WriteError where the new run cannot be where it should, or pictures are the run's own files
 */
export function requireFolders(run: string, { images, labels, out }: AdaptOptions): void {
  if (existsSync(out)) throw new RunError(out, "is there already; choose another `out`, or move it away");
  const own = resolve(run);
  // A file of weights may lie anywhere, beside pictures too.
  const isRun = new RunFolder(run).exists;
  const isOwn = (path: string) =>
    isRun &&
    (resolve(path) === own || resolve(path).startsWith(own + sep)) &&
    // What the studio makes of a run lies in a folder of its own there.
    !resolve(path).startsWith(join(own, STUDIO_FOLDER) + sep);
  if (isOwn(out))
    throw new RunError(
      out,
      `lies in the run that is adapted (${run}), which is left as it is; choose another \`out\``,
    );
  const given = typeof images === "string" ? [images] : Array.isArray(images) ? (images as string[]) : [];
  const inRun = [...given, ...(labels === undefined ? [] : [labels])].find(isOwn);
  if (inRun !== undefined) {
    throw new RunError(
      inRun,
      `is the folder of the run itself, or lies in it; name the folder of the place's pictures`,
    );
  }
  requireWritable(dirname(resolve(out)));
}
