// All backbones by torchvision's names. A new one is a file beside this one, and a line here and in names.ts.

import type { Backbone, BackboneOptions } from "./backbone.js";
import { mobilenet_v2 } from "./mobilenet-v2.js";
import type { BackboneName } from "./names.js";
import { resnet18, resnet34, resnet50, resnet101, resnet152 } from "./resnet.js";
import { resnext50_32x4d, resnext101_32x8d } from "./resnext.js";
import { shufflenet_v2_x1_0 } from "./shufflenet-v2.js";
import { wide_resnet50_2, wide_resnet101_2 } from "./wide-resnet.js";

export const backbones = {
  resnet18,
  resnet34,
  resnet50,
  resnet101,
  resnet152,
  resnext50_32x4d,
  resnext101_32x8d,
  wide_resnet50_2,
  wide_resnet101_2,
  mobilenet_v2,
  shufflenet_v2_x1_0,
} satisfies Record<BackboneName, (options: BackboneOptions) => Backbone>;

/** A backbone with torchvision's initialization. */
export const createBackbone = (name: BackboneName, options: BackboneOptions): Backbone =>
  backbones[name](options);
