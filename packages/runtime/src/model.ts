// A loaded model: what a program holds, in Node and in a page. Its memory is data that lies here; what computes is a runner, in
// this thread or in a worker. Calls of one model follow one another; models know nothing of each other.

import type { RgbImage } from "@pinmem/core";
import type { ExportedModel } from "@pinmem/core/formats";
import { rowsAfter } from "./directions.js";
import { checkNumber } from "./given.js";
import { checkedImage, isRgb, type OwnPicture, ownPicture, type Picture } from "./image.js";
import { labeledCells, ownLabeled, type PictureLabels } from "./labeled.js";
import { checkLooks, type Look } from "./looks.js";
import { ModelMemory } from "./memory.js";
import { ModelError } from "./model-error.js";
import type {
  DirectionSums,
  Engine,
  PixelReading,
  RowMap,
  RunInputs,
  Runner,
  Segmentation,
  SegmentProgress,
} from "./runner.js";
import { classOf, type Stroke } from "./strokes.js";

export interface SegmentOptions {
  /** Ends the work between two pieces; the call is then rejected with its reason. */
  readonly signal?: AbortSignal;
  /** Told before the first piece and after each. */
  readonly onProgress?: (progress: SegmentProgress) => void;
  /** Tell how sure each pixel is, too, which takes time. Default false. */
  readonly confidence?: boolean;
}

/** How a picture is segmented. */
export interface SegmentPictureOptions extends SegmentOptions {
  /**
   * Where pictures decide (`normalize` is "auto"): how this one is seen, such as `looks` of the frame before, which saves the passes that decide.
   * Default: it decides.
   */
  readonly looks?: readonly Look[];
}

export interface WriteOptions {
  /** How much of a row before stays, in [0, 1). Default 0: nothing, where a class is labeled. */
  readonly momentum?: number;
}

/** A class that a model tells apart. */
export interface ModelClass {
  readonly name: string;
  /** Red, green, blue. */
  readonly color: readonly [number, number, number];
}

/** @internal */
export interface ModelSetup {
  readonly description: ExportedModel;
  /** As exported. */
  readonly rows: Float32Array | null;
  readonly runner: Runner;
  /** Decodes a picture. */
  readonly pixelsOf: (picture: OwnPicture, signal?: AbortSignal) => Promise<RgbImage>;
  /** Draws, at once, a picture that shows something else later, such as a video; null: one that is to be decoded. */
  readonly drawn?: (picture: OwnPicture) => RgbImage | null;
}

/** An exported model, ready to segment pictures. Made by `load`; freed by `dispose` or `await using`. */
export class Model implements AsyncDisposable {
  /** What model.json says. */
  readonly description: ExportedModel;
  /** The position of a class is its train id, the value in `labels`. */
  readonly classes: readonly ModelClass[];
  readonly #runner: Runner;
  readonly #pixelsOf: ModelSetup["pixelsOf"];
  readonly #drawn: ModelSetup["drawn"];
  readonly #memory: ModelMemory | null;
  #ownWeight: number | "auto";
  #size: { readonly width: number; readonly height: number } | null = null;
  #last: Promise<unknown> = Promise.resolve();
  #isDisposed = false;

  /** @internal */
  constructor({ description, rows, runner, pixelsOf, drawn }: ModelSetup) {
    this.description = description;
    this.classes = description.labels.classes;
    this.#runner = runner;
    this.#pixelsOf = pixelsOf;
    this.#drawn = drawn;
    const { auto, weight = 0 } = description.normalization ?? {};
    this.#ownWeight = auto ? "auto" : weight;
    this.#memory = description.memory && rows && new ModelMemory(description.memory, rows);
  }

  /** What computes, and why not something faster. */
  get engine(): Engine {
    return this.#runner.engine;
  }

