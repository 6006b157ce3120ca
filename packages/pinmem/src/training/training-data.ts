// Training batches as an endless stream that can be entered anywhere: epoch after epoch of a loader's batches.

import type { Dataset } from "../datasets/dataset.js";
import type { Batch } from "../loading/loader.js";
import { sampleName } from "../loading/open-sample.js";
import type { Sampler } from "../loading/sampling.js";

export interface Position {
  readonly epoch: number;
  /** Of the batch within the epoch. */
  readonly index: number;
}

/** What the trainer needs of its data; `LoaderData` has it from a loader. */
export interface TrainingData {
  /** Names of the source domains, in the order in which a batch holds their images. */
  readonly domains: readonly string[];
  /** Images of each domain in a batch. */
  readonly perDomain: number;
  readonly batchesPerEpoch: number;
  /**
   * The batches from a position on, without end. A batch holds until the next one is asked for.
   * @param only which of them are wanted, by their number since the start of the run; the others are not read. Default: all
   */
  batches(from: Position, only?: (turn: number) => boolean): AsyncGenerator<Batch, void, undefined>;
  /** The files of a batch, for messages. */
  files(batch: Batch): string[];
}

interface Batches {
  batches(range: {
    epoch: number;
    from?: number;
    only?: (index: number) => boolean;
  }): AsyncGenerator<Batch, void, undefined>;
}

export interface LoaderDataOptions {
  readonly loader: Batches;
  readonly sampler: Sampler;
  readonly datasets: readonly Dataset[];
  readonly perDomain: number;
}

/** Training data from data sets: a loader for each epoch, begun anew at any batch. */
export class LoaderData implements TrainingData {
  readonly #options: LoaderDataOptions;

  constructor(options: LoaderDataOptions) {
    this.#options = options;
  }

  get domains(): string[] {
    return this.#options.datasets.map(({ name }) => name);
  }

  get perDomain(): number {
    return this.#options.perDomain;
  }

  get batchesPerEpoch(): number {
    return this.#options.sampler.batchesPerEpoch;
  }

  async *batches(
    { epoch, index }: Position,
    only?: (turn: number) => boolean,
  ): AsyncGenerator<Batch, void, undefined> {
    const { loader } = this.#options;
    for (let next = epoch, from = index; ; next++, from = 0) {
      const first = next * this.batchesPerEpoch;
      yield* loader.batches({ epoch: next, from, ...(only && { only: (at) => only(first + at) }) });
    }
  }

  files({ choices }: Batch): string[] {
    return choices.map(({ dataset, sample }) => {
      const found = this.#options.datasets[dataset]?.samples[sample];
      return found ? sampleName(found) : `sample ${sample} of data set ${dataset}`;
    });
  }
}

/** The position after so many batches since the start. */
export const positionAfter = (batches: number, batchesPerEpoch: number): Position => ({
  epoch: Math.floor(batches / batchesPerEpoch),
  index: batches % batchesPerEpoch,
});
