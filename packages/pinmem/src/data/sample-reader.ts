// From a choice of the sampler to the pixels of a crop: opens image and label, plans the crop, decodes what it shows and
// writes it into the batch's memory. Used by worker threads, and by the loader itself where it has none.
//
// The result depends on (seed, epoch, position) and the files alone, never on the thread or on what was read before.

import { readFile } from "node:fs/promises";
import { asDataError, DataError } from "./data-error.js";
import type { Dataset, Sample } from "./dataset.js";
import { type CacheShare, DecodedCache, type DecodedSample } from "./decoded-cache.js";
import { decodeImage, type ImageOptions, openImage, type PackedImage } from "./image.js";
import { LabelDecoder } from "./label-decoding.js";
import { type PngSamples, readPng } from "./png.js";
import { Random } from "./random.js";
import { BicubicResizer, type Size, sourceWindow } from "./resize.js";
import type { SampleChoice } from "./sampling.js";
import { applyToImage, applyToLabel, pickLabelPixels, resizeRequest } from "./transforms/apply-plan.js";
import { type CropPlan, planTrainingCrop, type TrainingCropOptions } from "./transforms/geometric.js";

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
  readonly #decoders: readonly LabelDecoder[];
  readonly #resizer = new BicubicResizer();
  readonly #cache: DecodedCache | undefined;

  constructor(options: ReaderOptions) {
    this.#options = options;
    this.#decoders = options.datasets.map(({ decoding }) => new LabelDecoder(decoding));
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
    const random = new Random({ seed, epoch, index: position, stream: "crop" });
    const plan = (size: Size) => planTrainingCrop(size, random, crop, focus);
    const kept = this.#cache?.get(dataset, sample);
    if (kept) return this.#cropDecoded(plan(kept.image), kept, target);

    const { files, decoder } = this.#sampleAt(dataset, sample);
    const [image, label] = await openPair(files, this.#options.image);
    if (this.#cache?.claim(dataset, sample, image.width * image.height)) {
      const decoded = {
        image: await decodeImage(image),
        trainIds: decoder.decodeStrictly(label, files.label),
      };
      this.#cache.keep(dataset, sample, decoded);
      return this.#cropDecoded(plan(image), decoded, target);
    }
    await this.#cropPacked(plan(image), { image, label, decoder, file: files.label }, target);
  }

  #cropDecoded(plan: CropPlan, { image, trainIds }: DecodedSample, target: CropTarget): void {
    const { width, height } = image;
    applyToImage(plan, image, image, { left: 0, top: 0 }, this.#resizer, target.image);
    const picked = pickLabelPixels(plan, { width, height, channels: 1, samples: trainIds });
    applyToLabel(plan, picked.samples as Uint8Array, target.label);
  }

  async #cropPacked(plan: CropPlan, packed: PackedPair, target: CropTarget): Promise<void> {
    const { image, label, decoder, file } = packed;
    const picked = decoder.decodeStrictly(pickLabelPixels(plan, label), file);
    applyToLabel(plan, picked, target.label);
    const needed = sourceWindow(resizeRequest(plan, image));
    const part = await decodeImage(image, needed);
    applyToImage(plan, image, part, needed, this.#resizer, target.image);
  }

  #sampleAt(dataset: number, sample: number): { files: Sample; decoder: LabelDecoder } {
    const files = this.#options.datasets[dataset]?.samples[sample];
    const decoder = this.#decoders[dataset];
    if (files && decoder) return { files, decoder };
    throw new Error(`internal: SampleReader.read: there is no sample ${sample} of data set ${dataset}`);
  }
}

interface PackedPair {
  readonly image: PackedImage;
  readonly label: PngSamples;
  readonly decoder: LabelDecoder;
  readonly file: string;
}

/** Opens an image (still packed) and its label (unpacked), and checks that they fit together. */
export async function openPair(
  files: Sample,
  options: ImageOptions = {},
): Promise<[PackedImage, PngSamples]> {
  const [image, label] = await Promise.all([
    openImage(files.image, options),
    readLabel(files.label, options),
  ]);
  if (image.width === label.width && image.height === label.height) return [image, label];
  const turned = image.turned && image.width === label.height && image.height === label.width;
  const cure = turned ? "; the image has an orientation tag: try orientation 'as-stored'" : "";
  throw new DataError(
    files.label,
    `is ${label.width}x${label.height} pixels, but its image ${files.image} is ${image.width}x${image.height}${cure}`,
  );
}

async function readLabel(file: string, { maxPixels }: ImageOptions): Promise<PngSamples> {
  const bytes = await readFile(file).catch((error: unknown) => {
    throw asDataError(file, error);
  });
  return readPng(bytes, file, maxPixels === undefined ? {} : { maxPixels });
}

function withoutFocus({ focus: _, ...choice }: PlacedChoice): PlacedChoice {
  return choice;
}
