// Transposed convolution: the gradient of a convolution as a layer of its own, for growing images.

import { TorchError } from "../errors.js";
import { readOptions } from "../options.js";
import type { Tensor } from "../tensor.js";
import { checkGroups, checkIntegers, initialize, type Pair, pair, parameter } from "./construction.js";
import { Module } from "./module.js";
import type { Parameter } from "./parameter.js";

export interface ConvTranspose2dOptions {
  stride?: Pair;
  padding?: Pair;
  /** Added to one side of the output's size, which a stride leaves open; below stride or dilation. */
  outputPadding?: Pair;
  groups?: number;
  bias?: boolean;
  dilation?: Pair;
}

const defaults: Required<ConvTranspose2dOptions> = {
  stride: 1,
  padding: 0,
  outputPadding: 0,
  groups: 1,
  bias: true,
  dilation: 1,
};

/** Transposed 2-D convolution of (B, inChannels, H, W); weight (inChannels, outChannels / groups, kH, kW). */
export class ConvTranspose2d extends Module {
  readonly weight: Parameter;
  readonly bias: Parameter | null;
  readonly stride: [number, number];
  readonly padding: [number, number];
  readonly outputPadding: [number, number];
  readonly dilation: [number, number];
  readonly groups: number;

  constructor(inChannels: number, outChannels: number, kernelSize: Pair, options?: ConvTranspose2dOptions);
  constructor(inChannels: number, outChannels: number, kernelSize: Pair, ...rest: unknown[]) {
    super();
    const { stride, padding, outputPadding, groups, bias, dilation } = readOptions(
      "ConvTranspose2d",
      rest,
      defaults,
    );
    const kernel = pair(kernelSize);
    this.stride = pair(stride);
    this.padding = pair(padding);
    this.outputPadding = pair(outputPadding);
    this.dilation = pair(dilation);
    this.groups = groups;
    checkIntegers("ConvTranspose2d", {
      inChannels,
      outChannels,
      kernelSize: kernel,
      stride: this.stride,
      dilation: this.dilation,
      groups,
    });
    checkIntegers("ConvTranspose2d", { padding: this.padding, outputPadding: this.outputPadding }, 0);
    checkGroups("ConvTranspose2d", inChannels, outChannels, groups);
    for (const [index, extra] of this.outputPadding.entries()) {
      const limit = Math.max(this.stride[index] as number, this.dilation[index] as number);
      if (extra < limit) continue;
      throw new TorchError(
        `argument 'outputPadding' must be below stride or dilation (${limit}), got ${extra}`,
        { operator: "ConvTranspose2d", argument: "outputPadding" },
      );
    }
    this.weight = parameter([inChannels, outChannels / groups, ...kernel]);
    this.bias = bias ? parameter([outChannels]) : null;
    initialize(this.weight, this.bias);
  }

  forward(input: Tensor): Tensor {
    const { weight, bias, stride, padding, outputPadding, dilation, groups } = this;
    return input.convTranspose2d(weight, { bias, stride, padding, outputPadding, dilation, groups });
  }
}
