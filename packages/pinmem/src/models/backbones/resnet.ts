// ResNet-18 to -152 with the original 7x7 stem, also the 101 (RobustNet's has three 3x3 convolutions there).
// Source: He et al., "Deep Residual Learning for Image Recognition", CVPR 2016; weights fit torchvision's.

import type { Backbone, BackboneOptions } from "./backbone.js";
import { residualNetwork } from "./residual-network.js";

export const resnet18 = (options: BackboneOptions): Backbone =>
  residualNetwork("resnet18", { block: "basic", depths: [2, 2, 2, 2] }, options);

export const resnet34 = (options: BackboneOptions): Backbone =>
  residualNetwork("resnet34", { block: "basic", depths: [3, 4, 6, 3] }, options);

export const resnet50 = (options: BackboneOptions): Backbone =>
  residualNetwork("resnet50", { block: "bottleneck", depths: [3, 4, 6, 3] }, options);

export const resnet101 = (options: BackboneOptions): Backbone =>
  residualNetwork("resnet101", { block: "bottleneck", depths: [3, 4, 23, 3] }, options);

export const resnet152 = (options: BackboneOptions): Backbone =>
  residualNetwork("resnet152", { block: "bottleneck", depths: [3, 8, 36, 3] }, options);
