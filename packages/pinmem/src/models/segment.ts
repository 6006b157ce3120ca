// A network from image to logits: encoder, memory where there is one, decoder. Written once for prediction by any network that
// can be trained, and for `SegmentationNetwork.forward`.
// Shapes: B batch, C width of the feature, K classes, H W image, h w feature.

import { scope, type Tensor } from "@pinmem/torch";
import type { MemoryReading } from "../memory/class-memory.js";
import type { TrainableNetwork } from "./trainable-network.js";

/** What a network says about images, and what it came from. */
export interface Segmentation {
  /** (B, K, H, W) */
  readonly logits: Tensor;
  /** Before the memory, (B, C, h, w). */
  readonly feature: Tensor;
  /** What the memory gave, where there is one. */
  readonly reading: MemoryReading | null;
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
      logits: network.decode(reading?.refined ?? feature, lowLevel, [height, width]),
      feature,
      reading,
    };
  });
}

/** Logits (B, K, H, W) of normalized images (B, 3, H, W). */
export const predict = (network: TrainableNetwork, image_B3HW: Tensor): Tensor =>
  scope(() => segment(network, image_B3HW).logits);
