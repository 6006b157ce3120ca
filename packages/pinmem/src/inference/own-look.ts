// What looks inside a network sees a picture as predictions of it do: of one larger than statistics need, own statistics are those of a
// smaller view, which one pass notes before.

import { BicubicResizer, type RgbImage } from "@pinmem/core";
import { type Device, noGrad } from "@pinmem/torch";
import { predict } from "../models/segment.js";
import type { TrainableNetwork } from "../models/trainable-network.js";
import { pictureInput, statisticsView } from "./picture-input.js";
import { LARGEST_FOR_STATISTICS, type TestTimeNormalization } from "./test-time-normalization.js";

export interface OwnLook {
  readonly device: Device;
  /** Of the network; null: the trained statistics. */
  readonly normalization: TestTimeNormalization | null;
}

/**
 * Runs `body`, which sends a picture at its own size through a network, with the statistics that predictions of it take.
 * @param network in evaluation mode, which the normalization belongs to
 */
export function withOwnStatistics<T>(
  network: TrainableNetwork,
  image: RgbImage,
  { device, normalization }: OwnLook,
  body: () => T,
): T {
  if (!normalization || image.width * image.height <= LARGEST_FOR_STATISTICS) return body();
  const view = statisticsView(image, new BicubicResizer());
  const look = () => void noGrad(() => predict(network, pictureInput([view], device)));
  return normalization.with(look, body);
}
