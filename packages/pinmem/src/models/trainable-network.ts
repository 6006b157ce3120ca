// What training asks of a network: `SegmentationNetwork` offers it, and prediction needs no more.
// Shapes: B batch, C width of the feature, K classes, H W resolution of the image, h w of the feature.

import type { nn, Tensor } from "@pinmem/torch";
import type { ClassMemory } from "../memory/class-memory.js";

/** What `encode` gives. */
export interface Encoding {
  /** What the memory reads and is written from, and the decoder starts with (B, C, h, w). */
  readonly feature: Tensor;
  /** For the decoder's skip, where it has one. */
  readonly lowLevel: Tensor | null;
  /** For the auxiliary head. */
  readonly auxiliary: Tensor;
  /** Outputs of the whitening layers. */
  readonly whitening: readonly Tensor[];
}

/** What the trainer asks of a network. */
export interface TrainableNetwork extends nn.AnyModule {
  /** Null for a network without one. */
  readonly memory: ClassMemory | null;
  /** From normalized images (B, 3, H, W). */
  encode(image: Tensor): Encoding;
  /**
   * Logits (B, K, H, W) for an image of `size`, from the feature as it is or refined by the memory. `votes` (B, K, h, w) of a
   * memory that votes are added to the logits, before they are upsampled where that is done at the end. A network that does
   * not declare `votes` (as its fourth parameter, without a default) cannot have such a memory: `decodeWith` says so.
   */
  decode(
    feature: Tensor,
    lowLevel: Tensor | null,
    size: readonly [height: number, width: number],
    votes?: Tensor | null,
  ): Tensor;
  /** Logits (B, K, …) of the auxiliary head, which is trained along and not used otherwise; null where there is none. */
  auxiliaryLogits(auxiliary: Tensor): Tensor | null;
  /** The parts that activation checkpointing computes twice, in order; without them it is not to be had. */
  readonly stages?: readonly nn.Module<[Tensor], unknown>[];
}
