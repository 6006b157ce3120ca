// Switchable whitening: groups of channels are whitened by a mixture, learned per layer, of the batch's covariance and the
// image's own. The inverse square root comes from Newton's iteration, so everything is matrix products and can be
// differentiated twice.
//
// As in the official code: mixture of two (batch and instance whitening), 16 channels a group, 5 iterations, running
// statistics that start at zero and keep 0.99 of themselves. The batch is that of one process. In single precision at least.
// Source: Pan et al., "Switchable Whitening for Deep Representation Learning", ICCV 2019.
// Shapes: B batch, C channels, H W resolution, G groups, c channels per group.

import { eye, nn, noGrad, scope, type Tensor, zeros } from "@pinmem/torch";
import { fullPrecision } from "../../memory/feature.js";

const GROUP = 16;
const ITERATIONS = 5;
const KEPT = 0.99;
const EPS = 1e-5;

/** For those who write the layer in another form. */
export const whiteningConstants = { iterations: ITERATIONS, eps: EPS } as const;

/** The largest divisor of `channels` up to 16; the official code has no answer where 16 does not divide. */
const groupSize = (channels: number): number => {
  for (let size = GROUP; ; size--) if (channels % size === 0) return size;
};

const ones = (size: number): nn.Parameter => {
  const parameter = scope(() => new nn.Parameter(zeros([size])));
  nn.init.ones_(parameter);
  return parameter;
};

interface Statistics {
  /** (…, c, 1) */
  readonly mean: Tensor;
  /** (…, c, c) */
  readonly covariance: Tensor;
}

/** Mean and biased covariance of the last dimension of (N, c, L). */
function statisticsOf(values: Tensor): Statistics {
  const mean = values.mean([-1], { keepdim: true });
  const centered = values.sub(mean);
  return { mean, covariance: centered.bmm(centered.transpose(1, 2)).div(values.size(-1)) };
}

/** The inverse square root of symmetric positive definite matrices (N, c, c), by Newton's iteration. */
function inverseSquareRoot(covariance: Tensor, identity: Tensor): Tensor {
  const scale = covariance.mul(identity).sum([1, 2], { keepdim: true }).reciprocal();
  const normalized = covariance.mul(scale);
  let root = identity.expandAs(covariance);
  for (let i = 0; i < ITERATIONS; i++) {
    const cube = root.bmm(root).bmm(root);
    root = root.mul(1.5).sub(cube.bmm(normalized).mul(0.5));
  }
  return root.mul(scale.sqrt());
}

/** Whitens (B, C, H, W). */
export class SwitchableWhitening extends nn.Module {
  /** How much of the running statistics stays at each batch. */
  static readonly kept = KEPT;
  readonly swMeanWeight: nn.Parameter;
  readonly swVarWeight: nn.Parameter;
  readonly weight: nn.Parameter;
  readonly bias: nn.Parameter;
  readonly runningMean: Tensor;
  readonly runningCov: Tensor;

  constructor(readonly channels: number) {
    super();
    const size = groupSize(channels);
    const groups = channels / size;
    this.swMeanWeight = ones(2);
    this.swVarWeight = ones(2);
    this.weight = ones(channels);
    this.bias = scope(() => new nn.Parameter(zeros([channels])));
    this.runningMean = nn.buffer(zeros([groups, size, 1]));
    this.runningCov = nn.buffer(zeros([groups, size, size]));
  }

  forward(input: Tensor): Tensor {
    return fullPrecision(input, (wide) => this.#whitened(wide)).to(input.dtype);
  }

  #whitened(input: Tensor): Tensor {
    const { shape } = input;
    const [batch = 0, channels = 0] = shape;
    const [groups = 0, size = 0] = this.runningMean.shape;
    const values = input.reshape([batch * groups, size, -1]);
    const ofImage = statisticsOf(values);
    const ofBatch = this.training ? this.#batchStatistics(input, groups, size) : this.#running();
    const identity = eye(size, { dtype: input.dtype, device: input.device });
    const mean = mixture(this.swMeanWeight, repeated(ofBatch.mean, batch), ofImage.mean);
    const covariance = mixture(this.swVarWeight, repeated(ofBatch.covariance, batch), ofImage.covariance);
    const whitening = inverseSquareRoot(covariance.add(identity.mul(EPS)), identity);
    const whitened = whitening.bmm(values.sub(mean)).view(shape);
    return whitened.mul(this.weight.view([1, channels, 1, 1])).add(this.bias.view([1, channels, 1, 1]));
  }

  #batchStatistics(input: Tensor, groups: number, size: number): Statistics {
    const statistics = statisticsOf(input.transpose(0, 1).reshape([groups, size, -1]));
    noGrad(() => {
      this.runningMean.mul_(KEPT).add_(statistics.mean.detach(), { alpha: 1 - KEPT });
      this.runningCov.mul_(KEPT).add_(statistics.covariance.detach(), { alpha: 1 - KEPT });
    });
    return statistics;
  }

  #running(): Statistics {
    return { mean: this.runningMean, covariance: this.runningCov };
  }
}

/** Softmax-weighted sum of the batch's and the image's statistics. */
function mixture(weights: Tensor, ofBatch: Tensor, ofImage: Tensor): Tensor {
  const [batch, image] = weights.softmax(0).unbind() as [Tensor, Tensor];
  return ofBatch.mul(batch).add(ofImage.mul(image));
}

/** (G, …) for each image: (B G, …). */
const repeated = (statistics: Tensor, batch: number): Tensor => statistics.repeat([batch, 1, 1]);
