// A dilated 3x3 convolution that leaves out the taps which meet nothing but the zeros around: where the dilation is as large as
// the map, the rows or columns of the kernel beside the middle. Small crops have such maps (12 x 12 of 192 pixels at a
// sixteenth of the resolution, with dilations 12 and 18), and oneDNN's backward pass works on all nine taps, 6 times as long.
// Source: Chen et al., "Rethinking Atrous Convolution for Semantic Image Segmentation", 2017, section 3.3: there the kernel
// degenerates to 1x1.

import { nn, scope, type Tensor } from "@pinmem/torch";

/** 3x3, as many zeros around as the dilation. */
export class AtrousConv2d extends nn.Conv2d {
  constructor(from: number, to: number, dilation: number, { bias = false }: { bias?: boolean } = {}) {
    super(from, to, 3, { padding: dilation, dilation, bias });
  }

  /** From (B, from, h, w) to (B, to, h, w). */
  override forward(map_BChw: Tensor): Tensor {
    const { weight, bias, dilation } = this;
    const isMiddleAlone = ([2, 3] as const).map((dim, at) => (dilation[at] as number) >= map_BChw.size(dim));
    if (!isMiddleAlone.some(Boolean)) return super.forward(map_BChw);
    return scope(() => {
      const kernel = isMiddleAlone.reduce(
        (taps, isAlone, at) => (isAlone ? taps.narrow(2 + at, 1, 1) : taps),
        weight as Tensor,
      );
      const padding = isMiddleAlone.map((isAlone, at) => (isAlone ? 0 : (dilation[at] as number)));
      return map_BChw.conv2d(kernel, { bias, padding, dilation });
    });
  }
}
