// A network from image to logits: encoder, memory where there is one, decoder. Written once for prediction by any network that
// can be trained, and for `SegmentationNetwork.forward`.
// Shapes: B batch, C width of the feature, K classes, H W image, h w feature.

import { scope, type Tensor } from "@pinmem/torch";
import type { MemoryReading } from "../memory/class-memory.js";
import { checkTakesVotes } from "./add-votes.js";
import type { Encoding, TrainableNetwork } from "./trainable-network.js";

/** What a network says about images, and what it came from. */
export interface Segmentation {
  /** (B, K, H, W) */
  readonly logits: Tensor;
  /** Before the memory, (B, C, h, w). */
  readonly feature: Tensor;
  /** What the memory gave, where there is one. */
  readonly reading: MemoryReading | null;
}

/**
 * Logits (B, K, H, W) for an image of `size`: decodes the feature with what the memory makes of it, its votes included. Every
 * read of a memory that is decoded goes through here.
 *
 * @param reading null: the feature as it is
 * @throws TypeError where the memory votes and the network takes no votes
 */
export function decodeWith(
  network: TrainableNetwork,
  { feature, lowLevel }: Pick<Encoding, "feature" | "lowLevel">,
  reading: Pick<MemoryReading, "refined" | "votes"> | null,
  size: readonly [height: number, width: number],
): Tensor {
  const refined = reading?.refined ?? feature;
  const votes = reading?.votes;
  if (!votes) return network.decode(refined, lowLevel, size);
  checkTakesVotes(network);
  return network.decode(refined, lowLevel, size, votes);
}

/** Of normalized images (B, 3, H, W). */
export function segment(network: TrainableNetwork, image_B3HW: Tensor): Segmentation {
  const [, , height = 0, width = 0] = image_B3HW.shape;
  return scope(() => {
    const { feature, lowLevel, auxiliary } = network.encode(image_B3HW);
    // For training alone; a network without an auxiliary head may give a tensor that has another use.
    if (![image_B3HW, feature, lowLevel].includes(auxiliary)) auxiliary.dispose();
    const reading = network.memory ? network.memory.call(feature) : null;
    return {
      logits: decodeWith(network, { feature, lowLevel }, reading, [height, width]),
      feature,
      reading,
    };
  });
}

/** Logits (B, K, H, W) of normalized images (B, 3, H, W). */
export const predict = (network: TrainableNetwork, image_B3HW: Tensor): Tensor =>
  scope(() => segment(network, image_B3HW).logits);
