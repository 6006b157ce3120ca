// A network for semantic segmentation: backbone, pyramid, class memory, decoder, auxiliary head.
//
// What training needs one at a time is one method each: `encode` (all that writing a memory takes), the memory's own read and
// write, `decode`, `auxiliaryLogits`. `forward` puts them together for prediction. State-dict names are the official code's.
// Shapes: B batch, C width of the feature, K classes, H W image, h w feature.

import { nn, scope, type Tensor, TorchError } from "@pinmem/torch";
import type { ClassMemory, MemoryReading } from "../memory/class-memory.js";
import type { Backbone, OutputStride } from "./backbones/backbone.js";
import type { StageModule } from "./backbones/stage.js";

export interface Encoding {
  /** What the memory reads and is written from, and the decoder starts with, (B, C, h, w). */
  readonly feature: Tensor;
  /** Output of layer1 for the decoder's skip, where it has one. */
  readonly lowLevel: Tensor | null;
  /** Output of layer3 for the auxiliary head. */
  readonly auxiliary: Tensor;
  /** Outputs of the whitening layers, in their order. */
  readonly whitening: readonly Tensor[];
}

export interface Segmentation {
  /** (B, K, H, W) */
  readonly logits: Tensor;
  /** Before the memory, (B, C, h, w). */
  readonly feature: Tensor;
  /** What the memory gave, where there is one. */
  readonly reading: MemoryReading | null;
}

export interface NetworkParts {
  readonly backbone: Backbone;
  readonly classes: number;
  /** Channels of the feature. */
  readonly width: number;
  /** Share of channels that the auxiliary head drops in training. */
  readonly auxiliaryDropout: number;
  readonly memory: ClassMemory | null;
}

export abstract class SegmentationNetwork extends nn.Module<[image_B3HW: Tensor], Segmentation> {
  readonly layer0: StageModule;
  readonly layer1: StageModule;
  readonly layer2: StageModule;
  readonly layer3: StageModule;
  readonly layer4: StageModule;
  readonly #backbone: Backbone;
  readonly #classes: number;

  constructor({ backbone, classes }: NetworkParts) {
    super();
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
  abstract readonly memory: ClassMemory | null;
  /** Whether the decoder joins the feature of layer1. */
  protected abstract readonly usesLowLevel: boolean;

  get classes(): number {
    return this.#classes;
  }

  get backbone(): Backbone {
    return this.#backbone;
  }

  /** Ratio of the image's resolution to the feature's. */
  get outputStride(): OutputStride {
    return this.#backbone.strides.layer4 as OutputStride;
  }

  /** What activation checkpointing computes twice, in order. */
  get stages(): readonly StageModule[] {
    return [this.layer0, this.layer1, this.layer2, this.layer3, this.layer4];
  }

  /** The feature of layer4 as the memory and the decoder take it. */
  protected abstract bottleneck(deep_BChw: Tensor): Tensor;

  /** What the decoder joins from layer1 and the feature, before its last convolutions. */
  protected abstract join(feature_BChw: Tensor, lowLevel: Tensor | null): Tensor;

  encode(image_B3HW: Tensor): Encoding {
    this.#checkImage(image_B3HW);
    return scope(() => {
      const { deep, lowLevel, auxiliary, whitening } = this.#backbone.call(image_B3HW);
      const feature = this.bottleneck(deep);
      return { feature, lowLevel: this.usesLowLevel ? lowLevel : null, auxiliary, whitening };
    });
  }

  /** Logits (B, K, H, W) for an image of `size`, from the feature as it is or refined by the memory. */
  decode(
    feature_BChw: Tensor,
    lowLevel: Tensor | null,
    size: readonly [height: number, width: number],
  ): Tensor {
    return scope(() => {
      // Losses take logits class by class: cheaper to lay out before they are upsampled than after.
      const small = this.final2.call(this.final1.call(this.join(feature_BChw, lowLevel))).contiguous();
      return nn.F.interpolate(small, { size, mode: "bilinear", alignCorners: true });
    });
  }

  /** Logits of the auxiliary head at the resolution of layer3. */
  auxiliaryLogits(auxiliary: Tensor): Tensor {
    return this.dsn.call(auxiliary);
  }

  forward(image_B3HW: Tensor): Segmentation {
    const [, , height = 0, width = 0] = image_B3HW.shape;
    const { feature, lowLevel, auxiliary } = this.encode(image_B3HW);
    auxiliary.dispose(); // whoever trains with it calls encode
    const reading = this.memory ? this.memory.call(feature) : null;
    return { logits: this.decode(reading?.refined ?? feature, lowLevel, [height, width]), feature, reading };
  }

  #checkImage(image: Tensor): void {
    const { shape, dtype } = image;
    const refuse = (problem: string) => {
      throw new TorchError(`argument 'image' ${problem}`, {
        operator: this.constructor.name,
        argument: "image",
      });
    };
    if (shape.length !== 4 || shape[1] !== 3 || !dtype.includes("float"))
      refuse(`must be floating-point numbers (B, 3, H, W), got ${image}`);
    // Training watches its losses; here fused ReLUs, which only the CPU has, would make zero of NaN.
    if (this.training || image.device !== "cpu") return;
    if (!Number.isFinite(scope(() => image.sum({ dtype: "float32" }).toNumber())))
      refuse("holds NaN or infinite values");
  }
}
