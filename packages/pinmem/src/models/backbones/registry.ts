// All backbones by name: those of this package by torchvision's names, and those of one's own. A new one of ours is a file
// beside this one, and a line here and in names.ts.

import { Registry } from "../registry.js";
import type { Backbone, BackboneOptions } from "./backbone.js";
import { mobilenet_v2 } from "./mobilenet-v2.js";
import type { BackboneName } from "./names.js";
import { resnet18, resnet34, resnet50, resnet101, resnet152 } from "./resnet.js";
import { resnext50_32x4d, resnext101_32x8d } from "./resnext.js";
import { shufflenet_v2_x1_0 } from "./shufflenet-v2.js";
import { type FoundationName, foundationNames } from "./vit/config.js";
import { createFoundation } from "./vit/create.js";
import { wide_resnet50_2, wide_resnet101_2 } from "./wide-resnet.js";

/** Makes a backbone with random weights. */
export type BackboneFactory = (options: BackboneOptions) => Backbone;

const foundation = Object.fromEntries(
  foundationNames.map((name) => [name, (options: BackboneOptions) => createFoundation(name, options)]),
) as Readonly<Record<FoundationName, BackboneFactory>>;

export const backbones = new Registry<BackboneFactory>("backbone", "registerBackbone", {
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
  ...foundation,
} satisfies Record<BackboneName, BackboneFactory>);

/**
 * Adds a backbone of one's own: from now on recipes name it in `model.backbone`, and it is trained, inspected, resumed and
 * opened like the others. Call it in every program that opens such a run, before it does.
 *
 * @param name what recipes call it
 * @param create makes it at the output stride that is asked for, with random weights
 * @throws RangeError where the name is taken
 */
export function registerBackbone(name: string, create: BackboneFactory): void {
  backbones.add(name, create);
}

/**
 * A backbone with random weights; those of this package have torchvision's initialization.
 * @throws RangeError where there is none of that name, or where one of your own has another output stride than was asked for
 */
export function createBackbone(
  name: BackboneName | FoundationName | (string & {}),
  options: BackboneOptions,
): Backbone {
  const backbone = backbones.get(name)(options);
  const { layer4 } = backbone.strides;
  if (layer4 === options.outputStride) return backbone;
  throw new RangeError(
    `the backbone "${name}" was asked for an output stride of ${options.outputStride}, but its layer4 has ${layer4}; ` +
      "let its stages keep the resolution (planStrides), or set outputStride to what it has",
  );
}
