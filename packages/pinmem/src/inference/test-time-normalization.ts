// Batch norm that follows each picture: its own mean and variance, mixed into the trained ones, layer by layer.
//
//   mean = (1 - w) trained + w own,   variance likewise,   w the weight
//
// Own statistics are those of the whole picture, upright and at its own size, or where it has more than `LARGEST` pixels
// brought down to that many. So they are the same for every view of it: mirrored, scaled, in windows or in tiles. A view that is the
// picture itself takes them as it goes; other views take what one pass over the picture noted before. Every picture of a
// batch has its own. Where a channel has a single value (image pooling), that says nothing of its spread: the trained ones
// stay. Instance norms and whitening have no trained statistics and are left alone.
// Source: Schneider et al., "Improving robustness against common corruptions by covariate shift adaptation", NeurIPS 2020;
// for segmentation Bahmani et al., TMLR 2023.
// Shapes: B pictures or views of pictures, C channels, h w of a layer.

import { dispose, keep, nn, scope, type Tensor } from "@pinmem/torch";
import { replaceChild } from "../models/replace-module.js";

/** Pixels of a picture up to which its statistics are taken at its own size. */
export const LARGEST_FOR_STATISTICS = 2 ** 20;

interface Statistics {
  /** (B, C) */
  readonly mean: Tensor;
  /** (B, C), of all values as a population. */
  readonly variance: Tensor;
}

type Noted = Map<PictureNorm, Statistics>;

export class TestTimeNormalization {
  readonly weight: number;
  readonly #layers = new Set<PictureNorm>();
  #noted: Noted | null = null;
  #notes = false;

  /**
   * Puts itself in the place of every batch norm of a network in its trained form, which it then belongs to.
   * @param network in evaluation mode; its batch norms keep their weights and names
   * @param weight of a picture's own statistics, 0 to 1
   */
  constructor(network: nn.AnyModule, weight: number) {
    if (!(weight >= 0 && weight <= 1)) {
      throw new RangeError(`TestTimeNormalization: weight is ${weight}, but must be a number from 0 to 1`);
    }
    this.weight = weight;
    this.#replaceIn(network);
    if (this.#layers.size === 0) {
      throw new RangeError(
        "TestTimeNormalization: the network has no batch norm; one prepared for inference has them folded away",
      );
    }
  }

  /**
   * Runs `body` with the statistics that `look` notes on its way: `look` sends the whole pictures through the network, `body`
   * any views of them. A batch of `body` holds as many views of each picture as of the others, pictures in turn.
   */
  with<T>(look: () => void, body: () => T): T {
    const outer = this.#note(look);
    try {
      return body();
    } finally {
      this.#forget(outer);
    }
  }

  /** The same for a body that waits; nothing else may go through the network meanwhile. */
  async withAsync<T>(look: () => void, body: () => Promise<T>): Promise<T> {
    const outer = this.#note(look);
    try {
      return await body();
    } finally {
      this.#forget(outer);
    }
  }

  /** Whether statistics were noted, which hold until `with` ends. */
  get isNoted(): boolean {
    return this.#noted !== null && !this.#notes;
  }

  /** The mixed statistics for an input of a layer; null: the trained ones. */
  statisticsFor(layer: PictureNorm, input_BChw: Tensor): Statistics | null {
    const [, , height = 0, width = 0] = input_BChw.shape;
    if (this.weight === 0) return null;
    if (this.isNoted) {
      const noted = this.#noted?.get(layer);
      return noted ? this.#mixed(layer, noted) : null;
    }
    if (height * width === 1) return null;
    const [variance, mean] = input_BChw.varMean({ dim: [2, 3], correction: 0 }) as [Tensor, Tensor];
    if (this.#notes) this.#noted?.set(layer, { mean: keep(mean.clone()), variance: keep(variance.clone()) });
    return this.#mixed(layer, { mean, variance });
  }

  /** Returns what was noted before. */
  #note(look: () => void): Noted | null {
    const outer = this.#noted;
    this.#noted = new Map();
    this.#notes = true;
    try {
      scope(look);
    } catch (error) {
      this.#forget(outer);
      throw error;
    } finally {
      this.#notes = false;
    }
    return outer;
  }

  #forget(outer: Noted | null): void {
    for (const { mean, variance } of this.#noted?.values() ?? []) dispose([mean, variance]);
    this.#noted = outer;
  }

  #mixed({ runningMean, runningVar }: PictureNorm, own: Statistics): Statistics {
    const mix = (trained: Tensor, one: Tensor) => one.mul(this.weight).add(trained.mul(1 - this.weight));
    return {
      mean: mix(runningMean as Tensor, own.mean),
      variance: mix(runningVar as Tensor, own.variance),
    };
  }

  #replaceIn(parent: nn.AnyModule): void {
    for (const [name, child] of [...parent.namedChildren()]) {
      if (child instanceof nn.BatchNorm2d && child.runningMean && child.runningVar) {
        const layer = new PictureNorm(child, this);
        this.#layers.add(layer);
        replaceChild(parent, name, layer);
      } else {
        this.#replaceIn(child);
      }
    }
  }
}

/** A batch norm with a picture's own statistics mixed in; its tensors are those of the one that it stands for. */
class PictureNorm extends nn.Module<[Tensor], Tensor> {
  readonly weight: nn.Parameter | null;
  readonly bias: nn.Parameter | null;
  readonly runningMean: Tensor | null;
  readonly runningVar: Tensor | null;
  readonly numBatchesTracked: Tensor | null;
  readonly #eps: number;
  readonly #normalization: TestTimeNormalization;

  constructor(norm: nn.BatchNorm2d, normalization: TestTimeNormalization) {
    super();
    this.weight = norm.weight;
    this.bias = norm.bias;
    this.runningMean = norm.runningMean;
    this.runningVar = norm.runningVar;
    this.numBatchesTracked = norm.numBatchesTracked;
    this.#eps = norm.eps;
    this.#normalization = normalization;
    this.eval();
  }

  forward(input_BChw: Tensor): Tensor {
    return scope(() => {
      const { weight, bias, runningMean, runningVar } = this;
      const mixed = this.#normalization.statisticsFor(this, input_BChw);
      const norm = (input: Tensor, mean: Tensor | null, variance: Tensor | null) =>
        input.batchNorm(weight, bias, mean, variance, false, 0, this.#eps, true);
      if (!mixed) return norm(input_BChw, runningMean, runningVar);
      const { mean, variance } = mixed;
      const pictures = mean.size(0);
      if (pictures === 1) return norm(input_BChw, mean.select(0, 0), variance.select(0, 0));
      return this.#each(input_BChw, mean, variance);
    });
  }

  /** Several pictures: one scale and shift for each of them and each channel. */
  #each(input_BChw: Tensor, mean: Tensor, variance: Tensor): Tensor {
    const views = input_BChw.size(0) / mean.size(0);
    const inverse = variance.add(this.#eps).rsqrt();
    const scale = this.weight ? inverse.mul(this.weight) : inverse;
    const shift = mean.mul(scale).neg();
    const shaped = (values: Tensor) => {
      const repeated = views === 1 ? values : values.repeat([views, 1]);
      return repeated.unsqueeze(2).unsqueeze(3);
    };
    return input_BChw.mul(shaped(scale)).add_(shaped(this.bias ? shift.add(this.bias) : shift));
  }
}
