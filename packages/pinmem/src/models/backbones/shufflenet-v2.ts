// ShuffleNetV2 (x1.0): half of the channels pass by, half go through a branch, then both are shuffled. layer1 ends at a
// stride of 8 already.
//
// As in the official code, a kept resolution dilates only the convolutions that would have halved it, and an instance
// normalization in layer0 or layer4 stands in for the batch norm there. That batch norm stays in the state dict, frozen,
// because released checkpoints hold it.
// Source: Ma et al., "ShuffleNet V2", ECCV 2018; weights fit torchvision's.

import { cat, nn, type Tensor } from "@pinmem/torch";
import { chain } from "../chain.js";
import {
  applyTo,
  type BlockOutput,
  type Normalization,
  optionalNormalization,
} from "../normalization/create.js";
import type { NormalizationKind } from "../normalization/placement.js";
import { Backbone, type BackboneOptions } from "./backbone.js";
import { planStrides } from "./dilation.js";
import { asStageOutput, Stage, type StageOutput } from "./stage.js";

interface Downsampling {
  stride: 1 | 2;
  dilation: number;
}

const pointwise = (from: number, to: number): nn.Module[] => [
  new nn.Conv2d(from, to, 1, { bias: false }),
  new nn.BatchNorm2d(to),
  new nn.ReLU({ inplace: true }),
];

const depthwise = (channels: number, { stride, dilation }: Downsampling): nn.Module[] => [
  new nn.Conv2d(channels, channels, 3, {
    stride,
    padding: dilation,
    dilation,
    groups: channels,
    bias: false,
  }),
  new nn.BatchNorm2d(channels),
];

/** Interleaves the two halves of the channels of (B, C, H, W); keeps the layout. */
function shuffle(input: Tensor): Tensor {
  const [batch = 0, channels = 0, height = 0, width = 0] = input.shape;
  if (input.isContiguous("channelsLast")) {
    return input
      .permute([0, 2, 3, 1])
      .view([batch, height, width, 2, channels / 2])
      .transpose(3, 4)
      .reshape([batch, height, width, channels])
      .permute([0, 3, 1, 2]);
  }
  return input
    .view([batch, 2, channels / 2, height, width])
    .transpose(1, 2)
    .reshape([batch, channels, height, width]);
}

/** A branch beside what passes by, or beside another branch, and both shuffled. */
export class ShuffleUnit extends nn.Module<[Tensor], BlockOutput> {
  /** Empty where half of the channels pass by. */
  readonly branch1: nn.Sequential;
  readonly branch2: nn.Sequential;
  readonly instanceNormLayer: Normalization | null;

  constructor(
    from: number,
    to: number,
    downsampling: Downsampling | null,
    normalization?: NormalizationKind,
  ) {
    super();
    const half = to / 2;
    this.branch1 = new nn.Sequential(
      ...(downsampling ? [...depthwise(from, downsampling), ...pointwise(from, half)] : []),
    );
    this.branch2 = new nn.Sequential(
      ...pointwise(downsampling ? from : half, half),
      ...depthwise(half, downsampling ?? { stride: 1, dilation: 1 }),
      ...pointwise(half, half),
    );
    this.instanceNormLayer = optionalNormalization(normalization, to);
  }

  forward(input: Tensor): BlockOutput {
    const output = shuffle(cat(this.#halves(input), { dim: 1 }));
    return this.instanceNormLayer ? this.instanceNormLayer.call(output) : output;
  }

  #halves(input: Tensor): Tensor[] {
    if (this.branch1.length > 0) return [this.branch1.call(input), this.branch2.call(input)];
    const [passing, worked] = input.chunk(2, { dim: 1 }) as [Tensor, Tensor];
    return [passing, this.branch2.call(worked)];
  }
}

/** layer0 or layer4: a convolution whose batch norm an instance normalization may stand in for, then an optional pooling. */
export class EndLayer extends nn.Module<[Tensor], StageOutput> {
  readonly layer: nn.Sequential;
  readonly instanceNormLayer: Normalization | null;
  readonly #convolution: nn.Conv2d;
  readonly #batchNorm: nn.BatchNorm2d;
  readonly #pooling: nn.Module[];

  constructor(
    convolution: nn.Conv2d,
    { pooling, normalization }: { pooling?: nn.Module; normalization?: NormalizationKind | undefined } = {},
  ) {
    super();
    const channels = convolution.outChannels;
    this.#convolution = convolution;
    this.#batchNorm = new nn.BatchNorm2d(channels);
    this.#pooling = pooling ? [pooling] : [];
    const layers = [this.#convolution, this.#batchNorm, new nn.ReLU({ inplace: true })];
    this.layer = pooling
      ? new nn.Sequential(new nn.Sequential(...layers), pooling)
      : new nn.Sequential(...layers);
    this.instanceNormLayer = optionalNormalization(normalization, channels);
    if (this.instanceNormLayer) this.#batchNorm.requiresGrad_(false);
  }

  get convolution(): nn.Conv2d {
    return this.#convolution;
  }

  /** None, or one. */
  get pooling(): readonly nn.Module[] {
    return this.#pooling;
  }

  forward(input: Tensor): StageOutput {
    if (!this.instanceNormLayer) return asStageOutput(this.layer.call(input));
    const normalized = this.instanceNormLayer.call(this.#convolution.call(input));
    return asStageOutput(applyTo(normalized, (output) => chain(output.relu(), ...this.#pooling)));
  }
}

export function shufflenet_v2_x1_0({ outputStride, normalization = {} }: BackboneOptions): Backbone {
  const strides = planStrides(4, [2, 2, 2], outputStride);
  const [first, second, third] = strides;
  if (!first || !second || !third) throw new Error("internal: three stages have three strides");
  const stage = (
    from: number,
    to: number,
    count: number,
    downsampling: Downsampling,
    kind?: NormalizationKind,
  ) =>
    new Stage(
      new ShuffleUnit(from, to, downsampling),
      ...Array.from({ length: count - 2 }, () => new ShuffleUnit(to, to, null)),
      new ShuffleUnit(to, to, null, kind),
    );
  return new Backbone({
    name: "shufflenet_v2_x1_0",
    stages: {
      layer0: new EndLayer(new nn.Conv2d(3, 24, 3, { stride: 2, padding: 1, bias: false }), {
        pooling: new nn.MaxPool2d(3, { stride: 2, padding: 1 }),
        normalization: normalization.layer0,
      }),
      layer1: stage(24, 116, 4, first, normalization.layer1),
      layer2: stage(116, 232, 8, second, normalization.layer2),
      layer3: stage(232, 464, 4, third, normalization.layer3),
      layer4: new EndLayer(new nn.Conv2d(464, 1024, 1, { bias: false }), {
        normalization: normalization.layer4,
      }),
    },
    channels: { layer0: 24, layer1: 116, layer2: 232, layer3: 464, layer4: 1024 },
    strides: {
      layer0: 4,
      layer1: first.total,
      layer2: second.total,
      layer3: third.total,
      layer4: third.total,
    },
    torchvisionName,
  });
}

const stages = {
  conv1: "layer0.layer.0",
  stage2: "layer1",
  stage3: "layer2",
  stage4: "layer3",
  conv5: "layer4.layer",
};

function torchvisionName(name: string): string | null {
  const [, start = "", rest = ""] = /^(\w+)\.(.*)$/.exec(name) ?? [];
  if (start === "fc") return null;
  return start in stages ? `${stages[start as keyof typeof stages]}.${rest}` : name;
}
