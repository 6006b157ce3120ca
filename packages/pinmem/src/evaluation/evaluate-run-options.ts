// What an evaluation is asked for, and what it tells on its way.

import type { Protocol } from "@pinmem/core/formats";
import type { Device } from "@pinmem/torch";
import type { Dataset } from "../datasets/dataset.js";
import type { World } from "../processes/world.js";

export interface EvaluationDomain {
  /** What results call it; unique. */
  readonly name: string;
  /** In the label space of the run. */
  readonly dataset: Dataset;
  /** Its part in the run's recipe. */
  readonly role: "source" | "target" | null;
}

/** Every `of`-th image, from the `index`-th on, counted from 1. */
export interface Shard {
  readonly index: number;
  readonly of: number;
}

export interface EvaluateRunOptions {
  readonly protocol: Protocol;
  readonly domains: readonly EvaluationDomain[];
  /** Where the run was opened. Default "cpu". */
  readonly device?: Device;
  /** Images, or windows, that go through the network together. Default 1. */
  readonly batch?: number;
  /** Also boundary IoU, with boundaries of this share of the diagonal. Default null: not. */
  readonly dilation?: number | null;
  /** Also the cohesion loss, where the network has a memory: the whole image at its own size. Default false. */
  readonly cohesion?: boolean;
  /** Larger images are left out. Default: as large as the protocol's views can sensibly be kept in memory. */
  readonly maxPixels?: number | undefined;
  /** Only a part of the images. Default null: all. */
  readonly shard?: Shard | null;
  /**
   * The processes that evaluate together, all of which call this with the same run and options: each takes its share of the images, and
   * all get the whole result, the same counts that one process finds with images one by one (`batch` 1). Default: this one alone.
   */
  readonly world?: World;
  /** Where progress is saved, and taken up again; each of several processes has a file of its own. Default null: nowhere. */
  readonly progressFile?: string | null;
  /** Seconds between savings. Default 15. */
  readonly saveEvery?: number;
  readonly onProgress?: (progress: EvaluationProgress) => void;
  /** Stops the evaluation after the image in work, which is saved. */
  readonly signal?: AbortSignal;
}

export interface EvaluationProgress {
  readonly domain: string;
  /** Images of all domains, those left out included. */
  readonly done: number;
  readonly total: number;
  /** Images done since the beginning, by all processes, without what had been saved before. */
  readonly here: number;
}
