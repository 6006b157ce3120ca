// What every network for semantic segmentation offers to prediction, evaluation and inspection. `BackboneNetwork` is the one of
// a backbone and a head; a network of one's own extends this class and fills in what is abstract.
//
// What training needs one at a time is one method each: `encode` (all that writing a memory takes), the memory's own read and
// write, `decode`, `auxiliaryLogits`. `segment` puts them together for prediction.
// Shapes: B batch, C width of the feature, K classes, H W image, h w feature.

import { nn, scope, type Tensor, TorchError } from "@pinmem/torch";
import type { ClassMemory } from "../memory/class-memory.js";
import { type Segmentation, segment } from "./segment.js";
import type { Encoding, TrainableNetwork } from "./trainable-network.js";

/** A network for semantic segmentation; the base of one's own. Takes normalized images (B, 3, H, W), gives logits (B, K, H, W). */
export abstract class SegmentationNetwork
  extends nn.Module<[image_B3HW: Tensor], Segmentation>
  implements TrainableNetwork
{
  /** Null for a network without one. */
  abstract readonly memory: ClassMemory | null;
  /** How many it tells apart. */
  abstract readonly classes: number;
  /** Ratio of the image's resolution to that of the deepest feature, to whose multiples tiles are aligned. */
  abstract readonly outputStride: number;

  /** From normalized images (B, 3, H, W). */
  abstract encode(image_B3HW: Tensor): Encoding;

  /**
   * Logits (B, K, H, W) for an image of `size`, from the feature as it is or refined by the memory. Votes (B, K, h, w) of the
   * memory are added to them: a network whose memory is to vote declares this fourth parameter, without a default.
   */
  abstract decode(
    feature_BChw: Tensor,
    lowLevel: Tensor | null,
    size: readonly [height: number, width: number],
    votes?: Tensor | null,
  ): Tensor;

  /** Logits (B, K, …) of the auxiliary head, which only training uses; null where there is none. */
  abstract auxiliaryLogits(auxiliary: Tensor): Tensor | null;

  forward(image_B3HW: Tensor): Segmentation {
    return segment(this, image_B3HW);
  }

  /** @throws TorchError where images have another shape, are no floating-point numbers, or in evaluation are not finite */
  protected checkImage(image: Tensor): void {
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
