// A last convolution that also sees what is around each pixel: the mean over 9 x 9 cells of the map. What a class looks like
// depends on what is near, and a few labeled pictures are enough to fit that too (`adaptation/classifier-fit.ts`).
// Source: a 1x1 convolution over a map and its local mean side by side, as in Liu et al., "ParseNet", 2015, whose mean is global.
//
// The mean is linear, so it is taken of the few channels that come out.

import { nn, scope, type Tensor, zeros } from "@pinmem/torch";
import { setField } from "../replace-module.js";

/** Cells on a side. */
export const CONTEXT = 9;

/** Mean around each cell of (B, C, h, w), of those that are there; rows first, then columns. */
export function contextOf(map_BChw: Tensor): Tensor {
  const half = (CONTEXT - 1) / 2;
  const options = { stride: 1, countIncludePad: false } as const;
  return scope(() =>
    map_BChw
      .avgPool2d([CONTEXT, 1], { ...options, padding: [half, 0] })
      .avgPool2d([1, CONTEXT], { ...options, padding: [0, half] }),
  );
}

/** 1x1, with a bias; `context` (to, from, 1, 1) is for the mean and starts at zero, at which it changes nothing. */
export class ContextConv2d extends nn.Conv2d {
  readonly context: nn.Parameter;

  constructor(from: number, to: number) {
    super(from, to, 1);
    this.context = new nn.Parameter(zeros([to, from, 1, 1]));
  }

  /** Takes the weights of a 1x1 convolution, which gives way to it. */
  static inPlaceOf({ weight, bias, inChannels, outChannels }: nn.Conv2d): ContextConv2d {
    const made = nn.init.skipInit(() => new ContextConv2d(inChannels, outChannels));
    made.weight.dispose();
    made.bias?.dispose();
    setField(made, "weight", weight);
    setField(made, "bias", bias);
    made.context.requiresGrad_(weight.requiresGrad);
    return made.to({ device: weight.device });
  }

  /** From (B, from, h, w) to (B, to, h, w). */
  override forward(map_BChw: Tensor): Tensor {
    return scope(() => super.forward(map_BChw).add(contextOf(map_BChw.conv2d(this.context))));
  }
}
