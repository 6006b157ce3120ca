// What the heads are made of: convolution, batch norm and ReLU in a row, and the initialization of everything outside the
// backbone.

import { cat, nn, scope, type Tensor } from "@pinmem/torch";

export interface ConvolutionOptions {
  kernel?: 1 | 3;
  dilation?: number;
  bias?: boolean;
}

/** Convolution that keeps the resolution, batch norm, ReLU; numbered 0, 1, 2. */
export function convolution(
  from: number,
  to: number,
  { kernel = 1, dilation = 1, bias = false }: ConvolutionOptions = {},
): [nn.Conv2d, nn.BatchNorm2d, nn.ReLU] {
  const padding = kernel === 1 ? 0 : dilation;
  return [
    new nn.Conv2d(from, to, kernel, { padding, dilation, bias }),
    new nn.BatchNorm2d(to),
    new nn.ReLU({ inplace: true }),
  ];
}

/** Channels of the fine feature that DeepLabV3+ joins. */
export const FINE_WIDTH = 48;

/** A fine feature (B, C, h, w), and behind it another that is brought to its resolution. */
export function joinFine(fine_BChw: Tensor, feature: Tensor): Tensor {
  return scope(() => {
    const size = [fine_BChw.size(2), fine_BChw.size(3)] as const;
    return cat([fine_BChw, nn.F.interpolate(feature, { size, mode: "bilinear", alignCorners: true })], {
      dim: 1,
    });
  });
}

/** He-normal weights by fan in and no bias, as the official code starts its heads. */
export function initializeHead(...parts: readonly nn.Module[]): void {
  for (const module of parts.flatMap((part) => part.modules())) {
    if (!(module instanceof nn.Conv2d)) continue;
    nn.init.kaimingNormal_(module.weight, { mode: "fanIn", nonlinearity: "relu" });
    if (module.bias) nn.init.zeros_(module.bias);
  }
}
