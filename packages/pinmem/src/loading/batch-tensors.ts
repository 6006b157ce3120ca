// From the loader's bytes to what a network is fed: floats on the device, colors changed, normalized; labels as int64.

import { Random } from "@pinmem/core";
import { type Device, type DType, fromTypedArray, scope, type Tensor } from "@pinmem/torch";
import type { Batch } from "./loader.js";
import { drawPhotometric, type PhotometricOptions, photometric } from "./transforms/photometric.js";

/** Of ImageNet's images, by which its pre-trained networks expect theirs to be normalized. */
export const imageNetNormalization = { mean: [0.485, 0.456, 0.406], std: [0.229, 0.224, 0.225] } as const;

export interface Normalization {
  readonly mean: readonly [number, number, number];
  readonly std: readonly [number, number, number];
}

export interface BatchTensors {
  /** B x 3 x H x W, normalized. */
  readonly image: Tensor;
  /** B x H x W, int64, train ids, 255 ignored. */
  readonly label: Tensor;
}

export interface BatchTensorOptions {
  readonly seed: number;
  readonly device?: Device;
  readonly dtype?: DType;
  /** What to do to images of each data set, by its position in the loader; undefined: nothing. */
  readonly augmentation?: (dataset: number) => PhotometricOptions | undefined;
  readonly normalization?: Normalization;
}

/** Copies a batch to the device, changes its colors as drawn from (seed, epoch, position), and normalizes it. */
export function batchTensors(
  { epoch, index, image, label, size, choices }: Batch,
  {
    seed,
    device = "cpu",
    dtype = "float32",
    augmentation,
    normalization = imageNetNormalization,
  }: BatchTensorOptions,
): BatchTensors {
  return scope(() => {
    const count = choices.length;
    const draws = choices.map(({ dataset }, at) => {
      const options = augmentation?.(dataset);
      const random = new Random({ seed, epoch, index: index * count + at, stream: "photometric" });
      return options ? drawPhotometric(random, options) : { adjustments: [], sigma: undefined };
    });
    const image_B3HW = imageTensor(image, [count, size.height, size.width], { device, dtype });
    const label_BHW = fromTypedArray(label, [count, size.height, size.width], { device }).to("int64");
    return { image: normalize(photometric(image_B3HW, draws), normalization), label: label_BHW };
  });
}

/** Bytes of B x H x W x 3 as a tensor B x 3 x H x W with values from 0 to 1. */
export function imageTensor(
  pixels: Uint8Array,
  [images, height, width]: readonly [number, number, number],
  { device = "cpu", dtype = "float32" }: { readonly device?: Device; readonly dtype?: DType } = {},
): Tensor {
  return scope(() => {
    const bytes_BHW3 = fromTypedArray(pixels, [images, height, width, 3], { device });
    return bytes_BHW3.permute([0, 3, 1, 2]).contiguous().to(dtype).div(255);
  });
}

/** Values from 0 to 1 to those of mean 0 and deviation 1 over the images of the normalization. */
export function normalize(image_B3HW: Tensor, { mean, std }: Normalization = imageNetNormalization): Tensor {
  return scope(() => {
    const perChannel = (values: readonly number[]) =>
      fromTypedArray(Float32Array.from(values), [1, 3, 1, 1], { device: image_B3HW.device }).to(
        image_B3HW.dtype,
      );
    return image_B3HW.sub(perChannel(mean)).div(perChannel(std));
  });
}
