// The backbone of tests that are about runs and not about networks: one convolution a stage, few channels. Its name is known
// to the process that loads this file; a process of its own (dist) takes mobilenet_v2.

import { nn } from "@pinmem/torch";
import { Backbone, type BackboneOptions } from "../src/models/backbones/backbone.js";
import { planStrides } from "../src/models/backbones/dilation.js";
import { backbones, registerBackbone } from "../src/models/backbones/registry.js";
import { Stage } from "../src/models/backbones/stage.js";
import { optionalNormalization } from "../src/models/normalization/create.js";
import type { NormalizationKind } from "../src/models/normalization/placement.js";

export const TINY = "tiny";

const channels = { layer0: 8, layer1: 8, layer2: 16, layer3: 16, layer4: 32 };

function stage(
  from: number,
  to: number,
  { stride, dilation }: { stride: number; dilation: number },
  kind?: NormalizationKind,
): Stage {
  const normalization = optionalNormalization(kind, to);
  return new Stage(
    new nn.Sequential(
      new nn.Conv2d(from, to, 3, { stride, padding: dilation, dilation, bias: false }),
      new nn.BatchNorm2d(to),
      new nn.ReLU(),
    ),
    ...(normalization ? [normalization] : []),
  );
}

function tiny({ outputStride, normalization = {} }: BackboneOptions): Backbone {
  const [layer2, layer3, layer4] = planStrides(4, [2, 2, 2], outputStride);
  const halved = { stride: 2, dilation: 1 };
  return new Backbone({
    name: TINY,
    stages: {
      layer0: stage(3, channels.layer0, halved, normalization.layer0),
      layer1: stage(channels.layer0, channels.layer1, halved, normalization.layer1),
      layer2: stage(channels.layer1, channels.layer2, layer2, normalization.layer2),
      layer3: stage(channels.layer2, channels.layer3, layer3, normalization.layer3),
      layer4: stage(channels.layer3, channels.layer4, layer4, normalization.layer4),
    },
    channels,
    strides: { layer0: 2, layer1: 4, layer2: layer2.total, layer3: layer3.total, layer4: layer4.total },
  });
}

if (!backbones.isAdded(TINY)) registerBackbone(TINY, tiny);
