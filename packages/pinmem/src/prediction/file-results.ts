// What predicting many files takes, and what it tells of each of them.

import type { LabelSpace } from "@pinmem/core";
import type { World } from "../processes/world.js";
import type { OutputKind } from "./outputs.js";
import type { PredictImageOptions } from "./predict-image.js";

export interface PredictFilesOptions extends Omit<PredictImageOptions, "logits"> {
  /** Folder for the outputs, each kind in one of its own. */
  readonly out: string;
  readonly write: readonly OutputKind[];
  /** Leave inputs alone whose outputs are all there. Default false: write them again. */
  readonly skipExisting?: boolean;
  /** Share of the colors in overlays, 0 to 1. Default 0.5. */
  readonly opacity?: number;
  /** Names and colors of the classes in it below the overlay of an image (not of a video). Default false. */
  readonly legend?: boolean;
  /** Of videos, write the other outputs too, an image for each frame. Default false: overlays only. */
  readonly frames?: boolean;
  /** Stops after the image, or the frame, in progress. */
  readonly signal?: AbortSignal;
  /**
   * The processes that predict together, all of which call this with the same run and inputs: each takes every so many-th of them and
   * writes its outputs, and all get the whole summary. Default: this one alone.
   */
  readonly world?: World;
  /**
   * Called for every input when it is done with, in the order in which they are finished; of several processes each hears of its own,
   * and the first of all others' at the end.
   */
  readonly onResult?: (result: FileResult) => void;
  /** Told of each image, and of a video's first frame, by the process that takes it, before it is predicted. */
  readonly onPicture?: (picture: Pick<PredictedFile, "input" | "width" | "height">) => void;
  /** Told now and then how many inputs all processes are done with. */
  readonly onDone?: (done: number) => void;
  /** Called after each frame of a video. */
  readonly onFrame?: (frame: FrameProgress) => void;
}

export interface FrameProgress {
  readonly input: string;
  readonly done: number;
  /** As the file says; null where it does not. */
  readonly total: number | null;
}

export type FileResult = PredictedFile | SkippedFile | FailedFile;

export type Files = Partial<Record<OutputKind, string>>;

export interface PredictedFile {
  readonly input: string;
  /** Of a video, folders of frames but for its overlay. */
  readonly outputs: Files;
  readonly width: number;
  readonly height: number;
  /** Of a video. */
  readonly frames?: number;
  /** Spent in the network. */
  readonly seconds: number;
  /** Share of each class in the pixels, 0 to 1; classes that do not occur are left out. */
  readonly classes: Readonly<Record<string, number>>;
}

export interface SkippedFile {
  readonly input: string;
  readonly outputs: Files;
  readonly skipped: true;
}

export interface FailedFile {
  readonly input: string;
  readonly error: string;
}

export interface PredictionSummary {
  readonly predicted: number;
  readonly skipped: number;
  readonly failed: readonly FailedFile[];
  /** Inputs that were not reached. */
  readonly left: number;
}

/** Shares of the classes that occur, from the pixels of each train id. */
export function classShares(
  counts: Float64Array,
  pixels: number,
  { classes }: LabelSpace,
): Record<string, number> {
  const present = classes.map(({ name }, at) => [name, (counts[at] as number) / pixels] as const);
  return Object.fromEntries(
    present.filter(([, share]) => share > 0).map(([name, share]) => [name, rounded(share)]),
  );
}

/** To what is worth reading in a manifest. */
export const rounded = (value: number): number => Number(value.toPrecision(4));
