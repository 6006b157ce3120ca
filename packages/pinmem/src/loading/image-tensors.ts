// A labeled picture as a network is fed, and its labels beside it.

import { type Device, fromTypedArray, type Tensor } from "@pinmem/torch";
import { imageTensor, normalize } from "./batch-tensors.js";
import type { EvaluationImage } from "./evaluation-loader.js";

export interface ImageTensors {
  /** 1 x 3 x H x W, normalized. */
  readonly image: Tensor;
  /** 1 x H x W, int64, 255 ignored. */
  readonly label: Tensor;
}

export const imageTensors = (
  { image, label, width, height }: Pick<EvaluationImage, "image" | "label" | "width" | "height">,
  device: Device = "cpu",
): ImageTensors => ({
  image: normalize(imageTensor(image, [1, height, width], { device })),
  label: fromTypedArray(label, [1, height, width], { device }).to("int64"),
});
