// ResNeXt: bottlenecks whose 3x3 convolution is split into 32 groups.
// Source: Xie et al., "Aggregated Residual Transformations for Deep Neural Networks", CVPR 2017; weights fit torchvision's.

import type { Backbone, BackboneOptions } from "./backbone.js";
import { residualNetwork } from "./residual-network.js";

export const resnext50_32x4d = (options: BackboneOptions): Backbone =>
  residualNetwork(
    "resnext50_32x4d",
    { block: "bottleneck", depths: [3, 4, 6, 3], groups: 32, widthPerGroup: 4 },
    options,
  );

export const resnext101_32x8d = (options: BackboneOptions): Backbone =>
  residualNetwork(
    "resnext101_32x8d",
    { block: "bottleneck", depths: [3, 4, 23, 3], groups: 32, widthPerGroup: 8 },
    options,
  );
