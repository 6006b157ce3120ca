// What all residual networks share: the stem of one 7x7 convolution, four stages of blocks, torchvision's initialization.
// ResNet, ResNeXt and Wide ResNet differ in numbers alone.

import { nn } from "@pinmem/torch";
import { createNormalization } from "../normalization/create.js";
import type { NormalizationKind } from "../normalization/placement.js";
import { Backbone, type BackboneOptions } from "./backbone.js";
import { planStrides, type StageStride } from "./dilation.js";
import type { BackboneName } from "./names.js";
import { BasicBlock, Bottleneck, type ResidualBlockOptions } from "./residual-blocks.js";
import { Stage } from "./stage.js";

export interface ResidualDesign {
  block: "basic" | "bottleneck";
  /** Blocks of layer1 to layer4. */
  depths: readonly [number, number, number, number];
  groups?: number;
  widthPerGroup?: number;
}

const STEM_CHANNELS = 64;

export function residualNetwork(
  name: BackboneName,
  design: ResidualDesign,
  options: BackboneOptions,
): Backbone {
  const { outputStride, normalization = {}, strideInFirstConvolution = false } = options;
  const { groups = 1, widthPerGroup = 64, depths } = design;
  const Block = design.block === "basic" ? BasicBlock : Bottleneck;
  const strides = planStrides(4, [1, 2, 2, 2], outputStride);
  const channelsOf = (layer: number) =>
    layer === 0 ? STEM_CHANNELS : 64 * 2 ** (layer - 1) * Block.expansion;
  const strideOf = (layer: number) => strides[layer - 1] as StageStride;

  const stage = (layer: 1 | 2 | 3 | 4): Stage => {
    const depth = depths[layer - 1] as number;
    const { stride, dilation, dilationBefore } = strideOf(layer);
    const planes = 64 * 2 ** (layer - 1);
    const block = (index: number) =>
      new Block({
        inChannels: channelsOf(index === 0 ? layer - 1 : layer),
        planes,
        groups,
        widthPerGroup,
        stride: index === 0 ? stride : 1,
        dilation,
        firstDilation: index === 0 ? dilationBefore : dilation,
        normalization: index === depth - 1 ? normalization[`layer${layer}`] : undefined,
        strideInFirstConvolution: strideInFirstConvolution && layer === 2 && index === 0,
      } satisfies ResidualBlockOptions);
    return new Stage(...Array.from({ length: depth }, (_, index) => block(index)));
  };

  const backbone = new Backbone({
    name,
    stages: {
      layer0: stem(normalization.layer0),
      layer1: stage(1),
      layer2: stage(2),
      layer3: stage(3),
      layer4: stage(4),
    },
    channels: {
      layer0: channelsOf(0),
      layer1: channelsOf(1),
      layer2: channelsOf(2),
      layer3: channelsOf(3),
      layer4: channelsOf(4),
    },
    strides: {
      layer0: 4,
      layer1: strideOf(1).total,
      layer2: strideOf(2).total,
      layer3: strideOf(3).total,
      layer4: strideOf(4).total,
    },
    torchvisionName,
  });
  for (const module of backbone.modules()) {
    if (module instanceof nn.Conv2d)
      nn.init.kaimingNormal_(module.weight, { mode: "fanOut", nonlinearity: "relu" });
  }
  return backbone;
}

const stem = (kind: NormalizationKind | undefined): Stage =>
  new Stage(
    new nn.Conv2d(3, STEM_CHANNELS, 7, { stride: 2, padding: 3, bias: false }),
    kind ? createNormalization(kind, STEM_CHANNELS) : new nn.BatchNorm2d(STEM_CHANNELS),
    new nn.ReLU({ inplace: kind === undefined }),
    new nn.MaxPool2d(3, { stride: 2, padding: 1 }),
  );

function torchvisionName(name: string): string | null {
  if (name.startsWith("fc.")) return null;
  return name.replace(/^conv1\./, "layer0.0.").replace(/^bn1\./, "layer0.1.");
}
