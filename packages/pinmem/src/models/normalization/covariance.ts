// Covariances between the channels of a standardized feature, and how much they change with an image's colors.
// Source: Choi et al., "RobustNet", CVPR 2021, equations 4 and 11.
// Shapes: B images, P pairs, C channels, H W resolution.

import { dispose, eye, keep, ones, scope, type Tensor, TorchError } from "@pinmem/torch";

const EPS = 1e-5;

/** Covariances (B, C, C) of features (B, C, H, W) of mean zero. */
export function covariances(feature_BCHW: Tensor): Tensor {
  const [, channels = 0, height = 0, width = 0] = feature_BCHW.shape;
  const { dtype, device } = feature_BCHW;
  return scope(() => {
    const values = feature_BCHW.flatten({ startDim: 2 });
    const products = values.bmm(values.transpose(1, 2)).div(height * width - 1);
    return products.add(eye(channels, { dtype, device }).mul(EPS));
  });
}

/** Ones above the diagonal (C, C): each pair of channels once. */
export const upperTriangle = (channels: number, like: Tensor): Tensor =>
  scope(() => ones([channels, channels], { dtype: like.dtype, device: like.device }).triu({ diagonal: 1 }));

/**
 * Collects, for each whitening layer, the mean over image pairs of the variance within a pair of every covariance. The two of
 * a pair show the same scene in different colors.
 */
export class PairVariances implements Disposable {
  readonly #sums: Tensor[] = [];
  #pairs = 0;

  /**
   * Takes the whitening outputs of one forward pass over P pairs, each (2P, C, H, W): the P changed images first, then the
   * P originals in the same order.
   */
  add(whitening: readonly Tensor[]): void {
    const images = whitening[0]?.size(0) ?? 0;
    if (images === 0 || images % 2 !== 0 || whitening.some((feature) => feature.size(0) !== images)) {
      throw new TorchError(
        `argument 'whitening' must hold features of the same pairs, (2P, C, H, W), got [${whitening.join(", ")}]`,
        { operator: "PairVariances.add", argument: "whitening" },
      );
    }
    for (const [layer, feature] of whitening.entries()) {
      const sum = scope(() => sumOfVariances(feature.detach()));
      const before = this.#sums[layer];
      if (before) before.add_(sum);
      this.#sums[layer] = before ?? keep(sum);
      if (before) sum.dispose();
    }
    this.#pairs += images / 2;
  }

  /** Sums so far, by layer: to be added up over several processes, in place; then say by `pairs` how many there are. */
  get sums(): readonly Tensor[] {
    return this.#sums;
  }

  set pairs(count: number) {
    this.#pairs = count;
  }

  /** How many pairs were added. */
  get pairs(): number {
    return this.#pairs;
  }

  /** Mean variances (C, C) of a layer, zero on and below the diagonal. */
  of(layer: number): Tensor {
    const sum = this.#sums[layer];
    if (!sum)
      throw new RangeError(
        `PairVariances.of: there are ${this.#sums.length} layers so far, not layer ${layer}`,
      );
    return sum.div(this.#pairs);
  }

  [Symbol.dispose](): void {
    dispose(this.#sums);
  }
}

function sumOfVariances(feature: Tensor): Tensor {
  const pairs = feature.size(0) / 2;
  const channels = feature.size(1);
  const covariance = covariances(feature).mul(upperTriangle(channels, feature));
  return covariance.view([2, pairs, channels, channels]).var([0], { unbiased: true }).sum([0]);
}
