// The two blocks of residual networks, with torchvision's names. The last block of a stage may normalize each image's
// sum before its ReLU.
//
// Dilation follows the official code: every 3x3 convolution of a dilated bottleneck stage is dilated, also the first. For
// basic blocks, which the official code cannot dilate, it is the exact à trous form: what comes before the kept
// resolution keeps the dilation of the stage before, so that the weights see what they saw in training.
// Source: He et al., "Deep Residual Learning for Image Recognition", CVPR 2016; Xie et al. 2017; Zagoruyko et al. 2016.

import { nn, type Tensor } from "@pinmem/torch";
import { chain } from "../chain.js";
import {
  applyTo,
  type BlockOutput,
  type Normalization,
  optionalNormalization,
} from "../normalization/create.js";
import type { NormalizationKind } from "../normalization/placement.js";

export interface ResidualBlockOptions {
  inChannels: number;
  /** Nominal width: channels of the inner convolutions before `groups` and `widthPerGroup` widen them. */
  planes: number;
  groups: number;
  widthPerGroup: number;
  stride: 1 | 2;
  dilation: number;
  /** Dilation of the first 3x3 convolution where the exact à trous form needs another one. */
  firstDilation: number;
  normalization: NormalizationKind | undefined;
  /** Where a bottleneck halves the resolution. */
  strideInFirstConvolution: boolean;
}

/** ReLU of a sum, written over the first summand. */
export class SumReLU extends nn.Module<[Tensor, Tensor]> {
  forward(summand: Tensor, other: Tensor): Tensor {
    return summand.add_(other).relu_();
  }
}

const conv1x1 = (from: number, to: number, stride: number): nn.Conv2d =>
  new nn.Conv2d(from, to, 1, { stride, bias: false });

const conv3x3 = (
  from: number,
  to: number,
  options: { stride?: number; dilation: number; groups?: number },
): nn.Conv2d => new nn.Conv2d(from, to, 3, { padding: options.dilation, bias: false, ...options });

const shortcut = (from: number, to: number, stride: number): nn.Sequential | null =>
  stride === 1 && from === to ? null : new nn.Sequential(conv1x1(from, to, stride), new nn.BatchNorm2d(to));

/** The parts that both blocks have. */
export abstract class ResidualBlock extends nn.Module<[Tensor], BlockOutput> {
  abstract readonly downsample: nn.Sequential | null;
  abstract readonly instanceNormLayer: Normalization | null;
  readonly sum: nn.Module<[Tensor, Tensor]> = new SumReLU();

  /** What the block adds to its input, (B, C, h, w). */
  protected abstract branch(input: Tensor): Tensor;

  forward(input: Tensor): BlockOutput {
    const branch = this.branch(input);
    const identity = this.downsample ? this.downsample.call(input) : input;
    const { instanceNormLayer } = this;
    if (!instanceNormLayer) return this.sum.call(branch, identity);
    // Instance norm's output is a view, which in-place work would copy.
    return applyTo(instanceNormLayer.call(branch.add_(identity)), (output) => output.relu());
  }
}

export class BasicBlock extends ResidualBlock {
  static readonly expansion = 1;
  readonly conv1: nn.Conv2d;
  readonly bn1: nn.BatchNorm2d;
  readonly relu1 = new nn.ReLU({ inplace: true });
  readonly conv2: nn.Conv2d;
  readonly bn2: nn.BatchNorm2d;
  readonly downsample: nn.Sequential | null;
  readonly instanceNormLayer: Normalization | null;

  constructor({ inChannels, planes, stride, dilation, firstDilation, normalization }: ResidualBlockOptions) {
    super();
    this.conv1 = conv3x3(inChannels, planes, { stride, dilation: firstDilation });
    this.bn1 = new nn.BatchNorm2d(planes);
    this.conv2 = conv3x3(planes, planes, { dilation });
    this.bn2 = new nn.BatchNorm2d(planes);
    this.downsample = shortcut(inChannels, planes, stride);
    this.instanceNormLayer = optionalNormalization(normalization, planes);
  }

  protected branch(input: Tensor): Tensor {
    return chain(input, this.conv1, this.bn1, this.relu1, this.conv2, this.bn2);
  }
}

export class Bottleneck extends ResidualBlock {
  static readonly expansion = 4;
  readonly conv1: nn.Conv2d;
  readonly bn1: nn.BatchNorm2d;
  readonly relu1 = new nn.ReLU({ inplace: true });
  readonly conv2: nn.Conv2d;
  readonly bn2: nn.BatchNorm2d;
  readonly relu2 = new nn.ReLU({ inplace: true });
  readonly conv3: nn.Conv2d;
  readonly bn3: nn.BatchNorm2d;
  readonly downsample: nn.Sequential | null;
  readonly instanceNormLayer: Normalization | null;

  constructor(options: ResidualBlockOptions) {
    super();
    const { inChannels, planes, groups, widthPerGroup, stride, dilation, normalization } = options;
    const width = Math.floor((planes * widthPerGroup) / 64) * groups;
    const outChannels = planes * Bottleneck.expansion;
    const [first, second] = options.strideInFirstConvolution ? [stride, 1] : [1, stride];
    this.conv1 = conv1x1(inChannels, width, first);
    this.bn1 = new nn.BatchNorm2d(width);
    this.conv2 = conv3x3(width, width, { stride: second, dilation, groups });
    this.bn2 = new nn.BatchNorm2d(width);
    this.conv3 = conv1x1(width, outChannels, 1);
    this.bn3 = new nn.BatchNorm2d(outChannels);
    this.downsample = shortcut(inChannels, outChannels, stride);
    this.instanceNormLayer = optionalNormalization(normalization, outChannels);
  }

  protected branch(input: Tensor): Tensor {
    const { conv1, bn1, relu1, conv2, bn2, relu2, conv3, bn3 } = this;
    return chain(input, conv1, bn1, relu1, conv2, bn2, relu2, conv3, bn3);
  }
}
