// Wide ResNet: bottlenecks with twice the inner width.
// Source: Zagoruyko and Komodakis, "Wide Residual Networks", BMVC 2016; weights fit torchvision's.

import type { Backbone, BackboneOptions } from "./backbone.js";
import { residualNetwork } from "./residual-network.js";

export const wide_resnet50_2 = (options: BackboneOptions): Backbone =>
  residualNetwork(
    "wide_resnet50_2",
    { block: "bottleneck", depths: [3, 4, 6, 3], widthPerGroup: 128 },
    options,
  );

export const wide_resnet101_2 = (options: BackboneOptions): Backbone =>
  residualNetwork(
    "wide_resnet101_2",
    { block: "bottleneck", depths: [3, 4, 23, 3], widthPerGroup: 128 },
    options,
  );
