// A network of a backbone and a head: backbone, pyramid, class memory, decoder, auxiliary head. A head is a subclass.
//
// State-dict names are the official code's.
// Shapes: B batch, C width of the feature, K classes, H W image, h w feature.

import type { Exposure } from "@pinmem/core";
import { nn, scope, type Tensor } from "@pinmem/torch";
import type { ClassMemory } from "../memory/class-memory.js";
import { addVotes } from "./add-votes.js";
import type { Backbone, OutputStride } from "./backbones/backbone.js";
import type { StageModule } from "./backbones/stage.js";
import { upTo } from "./backbones/vit/grid.js";
import { ContextConv2d } from "./heads/context-convolution.js";
import { underExposure } from "./input-exposure.js";
import { replaceChild } from "./replace-module.js";
import { SegmentationNetwork } from "./segmentation-network.js";
import type { Encoding } from "./trainable-network.js";

/** What a head makes a network of. */
export interface NetworkParts {
  readonly backbone: Backbone;
  readonly classes: number;
  /** Channels of the feature. */
  readonly width: number;
  /** Share of channels that the auxiliary head drops in training. */
  readonly auxiliaryDropout: number;
  readonly memory: ClassMemory | null;
  /** Default "encoder". */
  readonly memoryAt?: MemoryAt;
}

/**
 * Which feature a memory reads and is written from: `encoder`, that of the bottleneck, as in the paper; `decoder`, what the last
 * convolution sees, which is finer: in DeepLabV3+ at the resolution of layer1, a quarter of the picture's, an eighth with MobileNetV2.
 */
export type MemoryAt = "encoder" | "decoder";

/** A network of a backbone and a head. Subclasses are heads: they say how the feature is made and decoded (`bottleneck`, `decoded`). */
export abstract class BackboneNetwork extends SegmentationNetwork {
  readonly layer0: StageModule;
  readonly layer1: StageModule;
  readonly layer2: StageModule;
  readonly layer3: StageModule;
  readonly layer4: StageModule;
  readonly #backbone: Backbone;
  readonly #classes: number;
  /** Where its memory is, or would be. */
  readonly memoryAt: MemoryAt;
  /** That it sees pictures under. Of a place that it was adapted to (adaptation/place-exposure.ts); while it is trained 1, as they are. */
  exposure: Exposure = 1;

  constructor({ backbone, classes, memoryAt = "encoder" }: NetworkParts) {
    super();
    this.memoryAt = memoryAt;
    this.#backbone = backbone;
    this.#classes = classes;
    this.layer0 = backbone.layer0;
    this.layer1 = backbone.layer1;
    this.layer2 = backbone.layer2;
    this.layer3 = backbone.layer3;
    this.layer4 = backbone.layer4;
  }

  abstract readonly aspp: nn.Module<[Tensor], Tensor>;
  abstract readonly final1: nn.Sequential;
  abstract readonly final2: nn.Sequential;
  abstract readonly dsn: nn.Sequential;
  abstract override readonly memory: ClassMemory | null;
  /** Whether the decoder joins the feature of layer1. */
  protected abstract readonly usesLowLevel: boolean;

  override get classes(): number {
    return this.#classes;
  }

  get backbone(): Backbone {
    return this.#backbone;
  }

  /** Ratio of the image's resolution to that of the bottleneck's feature. */
  override get outputStride(): OutputStride {
    return this.#backbone.strides.layer4 as OutputStride;
  }

  /** What activation checkpointing computes twice, in order. */
  get stages(): readonly nn.Module<[Tensor], unknown>[] {
    return this.#backbone.recomputed;
  }

  /** The feature of layer4 as the memory and the decoder take it. */
  protected abstract bottleneck(deep_BChw: Tensor): Tensor;

