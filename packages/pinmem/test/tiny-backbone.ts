// A backbone of a few narrow convolutions, so that whole runs are made, adapted and opened in moments: "tiny" in recipes.

import { nn } from "@pinmem/torch";
import { Backbone } from "../src/models/backbones/backbone.js";
import { planStrides } from "../src/models/backbones/dilation.js";
import { registerBackbone } from "../src/models/backbones/registry.js";
import { Stage } from "../src/models/backbones/stage.js";

const convolution = (from: number, to: number, { stride = 1, dilation = 1 } = {}) =>
  new nn.Sequential(
    new nn.Conv2d(from, to, 3, { stride, padding: dilation, dilation, bias: false }),
    new nn.BatchNorm2d(to),
    new nn.ReLU(),
  );

registerBackbone("tiny", ({ outputStride }) => {
  const [layer2, layer3, layer4] = planStrides(4, [2, 2, 2], outputStride);
  return new Backbone({
    name: "tiny",
    stages: {
      layer0: new Stage(convolution(3, 8, { stride: 2 }), convolution(8, 8, { stride: 2 })),
      layer1: new Stage(convolution(8, 8)),
      layer2: new Stage(convolution(8, 12, layer2)),
      layer3: new Stage(convolution(12, 12, layer3)),
      layer4: new Stage(convolution(12, 16, layer4)),
    },
    channels: { layer0: 8, layer1: 8, layer2: 12, layer3: 12, layer4: 16 },
    strides: { layer0: 4, layer1: 4, layer2: layer2.total, layer3: layer3.total, layer4: layer4.total },
  });
});
