// The write network U: what of a feature is worth remembering. A residual 1x1 convolution, ReLU(x + BN(Wx)), the only part
// of the network that learns through the memory it has written (Kim et al., CVPR 2022, section 3.2).

import { nn, type Tensor } from "@pinmem/torch";

export class WriteNetwork extends nn.Module {
  readonly writefeat: nn.Sequential;

  constructor(width: number) {
    super();
    this.writefeat = new nn.Sequential(
      new nn.Conv2d(width, width, 1, { bias: false }),
      new nn.BatchNorm2d(width),
    );
  }

  /** (B, C, h, w) to the same shape. */
  forward(feature: Tensor): Tensor {
    return this.writefeat.call(feature).add_(feature).relu_();
  }
}
