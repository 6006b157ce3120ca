// A picture's own statistics as tensors of the two graphs, by the names that an exported model has for them
// (export/emitters/picture-statistics.ts): what a graph notes goes to the page, and comes back with each tile of the picture. Of every
// batch norm of the network, whichever graph it is in, so that nobody has to know where it is; what a graph does not see is as trained.
// Shapes: C channels of a layer, S numbers of all layers: of each layer C means, then C variances, then how many values each channel had.

import type { GraphValues } from "@pinmem/studio";
import { fromTypedArray } from "@pinmem/torch";
import { statisticsNames } from "../../export/emitters/picture-statistics.js";
import { type ChannelStatistics, PictureNorm } from "../../inference/picture-norm.js";
import { earlyLayers, varianceDistance } from "../../inference/second-look.js";
import {
  type OwnStatistics as OfPicture,
  TestTimeNormalization,
} from "../../inference/test-time-normalization.js";
import type { SegmentationNetwork } from "../../models/segmentation-network.js";

export class OwnStatistics {
  readonly #normalization: TestTimeNormalization;
  /** Each layer, and where its numbers begin. */
  readonly #begins: ReadonlyMap<PictureNorm, number>;
  /** S */
  readonly #count: number;
  /** Layers by which it is told how far a picture is from the sources. */
  readonly #early: number;
  /** (S) of the graph that runs; null: nobody asks for them. */
  #noting: Float32Array | null = null;
  /** Of the early layers that were met; null: nobody asks for them. */
  #distances: number[] | null = null;

  /** @param network in its trained form, which then mixes them in */
  constructor(network: SegmentationNetwork) {
    this.#normalization = new TestTimeNormalization(network, 0, {
      onStatistics: (layer, own, values) => this.#note(layer, own, values),
    });
    this.#early = earlyLayers(this.#normalization);
    const begins = new Map<PictureNorm, number>();
    let count = 0;
    for (const layer of network.modules()) {
      if (!(layer instanceof PictureNorm)) continue;
      begins.set(layer, count);
      count += 2 * layer.runningMean.size(0) + 1;
    }
    this.#begins = begins;
    this.#count = count;
  }

  /**
   * Runs a graph with what its inputs say of statistics, and adds those that it has noted to its outputs where they are wanted.
   * In a scope. @throws RangeError where those that are given are not of this network
   */
  run(values: GraphValues, wanted: readonly string[], graph: () => GraphValues): GraphValues {
    const { weight, useGiven, own, distance } = statisticsNames;
    const input = (name: string) => Number(values[name]?.data[0] ?? 0);
    this.#normalization.weight = input(weight);
    const noted = wanted.includes(own) ? this.#trained() : null;
    const distances: number[] | null = wanted.includes(distance) ? [] : null;
    this.#noting = noted;
    this.#distances = distances;
    try {
      const found =
        input(useGiven) > 0.5
          ? this.#normalization.withGiven(this.#given(values[statisticsNames.given]?.data), graph)
          : graph();
      return {
        ...found,
        ...(noted && { [own]: { data: noted, shape: [1, noted.length] } }),
        ...(distances && { [distance]: { data: Float32Array.of(meanOf(distances)), shape: [1] } }),
      };
    } finally {
      this.#noting = null;
      this.#distances = null;
    }
  }

  #trained(): Float32Array {
    const all = new Float32Array(this.#count);
    for (const [{ runningMean, runningVar }, begin] of this.#begins) {
      all.set(runningMean.toTypedArray() as Float32Array, begin);
      all.set(runningVar.toTypedArray() as Float32Array, begin + runningMean.size(0));
      all[begin + 2 * runningMean.size(0)] = 1;
    }
    return all;
  }

  #note(layer: PictureNorm, own: ChannelStatistics, values: number): void {
    const begin = this.#begins.get(layer);
    if (begin === undefined) return;
    if (this.#distances && this.#distances.length < this.#early)
      this.#distances.push(varianceDistance(layer, own));
    if (!this.#noting) return;
    const { mean, variance } = own;
    const channels = mean.size(1);
    this.#noting.set(mean.contiguous().toTypedArray() as Float32Array, begin);
    this.#noting.set(variance.contiguous().toTypedArray() as Float32Array, begin + channels);
    this.#noting[begin + 2 * channels] = values;
  }

  #given(numbers: unknown): Map<PictureNorm, OfPicture> {
    if (!(numbers instanceof Float32Array && numbers.length === this.#count))
      throw new RangeError(`${statisticsNames.given} must be ${this.#count} numbers`);
    return new Map(
      [...this.#begins].map(([layer, begin]) => {
        const channels = layer.runningMean.size(0);
        const part = (at: number) => fromTypedArray(numbers.slice(at, at + channels), [1, channels]);
        const values = numbers[begin + 2 * channels] as number;
        return [layer, { mean: part(begin), variance: part(begin + channels), values }];
      }),
    );
  }
}

const meanOf = (numbers: readonly number[]): number =>
  numbers.reduce((sum, one) => sum + one, 0) / numbers.length;
