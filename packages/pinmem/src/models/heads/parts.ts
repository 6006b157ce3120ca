// What the heads are made of: convolution, batch norm and ReLU in a row, and the initialization of everything outside the
// backbone.

import { nn } from "@pinmem/torch";
import { AtrousConv2d } from "./atrous-convolution.js";
import { JoinedConv2d, JoinedLayers } from "./joined-convolution.js";

export interface ConvolutionOptions {
  kernel?: 1 | 3;
  /** More than 1: of a 3x3 kernel. */
  dilation?: number;
  bias?: boolean;
}

/** Convolution that keeps the resolution, batch norm, ReLU; numbered 0, 1, 2. */
export function convolution(
  from: number,
  to: number,
  { kernel = 1, dilation = 1, bias = false }: ConvolutionOptions = {},
): [nn.Conv2d, nn.BatchNorm2d, nn.ReLU] {
  const padding = kernel === 1 ? 0 : 1;
  return [
    dilation > 1
      ? new AtrousConv2d(from, to, dilation, { bias })
      : new nn.Conv2d(from, to, kernel, { padding, bias }),
    new nn.BatchNorm2d(to),
    new nn.ReLU({ inplace: true }),
  ];
}

/** Channels of the fine feature that DeepLabV3+ joins. */
export const FINE_WIDTH = 48;

/** The convolutions of DeepLabV3+'s decoder, from the fine feature and the one of `width` channels. */
export const joinedConvolutions = (width: number): JoinedLayers =>
  new JoinedLayers(
    new JoinedConv2d(FINE_WIDTH, width, width),
    new nn.BatchNorm2d(width),
    new nn.ReLU({ inplace: true }),
    ...convolution(width, width, { kernel: 3 }),
  );

/** He-normal weights by fan in and no bias, as the official code starts its heads. */
export function initializeHead(...parts: readonly nn.Module[]): void {
  for (const module of parts.flatMap((part) => part.modules())) {
    if (!(module instanceof nn.Conv2d)) continue;
    nn.init.kaimingNormal_(module.weight, { mode: "fanIn", nonlinearity: "relu" });
    if (module.bias) nn.init.zeros_(module.bias);
  }
}
