// A batch norm whose statistics come with each picture, and the activation behind it: two passes over memory in place of the
// three or four that batch norm and activation take.
// Shapes: B pictures or views of pictures, C channels, h w of the layer.

import { nn, scope, type Tensor } from "@pinmem/torch";

/** Of each channel of some pictures. */
export interface ChannelStatistics {
  /** (B, C) */
  readonly mean: Tensor;
  /** (B, C), of all values as a population. */
  readonly variance: Tensor;
}

/** What a layer normalizes an input (B, C, h, w) with; null: its running statistics. */
export type StatisticsSource = (layer: PictureNorm, input_BChw: Tensor) => ChannelStatistics | null;

export interface PictureNormOptions {
  /** Bounds of the activation that it stands for as well. Default: none. */
  readonly bounds?: { readonly low?: number; readonly high?: number };
  /** Nothing else needs the input, so that the output may be written over it. Default false. */
  readonly overwrites?: boolean;
}

/** Stands for a batch norm, whose tensors it has, and where told for the activation behind it. For inference alone. */
export class PictureNorm extends nn.Module<[Tensor], Tensor> {
  readonly weight: nn.Parameter | null;
  readonly bias: nn.Parameter | null;
  readonly runningMean: Tensor;
  readonly runningVar: Tensor;
  readonly numBatchesTracked: Tensor | null;
  readonly #eps: number;
  readonly #source: StatisticsSource;
  readonly #options: PictureNormOptions;

  /** @throws RangeError where the batch norm has no running statistics */
  constructor(norm: nn.BatchNorm2d, source: StatisticsSource, options: PictureNormOptions = {}) {
    super();
    if (!norm.runningMean || !norm.runningVar) throw new RangeError("PictureNorm: no running statistics");
    this.weight = norm.weight;
    this.bias = norm.bias;
    this.runningMean = norm.runningMean;
    this.runningVar = norm.runningVar;
    this.numBatchesTracked = norm.numBatchesTracked;
    this.#eps = norm.eps;
    this.#source = source;
    this.#options = options;
    this.eval();
  }

  forward(input_BChw: Tensor): Tensor {
    const { bounds = {}, overwrites = false } = this.#options;
    return scope(() => {
      const { scale, shift } = this.#affine(input_BChw);
      return nn.scaleShift_(overwrites ? input_BChw : input_BChw.clone(), scale, shift, bounds);
    });
  }

  /** y = scale x + shift, each (B, C) or (1, C). */
  #affine(input_BChw: Tensor): { scale: Tensor; shift: Tensor } {
    const { weight, bias, runningMean, runningVar } = this;
    const { mean, variance } = this.#source(this, input_BChw) ?? {
      mean: runningMean.unsqueeze(0),
      variance: runningVar.unsqueeze(0),
    };
    const inverse = variance.add(this.#eps).rsqrt();
    const scale = weight ? inverse.mul(weight) : inverse;
    const shift = mean.mul(scale).neg();
    return spread({ scale, shift: bias ? shift.add(bias) : shift }, input_BChw.size(0));
  }
}

/** One for each view, where there are several views of each picture, pictures in turn. */
function spread({ scale, shift }: { scale: Tensor; shift: Tensor }, views: number) {
  const pictures = scale.size(0);
  if (pictures === 1 || pictures === views) return { scale, shift };
  const times = views / pictures;
  return { scale: scale.repeat([times, 1]), shift: shift.repeat([times, 1]) };
}
