// Layers for inference that do in one pass over memory what two layers do in two. They have no gradients, and make zero of
// NaN: their ReLU is max(x, 0), which takes the number of the two.

import { run } from "../dispatch.js";
import { TorchError } from "../errors.js";
import { native } from "../native.js";
import { Operator } from "../operator.js";
import { keep } from "../ownership.js";
import type { Tensor } from "../tensor.js";
import type { Conv2d } from "./conv.js";
import { Module } from "./module.js";
import type { Parameter } from "./parameter.js";

const pack = new Operator(
  "pinmem::pack_convolution_relu",
  "ConvReLU2d",
  ["weight", "bias", "stride", "padding", "dilation", "groups", "input_size"],
  7,
);
const convolve = new Operator("pinmem::convolution_relu", "ConvReLU2d", ["input", "packed"], 2);
const addReLU = new Operator("aten::_add_relu_.Tensor", "AddReLU", ["self", "other"], 2);
const statistics = new Operator("pinmem::image_statistics", "imageStatistics", ["self"], 1);
const scaleShift = new Operator(
  "pinmem::scale_shift_",
  "scaleShift_",
  ["self", "scale", "shift", "low", "high"],
  5,
);

let hasOneDnn: boolean | undefined;

const isOnCpuInSingle = ({ device, dtype }: Tensor): boolean => device === "cpu" && dtype === "float32";

/**
 * A convolution and the ReLU after it, channels-last. It takes the weights over; where they are in single precision on the
 * CPU when it first meets an image, it packs them into oneDNN's own layout, and from then on they can no longer be read,
 * copied, moved or saved.
 */
export class ConvReLU2d extends Module {
  readonly inChannels: number;
  weight: Parameter | null;
  bias: Parameter | null;
  packed: Tensor | null = null;
  readonly #geometry: Required<Pick<Conv2d, "stride" | "padding" | "dilation" | "groups">>;

  constructor({ inChannels, weight, bias, stride, padding, dilation, groups }: Conv2d) {
    super();
    this.inChannels = inChannels;
    this.weight = weight;
    this.bias = bias;
    this.#geometry = { stride, padding, dilation, groups };
  }

  /** Whether a convolution can be taken over: it is where this layer works, and libtorch has oneDNN. */
  static accepts({ weight, paddingBehind }: Conv2d): boolean {
    hasOneDnn ??= native.resolve("mkldnn_prepacked::conv2d_prepack", "") >= 0;
    return hasOneDnn && isOnCpuInSingle(weight) && paddingBehind.every((zeros) => zeros === 0);
  }

  /** From (B, inChannels, H, W) to (B, outChannels, H', W'). */
  forward(input: Tensor): Tensor {
    const { weight, bias, inChannels } = this;
    if (weight && !isOnCpuInSingle(weight)) {
      return input.conv2d(weight, { bias, ...this.#geometry }).relu_();
    }
    if (input.dim !== 4 || input.size(1) !== inChannels || !isOnCpuInSingle(input)) {
      throw new TorchError(
        `argument 'input' must be [B, ${inChannels}, H, W] in float32 on the CPU, as its packed weights are; got ${input}`,
        { operator: "ConvReLU2d", argument: "input" },
      );
    }
    this.packed ??= this.#pack(input.shape);
    return run(convolve, [input, this.packed]) as Tensor;
  }

  #pack(inputSize: readonly number[]): Tensor {
    const { weight, bias } = this;
    const { stride, padding, dilation, groups } = this.#geometry;
    const packed = keep(run(pack, [weight, bias, stride, padding, dilation, groups, inputSize]) as Tensor);
    weight?.dispose();
    bias?.dispose();
    this.weight = null;
    this.bias = null;
    return packed;
  }
}

/** ReLU of a sum, written over the first summand; in one pass in single precision on the CPU. */
export class AddReLU extends Module<[Tensor, Tensor]> {
  forward(summand: Tensor, other: Tensor): Tensor {
    if (!isOnCpuInSingle(summand)) return summand.add_(other).relu_();
    return run(addReLU, [summand, other]) as Tensor;
  }
}

/**
 * Mean and variance, of all values as a population, of every channel of every image: (B, C) each, of images (B, C, H, W).
 * One pass over memory in single precision on the CPU, with sums in double precision.
 */
export function imageStatistics(image: Tensor): { mean: Tensor; variance: Tensor } {
  const [mean, variance] = run(statistics, [image]) as [Tensor, Tensor];
  return { mean, variance };
}

/**
 * Writes `clamp(scale x + shift, low, high)` over images x (B, C, H, W), one scale and one shift for each image and channel.
 * @param scale (B, C), or (1, C) for all images alike; `shift` likewise
 */
export function scaleShift_(
  image: Tensor,
  scale: Tensor,
  shift: Tensor,
  {
    low = Number.NEGATIVE_INFINITY,
    high = Number.POSITIVE_INFINITY,
  }: { readonly low?: number; readonly high?: number } = {},
): Tensor {
  return run(scaleShift, [image, scale, shift, low, high]) as Tensor;
}
