// MobileNetV2: inverted residuals with depthwise convolutions. layer1 ends at a stride of 8 already, and layer4 is the last
// 1x1 convolution alone.
//
// As in the official code, a kept resolution dilates only the one convolution that would have halved it; the depthwise
// convolutions behind it stay as they are.
// Source: Sandler et al., "MobileNetV2", CVPR 2018; weights fit torchvision's.

import { nn, type Tensor } from "@pinmem/torch";
import { type BlockOutput, type Normalization, optionalNormalization } from "../normalization/create.js";
import type { NormalizationKind } from "../normalization/placement.js";
import { Backbone, type BackboneOptions } from "./backbone.js";
import { planStrides } from "./dilation.js";
import { Stage } from "./stage.js";

interface DepthwiseOptions {
  kernel?: 1 | 3;
  stride?: 1 | 2;
  dilation?: number;
  groups?: number;
}

function convolution(
  from: number,
  to: number,
  { kernel = 3, stride = 1, dilation = 1, groups = 1 }: DepthwiseOptions,
): nn.Sequential {
  const padding = kernel === 1 ? 0 : dilation;
  return new nn.Sequential(
    new nn.Conv2d(from, to, kernel, { stride, padding, dilation, groups, bias: false }),
    new nn.BatchNorm2d(to),
    new nn.ReLU6({ inplace: true }),
  );
}

interface InvertedResidualOptions {
  from: number;
  to: number;
  /** The inner width is so many times `from`. */
  expansion: number;
  /** Whether the block halves the resolution by design; then it has no shortcut, also where it keeps the resolution. */
  halves?: boolean;
  stride?: 1 | 2;
  dilation?: number;
  normalization?: NormalizationKind | undefined;
}

/** Widens, filters each channel by itself, narrows; with a shortcut where it keeps the resolution by design. */
export class InvertedResidual extends nn.Module<[Tensor], BlockOutput> {
  readonly instanceNormLayer: Normalization | null;
  readonly conv: nn.Sequential;
  readonly #hasShortcut: boolean;

  constructor(options: InvertedResidualOptions) {
    super();
    const { from, to, expansion, halves = false, stride = 1, dilation = 1, normalization } = options;
    const width = from * expansion;
    this.instanceNormLayer = optionalNormalization(normalization, to);
    this.conv = new nn.Sequential(
      ...(expansion === 1 ? [] : [convolution(from, width, { kernel: 1 })]),
      convolution(width, width, { stride, dilation, groups: width }),
      new nn.Conv2d(width, to, 1, { bias: false }),
      new nn.BatchNorm2d(to),
    );
    this.#hasShortcut = !halves && from === to;
  }

  /** Whether the input is added to the output. */
  get hasShortcut(): boolean {
    return this.#hasShortcut;
  }

  forward(input: Tensor): BlockOutput {
    const branch = this.conv.call(input);
    const sum = this.#hasShortcut ? branch.add_(input) : branch;
    return this.instanceNormLayer ? this.instanceNormLayer.call(sum) : sum;
  }
}

/** Blocks of one width, the first of which may halve the resolution. */
interface Run {
  to: number;
  count: number;
  halves?: boolean;
}

export function mobilenet_v2({ outputStride, normalization = {} }: BackboneOptions): Backbone {
  // layer0 and layer1 shrink the image eight times whatever the output stride; layer2 and layer3 shrink as they may.
  const [second, third] = planStrides(8, [2, 2], outputStride);

  let channels = 16;
  const runs = (
    runsOfStage: readonly Run[],
    kind: NormalizationKind | undefined,
    { stride, dilation } = { stride: 2 as 1 | 2, dilation: 1 },
  ) => {
    const options = runsOfStage.flatMap(({ to, count, halves = false }) =>
      Array.from({ length: count }, (_, index): InvertedResidualOptions => {
        const from = channels;
        channels = to;
        const first = halves && index === 0;
        return { from, to, expansion: 6, ...(first && { halves, stride, dilation }) };
      }),
    );
    const last = options.at(-1);
    if (last) last.normalization = kind;
    return new Stage(...options.map((one) => new InvertedResidual(one)));
  };

  const backbone = new Backbone({
    name: "mobilenet_v2",
    stages: {
      layer0: new Stage(
        convolution(3, 32, { stride: 2 }),
        new InvertedResidual({ from: 32, to: 16, expansion: 1, normalization: normalization.layer0 }),
      ),
      layer1: runs(
        [
          { to: 24, count: 2, halves: true },
          { to: 32, count: 3, halves: true },
        ],
        normalization.layer1,
      ),
      layer2: runs([{ to: 64, count: 4, halves: true }], normalization.layer2, second),
      layer3: runs(
        [
          { to: 96, count: 3 },
          { to: 160, count: 3, halves: true },
          { to: 320, count: 1 },
        ],
        normalization.layer3,
        third,
      ),
      layer4: new Stage(convolution(320, 1280, { kernel: 1 })),
    },
    channels: { layer0: 16, layer1: 32, layer2: 64, layer3: 320, layer4: 1280 },
    strides: { layer0: 2, layer1: 8, layer2: second.total, layer3: third.total, layer4: third.total },
    torchvisionName,
  });
  for (const module of backbone.modules()) {
    if (module instanceof nn.Conv2d) nn.init.kaimingNormal_(module.weight, { mode: "fanOut" });
  }
  return backbone;
}

/** The first of torchvision's `features` in each stage. */
const starts = [0, 2, 7, 11, 18] as const;

function torchvisionName(name: string): string | null {
  const [, index, rest] = /^features\.(\d+)\.(.*)$/.exec(name) ?? [];
  if (index === undefined) return name.startsWith("classifier.") ? null : name;
  const layer = starts.findLastIndex((start) => Number(index) >= start);
  return `layer${layer}.${Number(index) - (starts[layer] ?? 0)}.${rest}`;
}
