// The loss that whitens: it pulls covariances between the channels of standardized features to zero. All of them for
// `instance-whitening`; for `selective-whitening` those that changed most between an image and the same image in other
// colors, which therefore hold style and not content.
//
// It is a module beside the network, because the selection has to be saved with a run: as a buffer it would be in the
// network's state dict, which released checkpoints must fit.
// Source: Choi et al., "RobustNet", CVPR 2021, section 4. Shapes: B images, C channels, H W resolution.

import { nn, noGrad, scope, type Tensor, TorchError, zeros } from "@pinmem/torch";
import { covariances, type PairVariances, upperTriangle } from "./covariance.js";
import type { InstanceWhitening } from "./instance-whitening.js";
import { kMeans1d } from "./k-means-1d.js";

export interface WhiteningLossOptions {
  /** Groups that covariances are sorted into by their variance; all but the lowest are sensitive. Default 3. */
  clusters?: number;
  /**
   * Spares one in so many covariances (IRW): their sum may be so much before it costs anything, and selection takes all
   * others instead of clustering. 0, the default: none is spared.
   */
  relaxation?: number;
}

/** What a selection found in one layer. */
export interface Selection {
  /** Means of the clusters of variances, ascending; empty where none were made. */
  readonly centroids: readonly number[];
  /** Covariances that this trial calls sensitive. */
  readonly found: number;
  /** Those that all trials so far agree on. */
  readonly selected: number;
}

/** The covariances of one layer that count. */
class CovarianceMask extends nn.Module<[], never> {
  /** 1 where a covariance counts, (C, C). */
  readonly mask: Tensor;
  /** Trials whose selections were joined, a scalar. */
  readonly trials: Tensor;
  readonly spared: number;

  constructor(
    readonly layer: InstanceWhitening,
    { relaxation }: Required<WhiteningLossOptions>,
  ) {
    super();
    const { channels, selective } = layer;
    const pairs = (channels * (channels - 1)) / 2;
    const nothing = zeros([channels, channels]);
    this.spared = relaxation === 0 ? 0 : Math.floor(pairs / relaxation);
    this.mask = nn.buffer(selective ? nothing : upperTriangle(channels, nothing));
    this.trials = nn.buffer(zeros([], { dtype: "int64" }));
  }

  /** A scalar; 0 while nothing is selected. */
  lossOf(feature_BCHW: Tensor): Tensor {
    const { mask, spared, layer } = this;
    const margin = layer.selective ? 0 : spared;
    const sums_B = covariances(feature_BCHW).mul(mask.to(feature_BCHW.dtype)).abs().sum([1, 2]);
    return sums_B
      .sub(margin)
      .div(mask.sum().clamp({ min: 1 }))
      .clamp({ min: 0 })
      .mean();
  }

  select(variances_CC: Tensor, clusters: number): Selection {
    const { sensitive, centroids } =
      this.spared > 0 ? this.#allButSpared(variances_CC) : bySize(variances_CC, clusters);
    return noGrad(() => {
      const isFirst = this.trials.item() === 0;
      const found = sensitive.to({ dtype: this.mask.dtype, device: this.mask.device });
      if (isFirst) this.mask.copy_(found);
      else this.mask.mul_(found);
      this.trials.add_(1);
      return { centroids, found: found.sum().toNumber(), selected: this.mask.sum().toNumber() };
    });
  }

  #allButSpared(variances_CC: Tensor): { sensitive: Tensor; centroids: number[] } {
    const { channels } = this.layer;
    const count = (channels * (channels - 1)) / 2 - this.spared;
    const [, indices] = variances_CC.flatten().topk(count);
    const chosen = variances_CC.flatten().mul(0).scatter(0, indices, 1);
    return { sensitive: chosen.view([channels, channels]), centroids: [] };
  }

  forward(): never {
    throw new Error("CovarianceMask.forward: a mask has no computation of its own");
  }
}

/**
 * Those outside the lowest cluster. As in the official code, the zeros on and below the diagonal are clustered along, so
 * that with few clusters the lowest is theirs and that of covariances like them.
 */
function bySize(variances_CC: Tensor, clusters: number): { sensitive: Tensor; centroids: number[] } {
  const found = kMeans1d(Array.from(variances_CC.toTypedArray() as Float32Array | Float64Array), clusters);
  const threshold = found[1]?.from ?? Number.POSITIVE_INFINITY;
  return { sensitive: variances_CC.ge(threshold), centroids: found.map(({ centroid }) => centroid) };
}

/** A scalar from the outputs of a network's whitening layers, in their order: the mean of the layers' losses. */
export class WhiteningLoss extends nn.Module<[whitening: readonly Tensor[]], Tensor> {
  readonly masks: nn.ModuleList<CovarianceMask>;
  readonly #clusters: number;

  constructor(
    layers: readonly InstanceWhitening[],
    { clusters = 3, relaxation = 0 }: WhiteningLossOptions = {},
  ) {
    super();
    if (layers.length === 0) throw refusal("layers", "must name at least one whitening layer, got none");
    if (!Number.isInteger(clusters) || clusters < 2) {
      throw refusal("clusters", `must be an integer of at least 2, got ${clusters}`);
    }
    if (!(relaxation === 0 || (relaxation > 1 && relaxation < Number.POSITIVE_INFINITY))) {
      throw refusal("relaxation", `must be 0 or a number above 1, got ${relaxation}`);
    }
    this.masks = new nn.ModuleList(
      layers.map((layer) => new CovarianceMask(layer, { clusters, relaxation })),
    );
    this.#clusters = clusters;
  }

  /** Whether some layer's covariances are selected by how they react to colors. */
  get isSelective(): boolean {
    return Array.from(this.masks).some(({ layer }) => layer.selective);
  }

  forward(whitening: readonly Tensor[]): Tensor {
    if (whitening.length !== this.masks.length) {
      throw refusal(
        "whitening",
        `must hold the outputs of ${this.masks.length} layers, got ${whitening.length}`,
      );
    }
    const losses = Array.from(this.masks, (mask, index) => mask.lossOf(whitening[index] as Tensor));
    return losses.reduce((sum, loss) => sum.add(loss)).div(losses.length);
  }

  /**
   * Ends a trial: selects the sensitive covariances of each selective layer, and keeps of those selected before only what is
   * selected again. Layers that whiten everything give null.
   */
  select(variances: PairVariances): (Selection | null)[] {
    return Array.from(this.masks, (mask, index) =>
      mask.layer.selective ? scope(() => mask.select(variances.of(index), this.#clusters)) : null,
    );
  }
}

const refusal = (argument: string, problem: string): TorchError =>
  new TorchError(`argument '${argument}' ${problem}`, { operator: "WhiteningLoss", argument });