  /** Rows and what they weigh. @throws ModelError where the model has no memory */
  get memory(): ModelMemory {
    if (this.#memory) return this.#memory;
    const { name, provenance } = this.description;
    throw new ModelError(`${name} has no memory: its method, ${provenance.method}, trains none`);
  }

  /** Whether there is a memory to read, to write and to let vote. */
  get hasMemory(): boolean {
    return this.#memory !== null;
  }

  /** What the cosines of feature and rows weigh among the logits; 0: the memory does not vote. As `memory.votes`. */
  get votes(): number {
    return this.memory.votes;
  }

  set votes(weight: number) {
    this.memory.votes = weight;
  }

  /** Whether `normalize` can be set: the run was exported with a picture's own statistics (`normalize`, image:W or image:auto). */
  get hasNormalization(): boolean {
    return this.description.normalization !== null;
  }

  /** Whether `normalize` can be "auto": the run was exported with what `pinmem calibrate` found (`normalize`, image:auto). */
  get hasAuto(): boolean {
    return (this.description.normalization?.auto ?? null) !== null;
  }

  /**
   * Weight of each picture's own statistics in batch norm, 0 to 1; 0: those of training alone. "auto": a picture that looks unlike the
   * sources is seen with its own statistics under several exposures, and predicted with the mean of the clearest looks; others keep those
   * of training. Counts from the next call on: a `decode`, `read` or `write` after it runs the first graph on the last picture again.
   * Default: as exported, "auto" where it can be.
   * Source: Schneider et al., NeurIPS 2020.
   */
  get normalize(): number | "auto" {
    return this.#ownWeight;
  }

  set normalize(weight: number | "auto") {
    const { name } = this.description;
    if (!this.hasNormalization) {
      throw new ModelError(
        `normalize: ${name} has the statistics of training folded in. Export the run once more, with \`normalize\` (image:W)`,
      );
    }
    if (weight === "auto" && !this.hasAuto) {
      throw new ModelError(
        `normalize: ${name} does not know when a picture looks unlike its sources. Export the run once more, with \`normalize\` (image:auto)`,
      );
    }
    const fits = (value: number) => value >= 0 && value <= 1;
    const kinds = `a number from 0 to 1${this.hasAuto ? ', or "auto"' : ""}`;
    if (weight !== "auto") checkNumber(weight, fits, `normalize: must be ${kinds}`);
    this.#ownWeight = weight;
  }

  /**
   * The class of each pixel of a picture. Large ones go through the network in tiles, as `pinmem predict` does it. What the first
   * graph makes of the picture is kept until the next one, for `decode`, `read` and `write`; one that cannot be decoded leaves the last
   * as it was. Pixels, and what an element shows, are taken at the call.
   * @throws ModelError where it cannot be decoded or onnxruntime fails; RangeError where pixels do not fit the size, or memory
   *   holds not even small tiles, or looks are none
   */
  async segment(picture: Picture, options: SegmentPictureOptions = {}): Promise<Segmentation> {
    const { signal, looks } = options;
    if (looks !== undefined) checkLooks(looks, this.#ownWeight);
    signal?.throwIfAborted();
    const own = ownPicture(picture);
    const taken = this.#drawn?.(own) ?? own;
    return await this.#inTurn(async () => {
      signal?.throwIfAborted();
      const image = isRgb(taken) ? taken : checkedImage(await this.#pixelsOf(taken, signal));
      signal?.throwIfAborted();
      // From here on the runner keeps the new picture, or none.
      this.#size = null;
      const result = await this.#runner.segment(image, this.#inputs, options);
      this.#size = { width: result.width, height: result.height };
      return result;
    });
  }

  /**
   * The last picture once more, with the memory as it is now: only the second graph runs, unless `normalize` has changed.
   * @throws ModelError where there is none
   */
  async decode(options: SegmentOptions = {}): Promise<Segmentation> {
    return await this.#inTurn(async () => {
      options.signal?.throwIfAborted();
      return await this.#runner.decode(this.#inputs, options);
    });
  }

  /**
   * How much a pixel of the last picture takes of the row of each class; they sum to one.
   * @throws ModelError where there is no picture or no memory; RangeError for pixels outside of it
   */
  async read(x: number, y: number): Promise<Float32Array> {
    return (await this.look(x, y)).weights;
  }

  /**
   * What a pixel of the last picture takes of the row of each class, and how near its feature is to each: what it reads, and what
   * it votes for.
   * @throws as `read`
   */
  async look(x: number, y: number): Promise<PixelReading> {
    void this.memory; // or there is none, which is said
    return await this.#inTurn(() => this.#runner.readPixel(x, y, this.#inputs));
  }

  /**
   * Where the last picture reads the row of a class, and votes for it: a grid with a cell for each of the feature.
   * @param wanted train id, or name
   * @throws ModelError where there is no picture or no memory; RangeError where there is no such class
   */
  async map(wanted: number | string): Promise<RowMap> {
    void this.memory;
    const trainId = classOf(wanted, this.#names, "map");
    return await this.#inTurn(() => this.#runner.mapRow(trainId, this.#inputs));
  }

  /**
   * Gives classes new rows: the mean direction of the last picture's features where they are labeled. Of strokes, each cell of the
   * feature counts by the part of it that they cover; labels of the whole picture count as in `pinmem adapt`. Call `decode` to see
   * what it changes; rows change labels where the memory votes (`votes`).
   * @returns names of the classes that were written
   * @throws ModelError where there is no picture or no memory; RangeError where nothing is labeled
   */
  async write(labeled: readonly Stroke[] | PictureLabels, options: WriteOptions = {}): Promise<string[]> {
    return this.writeCollected([await this.collect(labeled)], options);
  }

  /**
   * What labeled cells of the last picture say of the classes, for `writeCollected`: rows from several pictures are written from
   * what was collected of each. Changes nothing.
   * @throws as `write`
   */
  async collect(labeled: readonly Stroke[] | PictureLabels): Promise<DirectionSums> {
    void this.memory; // or there is none, which is said
    const { labels } = this.description;
    const own = ownLabeled(labeled, labels);
    return await this.#inTurn(async () => {
      if (!this.#size) throw new ModelError("write: there is no picture; segment one first");
      return await this.#runner.sum(labeledCells(own, this.#size, labels), this.#inputs);
    });
  }

  /**
   * Gives classes new rows from what was collected of pictures, all of them together, as `pinmem adapt` does.
   * @returns names of the classes that were written
   * @throws ModelError where there is no memory; RangeError where nothing was labeled
   */
  writeCollected(pictures: readonly DirectionSums[], { momentum = 0 }: WriteOptions = {}): string[] {
    const { memory } = this;
    const fits = (value: number) => value >= 0 && value < 1;
    checkNumber(momentum, fits, "write: momentum must be a number of at least 0 and below 1");
    const counts = new Float64Array(this.classes.length);
    const sums = new Float64Array(counts.length * (memory.shape.at(-1) ?? 0));
    for (const one of pictures) {
      one.counts.forEach((count, k) => {
        counts[k] = (counts[k] as number) + count;
      });
      one.sums.forEach((sum, at) => {
        sums[at] = (sums[at] as number) + sum;
      });
    }
    const names = this.#names.filter((_, k) => (counts[k] as number) > 0);
    if (names.length === 0) throw new RangeError("write: nothing of the picture is labeled");
    memory.rows = rowsAfter(memory.state.rows, { sums, counts }, momentum);
    return names;
  }

  get #names(): string[] {
    return this.classes.map(({ name }) => name);
  }

  /** Rows, votes and temperature as they were exported. @throws ModelError where the model has no memory */
  reset(): void {
    this.memory.reset();
  }

  /** Waits for the call in progress, then frees what onnxruntime holds. Doing it twice does no harm. */
  async dispose(): Promise<void> {
    if (this.#isDisposed) return;
    this.#isDisposed = true;
    await this.#last.catch(() => {});
    await this.#runner.dispose();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.dispose();
  }

  get #inputs(): RunInputs {
    return { memory: this.#memory?.state ?? null, ownWeight: this.#ownWeight };
  }

  /** After what was asked for before. */
  #inTurn<T>(work: () => Promise<T>): Promise<T> {
    if (this.#isDisposed)
      return Promise.reject(new ModelError(`${this.description.name} was disposed; load it again`));
    const result = this.#last.then(work, work);
    this.#last = result.catch(() => {});
    return result;
  }
}
