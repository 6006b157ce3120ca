// The functions of the package's front door that need libtorch, codecs, schemas or charts: each loads what it calls when it is
// called. They take names and paths where the doors by subject take what these stand for: a domain's name for an opened domain,
// a run's folder for what was read from it, a recipe as it is written for a resolved one.

import type { RgbImage } from "@pinmem/core";
import type { EvaluationResult, Inspection, Protocol } from "@pinmem/core/formats";
import type { LabeledPictures, WriteMemoryOptions } from "../adaptation/write-memory.js";
import type { CompareOptions, Comparison } from "../comparison/comparison.js";
import type { Dataset, DatasetOptions } from "../datasets/dataset.js";
import type { EvaluateRunOptions, EvaluationDomain } from "../evaluation/evaluate-run-options.js";
import type { ImageOptions } from "../images/image.js";
import type { InspectedDomain } from "../inspection/domains.js";
import type { InspectOptions } from "../inspection/inspect-run.js";
import type { BackboneNetwork } from "../models/backbone-network.js";
import type { NetworkOptions } from "../models/network.js";
import type { PredictFilesOptions, PredictionSummary } from "../prediction/file-results.js";
import type { PredictImageOptions, Prediction } from "../prediction/predict-image.js";
import type { Recipe, RecipeInput } from "../recipes/recipe.js";
import type { ReportOptions } from "../report/write-report.js";
import type { AdaptOptions } from "../runs/adapt-options.js";
import type { Adaptation } from "../runs/adapt-to-place.js";
import type { OpenRun, OpenRunOptions } from "../runs/open-run.js";
import type { TrainOptions } from "../runs/train.js";
import type { TrainingResult } from "../training/trainer.js";

/**
 * Opens a trained network: `using run = await openRun("runs/NAME")` frees it at the end of the block.
 *
 * @param path folder of a run, or a file of weights that a run wrote
 * @throws RunError where it is no run, is not finished, or comes from a newer version; WeightsError, TensorFileError where
 *   its weights cannot be used
 */
export async function openRun(path: string, options?: OpenRunOptions): Promise<OpenRun> {
  const door = await import("../runs/open-run.js");
  return door.openRun(path, options);
}

/**
 * Segments an image: the train id of every pixel and the probability that the network gives it, row by row.
 *
 * @param image a file (JPEG, PNG, WebP, TIFF; its EXIF orientation is followed), or rows of red, green, blue bytes
 * @throws DataError where the file cannot be used; RangeError where pixels do not fit the size, or the memory budget is too
 *   small for any tile
 */
export async function predictImage(
  run: Pick<OpenRun, "network" | "recipe" | "space">,
  image: string | RgbImage,
  options?: PredictImageOptions,
): Promise<Prediction> {
  const door = await import("../prediction/predict-image.js");
  return door.predictImage(run, image, options);
}

/**
 * Segments files, and writes what `options.write` asks for into `options.out`. A file that cannot be used is listed in the
 * result and does not stop the others.
 *
 * @param paths images, videos, folders (with all below them), patterns such as "drive/**\/*.jpg"
 * @throws DataError where a path does not exist, or nothing can be predicted in it; OutputError where the folder cannot be
 *   written to
 */
export async function predictFiles(
  run: OpenRun,
  paths: readonly string[],
  options: PredictFilesOptions,
): Promise<PredictionSummary> {
  const [{ findInputs }, door] = await Promise.all([
    import("../prediction/inputs.js"),
    import("../prediction/predict-files.js"),
  ]);
  return door.predictFiles(run, await findInputs(paths, { except: options.out }), options);
}

/** Options of `evaluateRun` at the package's front door. */
export interface EvaluateOptions extends Omit<EvaluateRunOptions, "domains" | "protocol"> {
  /** Opened domains, or names: "recipe" for the recipe's targets, "streets:night", "camvid=/data/camvid". */
  readonly domains: readonly (EvaluationDomain | string)[];
  /** A protocol, or the name of a preset. Default "whole". */
  readonly protocol?: Protocol | string;
}

/**
 * Scores a run on domains: class IoU and mean IoU, 0 to 1. Files that cannot be used are left out and listed in the result.
 *
 * @throws DomainError, DataError naming what is missing; EvaluationInterrupted; RangeError where options do not fit
 */
export async function evaluateRun(
  run: OpenRun,
  { domains, protocol = "whole", ...options }: EvaluateOptions,
): Promise<EvaluationResult> {
  const [formats, { openDomains }, door] = await Promise.all([
    import("@pinmem/core/formats"),
    import("../evaluation/open-domains.js"),
    import("../evaluation/evaluate-run.js"),
  ]);
  return door.evaluateRun(run, {
    ...options,
    protocol: typeof protocol === "string" ? formats.protocol(protocol) : protocol,
    domains: await opened(domains, (name) => openDomains([name], run)),
  });
}

/** Options of `inspectRun` at the package's front door. */
export interface InspectionOptions extends Omit<InspectOptions, "domains"> {
  /** Opened domains, or names as for `evaluateRun`; "recipe" has validation's as well. Default ["recipe"]. */
  readonly domains?: readonly (InspectedDomain | string)[];
}

/**
 * Looks into a run, opened in its trained form (`openRun(path, { form: "trained" })`), and writes pictures and
 * inspection.json.
 *
 * @throws DomainError, DataError naming what is missing; Error where nothing can be made of it or written
 */
export async function inspectRun(
  run: OpenRun,
  { domains = ["recipe"], ...options }: InspectionOptions,
): Promise<Inspection> {
  const [{ inspectedDomains }, door] = await Promise.all([
    import("../inspection/domains.js"),
    import("../inspection/inspect-run.js"),
  ]);
  return door.inspectRun(run, {
    ...options,
    domains: await opened(domains, (name) => inspectedDomains([name], run)),
  });
}

