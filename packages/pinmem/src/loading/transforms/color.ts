// Changes of color on batches of images (B,3,H,W) with values from 0 to 1, a factor of its own for each image. As in
// torchvision's functional transforms on tensors (functional_tensor.py), whose figures the tests hold.
//
// B images, H W resolution.

import { fromTypedArray, stack, type Tensor, where } from "@pinmem/torch";

/** Weights of red, green and blue in gray (ITU-R BT.601, as torchvision rounds them). */
const GRAY = [0.2989, 0.587, 0.114] as const;

/** Times the factor: 0 is black, 1 the image itself. */
export function adjustBrightness(image_B3HW: Tensor, factor_B: Tensor): Tensor {
  return unit(image_B3HW.mul(perImage(factor_B)));
}

/** Between its mean gray (0) and the image itself (1), and beyond. */
export function adjustContrast(image_B3HW: Tensor, factor_B: Tensor): Tensor {
  const mean_B111 = gray(image_B3HW).mean([1, 2, 3], { keepdim: true });
  return blend(image_B3HW, mean_B111, factor_B);
}

/** Between its grays (0) and the image itself (1), and beyond. */
export function adjustSaturation(image_B3HW: Tensor, factor_B: Tensor): Tensor {
  return blend(image_B3HW, gray(image_B3HW), factor_B);
}

/** Turns the hue by a share of the circle, from -0.5 to 0.5. */
export function adjustHue(image_B3HW: Tensor, turn_B: Tensor): Tensor {
  const [red, green, blue] = image_B3HW.unbind({ dim: 1 }) as [Tensor, Tensor, Tensor];
  const value_BHW = image_B3HW.amax({ dim: 1 });
  const range_BHW = value_BHW.sub(image_B3HW.amin({ dim: 1 }));
  const flat_BHW = range_BHW.eq(0);
  const saturation_BHW = range_BHW.div(value_BHW.maskedFill(flat_BHW, 1));
  const divisor_BHW = range_BHW.maskedFill(flat_BHW, 1);

  // Sixths of the circle, counted from the channel that is largest; red before green before blue where they tie.
  const sector = (next: Tensor, last: Tensor, offset: number) => next.sub(last).div(divisor_BHW).add(offset);
  const ofGreen = where(green.eq(value_BHW), sector(blue, red, 2), sector(red, green, 4));
  const sixths_BHW = where(red.eq(value_BHW), sector(green, blue, 0), ofGreen);
  const turned_BHW = sixths_BHW.add(turn_B.mul(6).view([-1, 1, 1]));

  // A channel falls from its own sixth to the opposite one: v - v s max(0, min(k, 4 - k, 1)), k = (n + h) mod 6.
  const channel = (n: number) => {
    const k = turned_BHW.add(n).remainder(6);
    const fall = k.minimum(k.neg().add(4)).clamp({ min: 0, max: 1 });
    return value_BHW.sub(value_BHW.mul(saturation_BHW).mul(fall));
  };
  return unit(stack([channel(5), channel(3), channel(1)], { dim: 1 }));
}

const gray = (image_B3HW: Tensor): Tensor => {
  const weights = fromTypedArray(Float32Array.from(GRAY), [1, 3, 1, 1], { device: image_B3HW.device });
  return image_B3HW.mul(weights.to(image_B3HW.dtype)).sum([1], { keepdim: true });
};

const blend = (image: Tensor, other: Tensor, factor_B: Tensor): Tensor => {
  const factor = perImage(factor_B);
  return unit(image.mul(factor).add(other.mul(factor.neg().add(1))));
};

const perImage = (factor_B: Tensor): Tensor => factor_B.view([-1, 1, 1, 1]);

const unit = (image: Tensor): Tensor => image.clamp({ min: 0, max: 1 });
