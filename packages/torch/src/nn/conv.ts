// Linear maps: 2-D convolution and the fully connected layer, initialized as PyTorch initializes them.

import { TorchError } from "../errors.js";
import { empty } from "../generated/operators.js";
import { scope } from "../ownership.js";
import type { Tensor } from "../tensor.js";
import { fans, kaimingUniform_, uniform_ } from "./init.js";
import { Module } from "./module.js";
import { Parameter } from "./parameter.js";

export type Pair = number | readonly [number, number];

export interface Conv2dOptions {
  stride?: Pair;
  padding?: Pair;
  dilation?: Pair;
  /** Channels are split into so many groups that do not mix. */
  groups?: number;
  bias?: boolean;
}

const pair = (value: Pair): [number, number] =>
  typeof value === "number" ? [value, value] : [value[0], value[1]];

const parameter = (shape: readonly number[]): Parameter => scope(() => new Parameter(empty(shape)));

function initialize(weight: Parameter, bias: Parameter | null): void {
  kaimingUniform_(weight, { slope: Math.sqrt(5) });
  if (bias) {
    const bound = 1 / Math.sqrt(fans(weight).fanIn);
    uniform_(bias, -bound, bound);
  }
}

function positive(layer: string, fields: Record<string, number | readonly number[]>, least = 1): void {
  for (const [argument, value] of Object.entries(fields)) {
    if ([value].flat().every((n) => Number.isInteger(n) && n >= least)) continue;
    throw new TorchError(`argument '${argument}' must be an integer of at least ${least}, got ${value}`, {
      operator: layer,
      argument,
    });
  }
}

/** 2-D convolution of (B, inChannels, H, W); weight (outChannels, inChannels / groups, kH, kW). */
export class Conv2d extends Module {
  readonly weight: Parameter;
  readonly bias: Parameter | null;
  readonly stride: [number, number];
  readonly padding: [number, number];
  readonly dilation: [number, number];
  readonly groups: number;

  constructor(
    inChannels: number,
    outChannels: number,
    kernelSize: Pair,
    { stride = 1, padding = 0, dilation = 1, groups = 1, bias = true }: Conv2dOptions = {},
  ) {
    super();
    const kernel = pair(kernelSize);
    this.stride = pair(stride);
    this.padding = pair(padding);
    this.dilation = pair(dilation);
    this.groups = groups;
    positive("Conv2d", {
      inChannels,
      outChannels,
      kernelSize: kernel,
      stride: this.stride,
      dilation: this.dilation,
      groups,
    });
    positive("Conv2d", { padding: this.padding }, 0);
    if (inChannels % groups !== 0 || outChannels % groups !== 0) {
      throw new TorchError(
        `argument 'groups' (${groups}) must divide inChannels (${inChannels}) and outChannels (${outChannels})`,
        {
          operator: "Conv2d",
          argument: "groups",
        },
      );
    }
    this.weight = parameter([outChannels, inChannels / groups, ...kernel]);
    this.bias = bias ? parameter([outChannels]) : null;
    initialize(this.weight, this.bias);
  }

  get outChannels(): number {
    return this.weight.size(0);
  }

  get inChannels(): number {
    return this.weight.size(1) * this.groups;
  }

  forward(input: Tensor): Tensor {
    const { weight, bias, stride, padding, dilation, groups } = this;
    return input.conv2d(weight, { bias, stride, padding, dilation, groups });
  }
}

/** Fully connected layer on the last dimension; weight (outFeatures, inFeatures). */
export class Linear extends Module {
  readonly weight: Parameter;
  readonly bias: Parameter | null;

  constructor(inFeatures: number, outFeatures: number, { bias = true }: { bias?: boolean } = {}) {
    super();
    positive("Linear", { inFeatures, outFeatures });
    this.weight = parameter([outFeatures, inFeatures]);
    this.bias = bias ? parameter([outFeatures]) : null;
    initialize(this.weight, this.bias);
  }

  forward(input: Tensor): Tensor {
    return input.linear(this.weight, { bias: this.bias });
  }
}
