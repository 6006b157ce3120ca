// From a choice of the sampler to the pixels of a crop: opens image and label, plans the crop, decodes what it shows and
// writes it into the batch's memory. Used by worker threads, and by the loader itself where it has none.
//
// The result depends on (seed, epoch, position) and the files alone, never on the thread or on what was read before.

import { BicubicResizer, Random, sourceWindow } from "@pinmem/core";
import type { Dataset } from "../datasets/dataset.js";
import { LabelDecoder } from "../datasets/label-decoding.js";
import { DataError } from "../files/data-error.js";
import type { ImageOptions } from "../images/image.js";
import { type CacheShare, DecodedCache } from "./decoded-cache.js";
import { type OpenSample, openDecoded, openSample, type SampleContext } from "./open-sample.js";
import type { SampleChoice } from "./sampling.js";
import { applyToImage, applyToLabel, resizeRequest } from "./transforms/apply-plan.js";
import { planTrainingCrop, planWhole, type TrainingCropOptions } from "./transforms/geometric.js";

/** What a reader needs to know; plain data, so that it can be sent to a thread. */
export interface ReaderOptions {
  readonly datasets: readonly Dataset[];
  readonly crop: TrainingCropOptions;
  readonly seed: number;
  readonly image?: ImageOptions;
  /** What to do about a sample that cannot be used: stop, or take the next one of its data set. */
  readonly onError?: "throw" | "skip";
  readonly cache?: CacheShare;
}

/** A choice and its place in the epoch, which its augmentation depends on. */
export interface PlacedChoice extends SampleChoice {
  readonly epoch: number;
  readonly position: number;
}

/** A sample that could not be used. */
export interface Skipped {
  readonly file: string;
  readonly problem: string;
}

/** The memory of one crop within a batch. */
export interface CropTarget {
  readonly image: Uint8Array;
  readonly label: Uint8Array;
}

/** With `onError: "skip"`: so many unusable samples in a row stop the loader all the same. */
const MAX_SKIPS = 10;

export class SampleReader {
  readonly #options: ReaderOptions;
  readonly #contexts: readonly SampleContext[];
  readonly #resizer = new BicubicResizer();
  readonly #cache: DecodedCache | undefined;

  constructor(options: ReaderOptions) {
    this.#options = options;
    const { datasets, image } = options;
    this.#contexts = datasets.map(({ decoding, space }) => ({
      decoder: new LabelDecoder(decoding),
      space,
      ...(image ? { options: image } : {}),
    }));
    this.#cache = options.cache && new DecodedCache(options.datasets, options.cache);
  }

  /**
   * Writes the crop, and says which samples were skipped on the way.
   * @throws DataError naming the file that cannot be used
   */
  async read(choice: PlacedChoice, target: CropTarget): Promise<Skipped[]> {
    const { datasets, onError = "throw" } = this.#options;
    const length = datasets[choice.dataset]?.samples.length ?? 0;
    const skipped: Skipped[] = [];
    for (let next = choice; ; next = withoutFocus({ ...next, sample: (next.sample + 1) % length })) {
      try {
        await this.#readOne(next, target);
        return skipped;
      } catch (error) {
        if (onError === "throw" || !(error instanceof DataError)) throw error;
        skipped.push({ file: error.file, problem: error.problem });
        if (skipped.length < Math.min(MAX_SKIPS, length)) continue;
        const count = `${skipped.length} samples in a row cannot be used; the last one ${error.problem}`;
        throw new DataError(error.file, count, { cause: error });
      }
    }
  }

  close(): void {
    this.#cache?.close();
  }

  async #readOne(
    { dataset, sample, focus, epoch, position }: PlacedChoice,
    target: CropTarget,
  ): Promise<void> {
    const { seed, crop } = this.#options;
    const opened = await this.#open(dataset, sample);
    const random = new Random({ seed, epoch, index: position, stream: "crop" });
    const plan = planTrainingCrop(opened, random, crop, focus);
    applyToLabel(plan, opened.label(plan), target.label);
    const { part, at } = await opened.image(sourceWindow(resizeRequest(plan, opened)));
    applyToImage(plan, opened, part, at, this.#resizer, target.image);
  }

  async #open(dataset: number, sample: number): Promise<OpenSample> {
    const kept = this.#cache?.get(dataset, sample);
    if (kept) return openDecoded(kept);
    const context = this.#contexts[dataset];
    const source = this.#options.datasets[dataset]?.samples[sample];
    if (!context || !source) {
      throw new Error(`internal: SampleReader.read: there is no sample ${sample} of data set ${dataset}`);
    }
    const opened = await openSample(source, context);
    if (!this.#cache?.claim(dataset, sample, opened.width * opened.height)) return opened;
    const trainIds = opened.label(planWhole(opened)).slice();
    const decoded = { image: (await opened.image()).part, trainIds };
    this.#cache.keep(dataset, sample, decoded);
    return openDecoded(decoded);
  }
}

function withoutFocus({ focus: _, ...choice }: PlacedChoice): PlacedChoice {
  return choice;
}
