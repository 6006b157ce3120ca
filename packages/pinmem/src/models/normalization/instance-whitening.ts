// Instance whitening's layer (IW, IRW and ISW alike): it standardizes each channel of each image, and hands its output
// to the whitening loss, which is what whitens. Not here: that loss (whitening-loss.ts).
// Source: Choi et al., "RobustNet", CVPR 2021, section 4.

import { nn, type Tensor } from "@pinmem/torch";

/** The output of a layer, and the whitening layer's output in it, which the whitening loss wants. */
export interface Whitened {
  readonly output: Tensor;
  /** Standardized feature (B, C, H, W). */
  readonly whitened: Tensor;
}

/** Standardizes (B, C, H, W); both results are the same tensor. */
export class InstanceWhitening extends nn.Module<[Tensor], Whitened> {
  readonly instanceStandardization: nn.InstanceNorm2d;
  readonly channels: number;
  /** Whether only covariances that react to colors are to be whitened (ISW), or all (IW, IRW). */
  readonly selective: boolean;

  constructor(channels: number, { selective = false }: { selective?: boolean } = {}) {
    super();
    this.channels = channels;
    this.selective = selective;
    this.instanceStandardization = new nn.InstanceNorm2d(channels);
  }

  forward(input: Tensor): Whitened {
    const whitened = this.instanceStandardization.call(input);
    return { output: whitened, whitened };
  }
}

/** The whitening layers of a network, in the order of their outputs. */
export const whiteningLayers = (network: nn.AnyModule): InstanceWhitening[] =>
  network.modules().filter((module) => module instanceof InstanceWhitening);
