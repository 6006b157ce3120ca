// What a read looks like over many pixels: how decided its weights are, what rows of absent classes take, and how much the
// read-out varies compared with the query, where the two meet: after the 1x1 convolution that joins them.
//
// Shapes: B batch, K classes (rows), C width, h w feature.

import type { ReadStatistics } from "@pinmem/core/formats";
import { fromTypedArray, nn, noGrad, scope, type Tensor } from "@pinmem/torch";
import type { ClassMemory, MemoryReading } from "../memory/class-memory.js";
import { rowWeights } from "../memory/row-choice.js";

/** Collects statistics of one memory's reads, image by image. */
export class ReadStatisticsCollector {
  readonly #memory: ClassMemory;
  readonly #absent: readonly number[];
  readonly #weights: Float64Array;
  readonly #query: ChannelSpread;
  readonly #readout: ChannelSpread;
  #pixels = 0;
  #entropy = 0;
  #largest = 0;

  constructor(memory: ClassMemory, present: readonly number[]) {
    const { classes, width } = memory;
    this.#memory = memory;
    this.#absent = Array.from({ length: classes }, (_, row) => row).filter((row) => !present.includes(row));
    this.#weights = new Float64Array(classes);
    this.#query = new ChannelSpread(width);
    this.#readout = new ChannelSpread(width);
  }

  add(feature_BChw: Tensor, { weights: weights_BKhw, isNearest }: MemoryReading): void {
    scope(() =>
      noGrad(() => {
        const { classes, width } = this.#memory;
        const weights_KN = weights_BKhw.transpose(0, 1).reshape([classes, -1]).to("float64");
        const pixels = weights_KN.size(1);
        this.#pixels += pixels;
        // 0 log 0 is 0: masked rows have no weight.
        this.#entropy -= weights_KN
          .mul(weights_KN.clamp({ min: 1e-300 }).log())
          .sum()
          .toNumber();
        this.#largest += weights_KN.amax({ dim: 0 }).sum().toNumber();
        addTo(this.#weights, weights_KN.sum(1));
        const convolution = this.#memory.output.at(0) as nn.Conv2d;
        const matrix = convolution.weight
          .detach()
          .view([width, 2 * width])
          .to("float64");
        const query_CN = nn.F.normalize(feature_BChw.to("float64")).transpose(0, 1).reshape([width, pixels]);
        const rows_BRhw = rowWeights(weights_BKhw, isNearest);
        const weights_RN = rows_BRhw
          .transpose(0, 1)
          .reshape([rows_BRhw.size(1), -1])
          .to("float64");
        const readout_CN = this.#memory.items.to("float64").t().matmul(weights_RN);
        this.#query.add(matrix.narrow(1, 0, width).matmul(query_CN));
        this.#readout.add(matrix.narrow(1, width, width).matmul(readout_CN));
      }),
    );
  }

  /** Mean weight of each row, (K). */
  meanWeights(): Float64Array {
    return this.#weights.map((sum) => sum / this.#pixels);
  }

  /** @throws Error where nothing was added */
  statistics(): ReadStatistics {
    if (this.#pixels === 0) throw new Error("ReadStatisticsCollector: there is no image to look at");
    const means = this.meanWeights();
    return {
      entropy: this.#entropy / this.#pixels,
      flatEntropy: Math.log(means.length),
      largestWeight: this.#largest / this.#pixels,
      absentShare: this.#absent.reduce((sum, row) => sum + (means[row] as number), 0),
      readoutSpread: this.#readout.value(),
      querySpread: this.#query.value(),
    };
  }
}

/** Standard deviation over all pixels of each channel. */
class ChannelSpread {
  readonly #sum: Float64Array;
  readonly #squares: Float64Array;
  #count = 0;
  /** The first pixels' means: sums of differences from them lose no digits. */
  #origin: Float64Array | null = null;

  constructor(readonly channels: number) {
    this.#sum = new Float64Array(channels);
    this.#squares = new Float64Array(channels);
  }

  add(values_CN: Tensor): void {
    this.#origin ??= values_CN.mean([1]).toTypedArray() as Float64Array;
    const moved_CN = values_CN.sub(
      fromTypedArray(this.#origin, [this.channels, 1], { device: values_CN.device }),
    );
    addTo(this.#sum, moved_CN.sum(1));
    addTo(this.#squares, moved_CN.square().sum(1));
    this.#count += values_CN.size(1);
  }

  /** Mean over channels. */
  value(): number {
    const deviations = Array.from(this.#sum, (sum, channel) => {
      const mean = sum / this.#count;
      return Math.sqrt(Math.max((this.#squares[channel] as number) / this.#count - mean ** 2, 0));
    });
    return deviations.reduce((a, b) => a + b, 0) / this.channels;
  }
}

function addTo(sums: Float64Array, more: Tensor): void {
  const values = more.toTypedArray() as Float64Array;
  for (let at = 0; at < sums.length; at++) sums[at] = (sums[at] as number) + (values[at] as number);
}
