// Atrous spatial pyramids: the same feature seen by 3x3 kernels of several dilations.
//
// DeepLabV3's joins its branches, and with them the global mean; DeepLabV2's adds them up and has no global mean.
// Source: Chen et al., "Rethinking Atrous Convolution for Semantic Image Segmentation", 2017; "DeepLab", TPAMI 2018.

import { cat, nn, scope, type Tensor } from "@pinmem/torch";
import type { OutputStride } from "../backbones/backbone.js";
import { convolution } from "./parts.js";

const V2_DILATIONS = [6, 12, 18, 24] as const;

const V3_DILATIONS: Readonly<Record<OutputStride, readonly [number, number, number]>> = {
  8: [12, 24, 36],
  14: [6, 12, 18],
  16: [6, 12, 18],
  32: [3, 6, 9],
};

/** The feature in the layout of the dilated convolutions, which may differ from the backbone's (memory-format.ts). */
function laidOutFor(branches: nn.Module, feature: Tensor): Tensor {
  const dilated = branches
    .modules()
    .find((module) => module instanceof nn.Conv2d && module.weight.size(2) > 1);
  return dilated instanceof nn.Conv2d && dilated.weight.isContiguous() ? feature.contiguous() : feature;
}

/** Global mean, 1x1 convolution and three dilated ones, side by side: 5 times `width` channels, the global mean's first. */
export class PyramidV3 extends nn.Module {
  readonly features: nn.ModuleList<nn.Sequential>;
  readonly imgConv: nn.Sequential;

  readonly outChannels: number;

  constructor(from: number, width: number, outputStride: OutputStride) {
    super();
    const branches = V3_DILATIONS[outputStride].map((dilation) =>
      convolution(from, width, { kernel: 3, dilation }),
    );
    this.features = new nn.ModuleList(
      [convolution(from, width), ...branches].map((layers) => new nn.Sequential(...layers)),
    );
    this.imgConv = new nn.Sequential(...convolution(from, width));
    this.outChannels = 5 * width;
  }

  forward(input_BChw: Tensor): Tensor {
    const [, , height = 0, width = 0] = input_BChw.shape;
    const deep_BChw = laidOutFor(this.features, input_BChw);
    const pooled = scope(() => this.imgConv.call(deep_BChw.mean([2, 3], { keepdim: true })));
    // Bilinear interpolation of a single value is that value everywhere.
    const everywhere = pooled.expand([-1, -1, height, width]);
    return cat([everywhere, ...[...this.features].map((branch) => branch.call(deep_BChw))], { dim: 1 });
  }
}

/** The sum of four dilated convolutions to `width` channels, each with batch norm and ReLU. */
export class PyramidV2 extends nn.Module {
  readonly conv2dList: nn.ModuleList<nn.Sequential>;

  constructor(from: number, width: number) {
    super();
    this.conv2dList = new nn.ModuleList(
      V2_DILATIONS.map((dilation) => new nn.Sequential(...convolution(from, width, { kernel: 3, dilation }))),
    );
  }

  forward(input_BChw: Tensor): Tensor {
    const deep_BChw = laidOutFor(this.conv2dList, input_BChw);
    const [first, ...others] = this.conv2dList as Iterable<nn.Sequential> as nn.Sequential[];
    return scope(() =>
      others.reduce(
        (sum, branch) => sum.add(branch.call(deep_BChw)),
        (first as nn.Sequential).call(deep_BChw),
      ),
    );
  }
}
