// Pictures as a network is fed: normalized, the channels of a pixel side by side in memory; and the one view of a picture that
// its statistics are taken from.

import type { BicubicResizer, RgbImage } from "@pinmem/core";
import { cat, type Device, fromTypedArray, scope, type Tensor } from "@pinmem/torch";
import { imageNetNormalization, normalize } from "../loading/batch-tensors.js";
import { LARGEST_FOR_STATISTICS } from "./test-time-normalization.js";
import { show } from "./views.js";

/** Pictures of one size as (B, 3, H, W), normalized. */
export const pictureInput = (images: readonly RgbImage[], device: Device): Tensor =>
  scope(() => {
    const bytes = images.map(({ width, height, pixels }) =>
      fromTypedArray(pixels, [1, height, width, 3], { device }),
    );
    const bytes_BhW3 = bytes.length === 1 ? (bytes[0] as Tensor) : cat(bytes);
    return normalize(bytes_BhW3.permute([0, 3, 1, 2]).to("float32").div_(255), imageNetNormalization);
  });

/** A picture upright, whole, and not larger than its statistics need. */
export function statisticsView(image: RgbImage, resizer: BicubicResizer): RgbImage {
  const { width, height } = image;
  const scale = Math.min(1, Math.sqrt(LARGEST_FOR_STATISTICS / (width * height)));
  const size = {
    width: Math.max(1, Math.trunc(width * scale)),
    height: Math.max(1, Math.trunc(height * scale)),
  };
  return show(image, { size, scale, mirrored: false }, resizer);
}