  override encode(image_B3HW: Tensor): Encoding {
    this.checkImage(image_B3HW);
    return scope(() => {
      const seen = this.exposure === 1 ? image_B3HW : underExposure(image_B3HW, this.exposure);
      const { deep, lowLevel, auxiliary, whitening } = this.#backbone.call(seen);
      const feature = this.bottleneck(deep);
      const forDecoder = this.usesLowLevel ? lowLevel : null;
      return this.memoryAt === "encoder"
        ? { feature, lowLevel: forDecoder, auxiliary, whitening }
        : { feature: this.decoded(feature, forDecoder), lowLevel: null, auxiliary, whitening };
    });
  }

  /**
   * Logits (B, K, H, W) for an image of `size`, from the feature as it is or refined by the memory; votes (B, K, h, w) are added
   * before the logits are upsampled.
   */
  override decode(
    feature_BChw: Tensor,
    lowLevel: Tensor | null,
    size: readonly [height: number, width: number],
    votes?: Tensor | null,
  ): Tensor {
    return scope(() => {
      // Losses take logits class by class: cheaper to lay out before they are upsampled than after.
      const small = this.final2.call(this.beforeClassifier(feature_BChw, lowLevel)).contiguous();
      const logits = votes ? addVotes(small, votes) : small;
      return this.enlarge(logits, size);
    });
  }

  /** The feature (B, C, h, w) and the low-level one, where the head uses it, decoded: (B, D, h', w'). */
  protected abstract decoded(feature_BChw: Tensor, lowLevel: Tensor | null): Tensor;

  /** What the last convolution, which tells the classes apart, sees of what was encoded: (B, D, h', w'), at the decoder's resolution. */
  beforeClassifier(feature_BChw: Tensor, lowLevel: Tensor | null): Tensor {
    // A tensor of its own, as in the other case: whoever asked may dispose it.
    if (this.memoryAt === "decoder") return feature_BChw.view(feature_BChw.shape);
    return this.decoded(feature_BChw, lowLevel);
  }

  /** The last convolution. */
  get classifier(): nn.Conv2d {
    return this.final2.at(0) as nn.Conv2d;
  }

  /** The last convolution, which from now on also sees what is around each pixel; at first that changes nothing. */
  addContext(): ContextConv2d {
    const { classifier } = this;
    if (classifier instanceof ContextConv2d) return classifier;
    const seeing = ContextConv2d.inPlaceOf(classifier);
    replaceChild(this.final2, "0", seeing);
    return seeing;
  }

  /** Logits of the auxiliary head at the resolution of layer3. */
  override auxiliaryLogits(auxiliary: Tensor): Tensor | null {
    return this.dsn.call(auxiliary);
  }

  /**
   * Logits at the image's size: corners aligned; of a backbone whose maps are patches, at the size that the image was filled up to,
   * patch by patch, and cut off where the image ends.
   */
  enlarge(logits: Tensor, [height, width]: readonly [number, number]): Tensor {
    const { grid } = this.#backbone;
    if (grid === 1) {
      return nn.F.interpolate(logits, { size: [height, width], mode: "bilinear", alignCorners: true });
    }
    return scope(() => {
      const size = [upTo(height, grid), upTo(width, grid)] as const;
      const whole = nn.F.interpolate(logits, { size, mode: "bilinear", alignCorners: false });
      return whole.narrow(2, 0, height).narrow(3, 0, width);
    });
  }
}

/** Of which feature a network's memory is. */
export const memoryAtOf = (network: SegmentationNetwork): MemoryAt =>
  network instanceof BackboneNetwork ? network.memoryAt : "encoder";

/** What a network sees pictures under; one that is no `BackboneNetwork` as they are. */
export const exposureOf = (network: SegmentationNetwork): Exposure =>
  network instanceof BackboneNetwork ? network.exposure : 1;

/** Lets a network see pictures under an exposure; 1 as they are. */
export function expose(network: SegmentationNetwork, exposure: Exposure): void {
  if (network instanceof BackboneNetwork) network.exposure = exposure;
}
