// Convolutions in one and two dimensions, initialized as PyTorch initializes them.

import { TorchError } from "../errors.js";
import { readOptions } from "../options.js";
import type { Tensor } from "../tensor.js";
import { describeValue } from "../values.js";
import { checkGroups, checkIntegers, initialize, type Pair, pair, parameter } from "./construction.js";
import { Module } from "./module.js";
import type { Parameter } from "./parameter.js";

export type { Pair } from "./construction.js";

export interface ConvOptions<Size> {
  stride?: Size;
  /** Zeros at each side; "same" keeps the size (stride 1), "valid" is none. */
  padding?: Size | "same" | "valid";
  dilation?: Size;
  /** Channels are split into so many groups that do not mix. */
  groups?: number;
  bias?: boolean;
}

export type Conv2dOptions = ConvOptions<Pair>;
export type Conv1dOptions = ConvOptions<number>;

const defaults: Required<ConvOptions<number>> = { stride: 1, padding: 0, dilation: 1, groups: 1, bias: true };

interface Padding {
  /** Zeros at either side of each direction. */
  readonly both: number[];
  /** One more behind, where "same" needs an odd number. */
  readonly behind: number[];
}

function paddingOf(
  layer: string,
  padding: number | readonly number[] | string,
  kernel: readonly number[],
  stride: readonly number[],
  dilation: readonly number[],
): Padding {
  const none = kernel.map(() => 0);
  const refuse = (message: string) => new TorchError(message, { operator: layer, argument: "padding" });
  if (typeof padding === "number") return { both: kernel.map(() => padding), behind: none };
  if (padding === "valid") return { both: none, behind: none };
  if (padding === "same") {
    if (stride.some((step) => step !== 1))
      throw refuse(`padding "same" needs a stride of 1, got ${stride.join(", ")}`);
    const total = kernel.map((size, index) => (dilation[index] as number) * (size - 1));
    return { both: total.map((zeros) => Math.floor(zeros / 2)), behind: total.map((zeros) => zeros % 2) };
  }
  if (!Array.isArray(padding)) {
    throw refuse(`argument 'padding' must be "same", "valid" or numbers, got ${describeValue(padding)}`);
  }
  return { both: kernel.map((_, index) => padding[index] as number), behind: none };
}

/** 2-D convolution of (B, inChannels, H, W); weight (outChannels, inChannels / groups, kH, kW). */
export class Conv2d extends Module {
  readonly weight: Parameter;
  readonly bias: Parameter | null;
  readonly stride: [number, number];
  readonly padding: [number, number];
  /** Zeros at the bottom and the right beyond `padding`: what "same" needs for even kernels. */
  readonly paddingBehind: [number, number];
  readonly dilation: [number, number];
  readonly groups: number;

  constructor(inChannels: number, outChannels: number, kernelSize: Pair, options?: Conv2dOptions);
  constructor(inChannels: number, outChannels: number, kernelSize: Pair, ...rest: unknown[]) {
    super();
    const { stride, padding, dilation, groups, bias } = readOptions<Required<Conv2dOptions>>(
      "Conv2d",
      rest,
      defaults,
    );
    const kernel = pair(kernelSize);
    this.stride = pair(stride);
    this.dilation = pair(dilation);
    const { both, behind } = paddingOf("Conv2d", padding, kernel, this.stride, this.dilation);
    this.padding = both as [number, number];
    this.paddingBehind = behind as [number, number];
    this.groups = groups;
    checkIntegers("Conv2d", {
      inChannels,
      outChannels,
      kernelSize: kernel,
      stride: this.stride,
      dilation: this.dilation,
      groups,
    });
    checkIntegers("Conv2d", { padding: this.padding }, 0);
    checkGroups("Conv2d", inChannels, outChannels, groups);
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
    const [bottom, right] = this.paddingBehind;
    const padded = bottom + right > 0 ? input.constantPadNd([0, right, 0, bottom]) : input;
    return padded.conv2d(weight, { bias, stride, padding, dilation, groups });
  }
}

/** 1-D convolution of (B, inChannels, L); weight (outChannels, inChannels / groups, k). */
export class Conv1d extends Module {
  readonly weight: Parameter;
  readonly bias: Parameter | null;
  readonly stride: number;
  readonly padding: number;
  /** One zero more at the end: what "same" needs for even kernels. */
  readonly paddingBehind: number;
  readonly dilation: number;
  readonly groups: number;

  constructor(inChannels: number, outChannels: number, kernelSize: number, options?: Conv1dOptions);
  constructor(inChannels: number, outChannels: number, kernelSize: number, ...rest: unknown[]) {
    super();
    const { stride, padding, dilation, groups, bias } = readOptions("Conv1d", rest, defaults);
    const { both, behind } = paddingOf("Conv1d", padding, [kernelSize], [stride], [dilation]);
    this.stride = stride;
    this.dilation = dilation;
    this.padding = both[0] as number;
    this.paddingBehind = behind[0] as number;
    this.groups = groups;
    checkIntegers("Conv1d", { inChannels, outChannels, kernelSize, stride, dilation, groups });
    checkIntegers("Conv1d", { padding: this.padding }, 0);
    checkGroups("Conv1d", inChannels, outChannels, groups);
    this.weight = parameter([outChannels, inChannels / groups, kernelSize]);
    this.bias = bias ? parameter([outChannels]) : null;
    initialize(this.weight, this.bias);
  }

  forward(input: Tensor): Tensor {
    const { weight, bias, stride, padding, paddingBehind, dilation, groups } = this;
    const padded = paddingBehind > 0 ? input.constantPadNd([0, paddingBehind]) : input;
    return padded.conv1d(weight, { bias, stride, padding, dilation, groups });
  }
}
