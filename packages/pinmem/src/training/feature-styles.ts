// Styles of features, changed in training: mean and deviation of a channel over a picture say much about weather, light and camera
// and little about what there is, so a network that meets others in its early stages learns to do without them.
//
// "perturb": y = alpha (x - mean) + beta mean, with alpha and beta drawn from N(1, deviation) for each picture and channel.
//   Source: Fan et al., "Towards Robust Object Detection Invariant to Real-World Domain Shifts", ICLR 2023 (normalization perturbation).
// "mix": mean and deviation are mixed with those of another picture, of another domain where the batch has several, by a share
//   drawn from Beta(alpha, alpha). Source: Zhou et al., "Domain Generalization with MixStyle", ICLR 2021.
//
// Only the passes that train see this, and what they write: not the memory's start and the final write of a step, not the statistics
// that are estimated, not validation.

import { cat, fromTypedArray, noGrad, rand, randn, scope, type Tensor } from "@pinmem/torch";
import { z } from "zod";
import { BackboneNetwork } from "../models/backbone-network.js";
import { type StageName, stageNames } from "../models/normalization/placement.js";
import type { TrainableNetwork } from "../models/trainable-network.js";

const common = {
  /** After which stages. */
  stages: z.array(z.enum(stageNames)).min(1).default(["layer0", "layer1"]),
  /** Of a picture to be changed, stage by stage. */
  probability: z.number().min(0).max(1).default(0.5),
};

export const featureStylesSchema = z.discriminatedUnion("kind", [
  z.strictObject({ kind: z.literal("perturb"), ...common, deviation: z.number().min(0).default(0.75) }),
  z.strictObject({ kind: z.literal("mix"), ...common, alpha: z.number().positive().default(0.1) }),
]);

export type FeatureStylesConfig = z.output<typeof featureStylesSchema>;

const EPSILON = 1e-6;

/** Changes the styles of features after some stages of a network's backbone. */
export class FeatureStyles {
  readonly #network: BackboneNetwork;
  readonly #config: FeatureStylesConfig;
  readonly #perDomain: number;

  /**
   * @param perDomain pictures of each domain, which lie together in a batch
   * @throws RangeError where the network has no backbone with stages
   */
  constructor(network: TrainableNetwork, config: FeatureStylesConfig, perDomain: number) {
    if (!(network instanceof BackboneNetwork)) {
      throw new RangeError(
        "featureStyles needs a network with a backbone, whose stages it names; let it be null",
      );
    }
    this.#network = network;
    this.#config = config;
    this.#perDomain = perDomain;
  }

  /** Runs `body`, in which the network's features change their styles. */
  within<T>(body: () => T): T {
    const { backbone } = this.#network;
    backbone.afterStage = (stage, feature) => this.#change(stage, feature);
    try {
      return body();
    } finally {
      backbone.afterStage = null;
    }
  }

  #change(stage: StageName, feature: Tensor): Tensor {
    const config = this.#config;
    if (!config.stages.includes(stage)) return feature;
    return scope(() => {
      const changed =
        config.kind === "perturb"
          ? perturbed(feature, config.deviation)
          : mixed(feature, config.alpha, partners(feature.size(0), this.#perDomain));
      const [pictures = 0] = feature.shape;
      const chosen = rand([pictures, 1, 1, 1], { device: feature.device }).lt(config.probability);
      return changed.where(chosen, feature);
    });
  }
}

function perturbed(feature: Tensor, deviation: number): Tensor {
  const [pictures = 0, channels = 0] = feature.shape;
  const { dtype, device } = feature;
  const factor = () => randn([pictures, channels, 1, 1], { dtype, device }).mul(deviation).add(1);
  const mean = feature.mean([2, 3], { keepdim: true });
  const [alpha, beta] = [factor(), factor()];
  return feature.sub(mean).mul(alpha).add(mean.mul(beta));
}

function mixed(feature: Tensor, alpha: number, other: readonly number[]): Tensor {
  const { dtype, device } = feature;
  const [mean, deviation] = noGrad(() => {
    const [variance, mean] = feature.varMean([2, 3], { correction: 0, keepdim: true });
    return [mean, variance.add(EPSILON).sqrt()] as const;
  });
  const shares = Float64Array.from(other, () => beta(alpha));
  const share = fromTypedArray(shares, [other.length, 1, 1, 1]).to({ dtype, device });
  const mix = (own: Tensor) =>
    own.mul(share).add(cat(other.map((at) => own.narrow(0, at, 1))).mul(share.neg().add(1)));
  return feature.sub(mean).div(deviation).mul(mix(deviation)).add(mix(mean));
}

/** A picture of another domain for each one, or another of the same where there is but one domain. */
function partners(pictures: number, perDomain: number): number[] {
  const domains = Math.max(1, Math.floor(pictures / perDomain));
  const within = Math.floor(pictures / domains);
  const draw = (count: number) => Math.min(count - 1, Math.floor(uniform() * count));
  return Array.from({ length: pictures }, (_, at) => {
    if (domains === 1) return pictures === 1 ? 0 : (at + 1 + draw(pictures - 1)) % pictures;
    const domain = (Math.floor(at / within) + 1 + draw(domains - 1)) % domains;
    return domain * within + draw(within);
  });
}

/** From libtorch's generator, whose state is in the checkpoints. */
const uniform = (): number => scope(() => rand([], { dtype: "float64" }).toNumber());

/** Of Beta(alpha, alpha). Source: Jöhnk, "Erzeugung von betaverteilten und gammaverteilten Zufallszahlen", 1964. */
function beta(alpha: number): number {
  // Logarithms, since powers of 1 / alpha underflow for a small alpha: log(x / (x + y)).
  for (;;) {
    const [x, y] = [Math.log(uniform()) / alpha, Math.log(uniform()) / alpha];
    const most = Math.max(x, y);
    const sum = most + Math.log(Math.exp(x - most) + Math.exp(y - most));
    if (sum <= 0) return Math.exp(x - sum);
  }
}
