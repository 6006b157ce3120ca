// A network that mixes a picture's own statistics in, and tells on the way how far these are from the trained ones where it has
// seen little but colors and contrasts.

import { type nn, scope, type Tensor } from "@pinmem/torch";
import type { ChannelStatistics, PictureNorm } from "./picture-norm.js";
import type { Forward } from "./predictor.js";
import { departureOf, predictionChange } from "./shift-rule.js";
import { TestTimeNormalization } from "./test-time-normalization.js";

/** Of the batch norms, in the order in which they are met. */
const EARLY = 1 / 4;
/** Added to variances, as batch norm does. */
export const EPSILON = 1e-5;

/** How many batch norms, the first that are met, have seen little but colors and contrasts. */
export const earlyLayers = ({ layers }: TestTimeNormalization): number =>
  Math.max(1, Math.floor(layers * EARLY));

/** How far a layer's own variances are from the trained ones: mean over channels of |log(own / trained)|. */
export const varianceDistance = ({ runningVar }: PictureNorm, { variance }: ChannelStatistics): number =>
  scope(() => variance.add(EPSILON).div(runningVar.add(EPSILON)).log().abs().mean().toNumber());

export interface Look {
  /** With own statistics. */
  readonly logits: Tensor;
  /** Of the picture from the sources; see shift-rule.ts. */
  readonly departure: number;
}

/** Looks at pictures with their own statistics. */
export class SecondLook {
  readonly normalization: TestTimeNormalization;
  readonly forward: Forward;
  /** Logits as in training, for which rules are. */
  readonly asTrained: (logits: Tensor) => Tensor;
  readonly #early: number;
  /** Distances of the layers that were met so far; null while nobody asks. */
  #distances: number[] | null = null;

  /**
   * @param network in its trained form and evaluation mode, without gradients; it belongs to this until `normalization.remove`
   * @param forward of that network
   * @param asTrained what its logits were before they were adjusted. Default: as they are
   * @throws RangeError where it has no batch norm
   */
  constructor(
    network: nn.AnyModule,
    forward: Forward,
    asTrained: (logits: Tensor) => Tensor = (logits) => logits,
  ) {
    this.normalization = new TestTimeNormalization(network, 0, {
      onStatistics: (layer, own) => this.#note(layer, own),
    });
    this.forward = forward;
    this.asTrained = asTrained;
    this.#early = earlyLayers(this.normalization);
  }

  /** Logits with the trained statistics. */
  trained(image_B3hw: Tensor): Tensor {
    this.normalization.weight = 0;
    return this.forward(image_B3hw);
  }

  /**
   * @param image_B3hw a whole picture
   * @param trained_BKhw its logits with the trained statistics
   */
  look(image_B3hw: Tensor, weight: number, trained_BKhw: Tensor): Look {
    this.normalization.weight = weight;
    this.#distances = [];
    try {
      const logits = this.forward(image_B3hw);
      const distance = this.#distances.reduce((sum, one) => sum + one, 0) / this.#distances.length;
      const change = scope(() => predictionChange(this.asTrained(trained_BKhw), this.asTrained(logits)));
      return { logits, departure: departureOf(distance, change) };
    } finally {
      this.#distances = null;
    }
  }

  #note(layer: PictureNorm, own: ChannelStatistics): void {
    if (!this.#distances || this.#distances.length === this.#early) return;
    this.#distances.push(varianceDistance(layer, own));
  }
}