/**
 * Makes a run for a place out of a trained one, from pictures of it and, where there are some, labels: statistics of batch norm,
 * rows of the memory, and how much of each by leaving labeled pictures out in turn.
 *
 * @param run folder of a run, a file of weights that a run wrote, or a run that is open
 * @throws RunError, DataError, RangeError, WriteError saying what cannot be used and why; nothing is written then
 */
export async function adaptToPlace(
  run: string | Pick<OpenRun, "file">,
  options: AdaptOptions,
): Promise<Adaptation> {
  const door = await import("../runs/adapt-to-place.js");
  return door.adaptToPlace(run, options);
}

/**
 * Gives each class that occurs in labeled pictures the mean direction of its features as its row in the memory of an open run;
 * the others keep theirs. Changes nothing on the disk.
 *
 * @param pictures a data set; or files, `{ image, label }`; or pixels, `{ image, trainIds }`, with 255 where nothing is labeled
 * @returns names of the classes that were written
 * @throws RangeError where the network has no memory or nothing is labeled; DataError naming a file that cannot be used
 */
export async function writeMemory(
  run: Pick<OpenRun, "network" | "space">,
  pictures: LabeledPictures,
  options?: WriteMemoryOptions,
): Promise<string[]> {
  const door = await import("../adaptation/write-memory.js");
  return door.writeMemory(run, pictures, options);
}

/**
 * Runs side by side: their evaluations, or where one has none its scores while training; repetitions with other seeds become
 * one row.
 *
 * @param paths folders of runs or of ablations, or files of weights
 * @throws RunError, ResultError, RecipeError saying what is wrong with which file; RangeError where there is no such baseline
 */
export async function compareRuns(
  paths: readonly string[],
  options: CompareOptions = {},
): Promise<Comparison> {
  const [{ readEntries }, { compare }] = await Promise.all([
    import("../comparison/read-entries.js"),
    import("../comparison/comparison.js"),
  ]);
  const { entries, baseline } = await readEntries(paths);
  return compare(entries, { ...(baseline !== null && { baseline }), ...options });
}

/**
 * Writes the comparison of runs as one HTML file.
 *
 * @param paths as for `compareRuns`
 * @throws as `compareRuns`; RangeError where nothing can be compared; WriteError where the file cannot be written
 */
export async function writeReport(paths: readonly string[], options: ReportOptions): Promise<Comparison> {
  const [{ readEntries }, door] = await Promise.all([
    import("../comparison/read-entries.js"),
    import("../report/write-report.js"),
  ]);
  const { entries, baseline, title } = await readEntries(paths);
  return door.writeReport(entries, {
    ...(title !== null && { title }),
    ...(baseline !== null && { baseline }),
    ...options,
  });
}

/**
 * Trains by a recipe, into a folder.
 *
 * @param recipe as it is written, or resolved
 * @throws RecipeError with all that is wrong with it; Error before the first step where the folder, the device or the data are
 *   not as needed; TrainingError when a step cannot go on
 */
export async function train(recipe: RecipeInput, options: TrainOptions): Promise<TrainingResult> {
  const [{ resolveRecipe }, door] = await Promise.all([
    import("../recipes/recipe.js"),
    import("../runs/train.js"),
  ]);
  return door.train(resolveRecipe(recipe), options);
}

/**
 * The recipe at an address, with `assignments` ("path=value") carried out, all defaults filled in and everything checked.
 *
 * @param address a file with a recipe, or `FILE#NAME` for one of several in a module
 * @throws RecipeError saying which field is wrong and what it may be
 */
export async function loadRecipe(address: string, assignments?: readonly string[]): Promise<Recipe> {
  const door = await import("../recipes/load-recipe.js");
  return door.loadRecipe(address, assignments);
}

/**
 * A network with random weights: torchvision's initialization in the backbone, the official code's in the rest.
 *
 * @throws NetworkOptionsError naming the field, the value and what is allowed, before anything is computed
 */
export async function createNetwork(options: NetworkOptions): Promise<BackboneNetwork> {
  const door = await import("../models/network.js");
  return door.createNetwork(options);
}

/**
 * Opens a data set by its name, such as "cityscapes": finds and pairs its files, in whichever of its layouts they lie.
 *
 * @throws DataError saying what to download and where to put it, or which label is missing
 */
export async function openNamedDataset(name: string, options: DatasetOptions): Promise<Dataset> {
  const door = await import("../datasets/sets/index.js");
  return door.openNamedDataset(name, options);
}

/**
 * All pixels of an image file (JPEG, PNG, WebP, TIFF): red, green and blue bytes, row by row.
 *
 * @throws DataError when the file is missing, no image, damaged, or larger than the limit
 */
export async function readImage(file: string, options?: ImageOptions): Promise<RgbImage> {
  const door = await import("../images/image.js");
  return door.readImage(file, options);
}

/**
 * Writes red, green and blue bytes as a PNG file, whole or not at all.
 *
 * @throws WriteError where it cannot be written
 */
export async function writeRgbPng(file: string, image: RgbImage): Promise<void> {
  const door = await import("../images/write-png.js");
  return door.writeRgbPng(file, image);
}

/** What is given, with every name in its place opened. */
async function opened<T extends object>(
  given: readonly (T | string)[],
  open: (name: string) => Promise<readonly T[]>,
): Promise<T[]> {
  const lists = await Promise.all(given.map((one) => (typeof one === "string" ? open(one) : [one])));
  return lists.flat();
}
