// Gaussian blur of a batch of images (B,C,H,W), an own width for each image. The kernel reaches to four standard
// deviations and borders repeat their pixels, as in scipy.ndimage.gaussian_filter (mode "nearest", truncate 4), which
// the official code uses through skimage.

import { fromTypedArray, type Tensor } from "@pinmem/torch";

const TRUNCATE = 4;

const radiusOf = (sigma: number) => Math.floor(TRUNCATE * sigma + 0.5);

/** @param sigmas standard deviations in pixels, one for each image */
export function gaussianBlur(image_BCHW: Tensor, sigmas: readonly number[]): Tensor {
  const [images, channels, height, width] = image_BCHW.shape as [number, number, number, number];
  if (sigmas.length !== images || sigmas.some((sigma) => !(sigma > 0))) {
    throw new RangeError(`gaussianBlur: ${images} images need as many positive sigmas, got [${sigmas}]`);
  }
  const radius = Math.max(...sigmas.map(radiusOf));
  if (radius === 0) return image_BCHW;
  const taps = 2 * radius + 1;
  const kernels = Float64Array.from(sigmas.flatMap((sigma) => repeat(kernelOf(sigma, radius), channels)));
  const weight = fromTypedArray(kernels, [images * channels, 1, 1, taps], { device: image_BCHW.device }).to(
    image_BCHW.dtype,
  );
  // Each channel of each image is a group of its own.
  const flat = image_BCHW.reshape([1, images * channels, height, width]);
  const groups = images * channels;
  const replicate = { mode: "replicate" } as const;
  const across = flat.pad([radius, radius, 0, 0], replicate).conv2d(weight, { groups });
  const down = across.pad([0, 0, radius, radius], replicate).conv2d(weight.transpose(2, 3), { groups });
  return down.reshape([images, channels, height, width]);
}

/** Weights from -radius to radius, zero beyond the reach of this sigma. */
function kernelOf(sigma: number, radius: number): number[] {
  const reach = radiusOf(sigma);
  const weights = Array.from({ length: 2 * radius + 1 }, (_, at) => {
    const distance = at - radius;
    return Math.abs(distance) > reach ? 0 : Math.exp((-0.5 * distance * distance) / (sigma * sigma));
  });
  const sum = weights.reduce((a, b) => a + b);
  return weights.map((weight) => weight / sum);
}

const repeat = (values: readonly number[], times: number): number[] =>
  Array.from({ length: times }, () => values).flat();
