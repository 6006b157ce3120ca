// Functions of torch.nn.functional that are more than one operator, or whose codes deserve names.

import { TorchError } from "../errors.js";
import { scope } from "../ownership.js";
import type { Tensor } from "../tensor.js";

export type Reduction = "none" | "mean" | "sum";

const reductionCode: Record<Reduction, number> = { none: 0, mean: 1, sum: 2 };

function codeOf(reduction: Reduction, operator: string): number {
  const code = reductionCode[reduction];
  if (code === undefined) {
    throw new TorchError(`argument 'reduction' must be "none", "mean" or "sum", got "${reduction}"`, {
      operator,
      argument: "reduction",
    });
  }
  return code;
}

export interface CrossEntropyOptions {
  /** Weight of each class. */
  weight?: Tensor | null;
  /** Label that does not count; default -100. */
  ignoreIndex?: number;
  reduction?: Reduction;
  labelSmoothing?: number;
}

/**
 * Cross entropy of logits (B, K, …) and class indices (B, …). As in PyTorch, the mean over labels that are all ignored is NaN;
 * the losses of the method define it as zero.
 */
export function crossEntropy(
  input: Tensor,
  target: Tensor,
  { weight = null, ignoreIndex = -100, reduction = "mean", labelSmoothing = 0 }: CrossEntropyOptions = {},
): Tensor {
  return input.crossEntropyLoss(target, {
    weight,
    reduction: codeOf(reduction, "crossEntropy"),
    ignoreIndex,
    labelSmoothing,
  });
}

/** Divides by the p-norm along `dim`, at least `eps`: zero stays zero. */
export function normalize(
  input: Tensor,
  { p = 2, dim = 1, eps = 1e-12 }: { p?: number; dim?: number; eps?: number } = {},
): Tensor {
  return scope(() => input.div(input.norm(p, dim, { keepdim: true }).clamp({ min: eps }).expandAs(input)));
}

export type InterpolationMode = "nearest" | "bilinear" | "bicubic";

export type InterpolateOptions = ({ size: readonly [number, number] } | { scaleFactor: number }) &
  ({ mode: "nearest" } | { mode: "bilinear" | "bicubic"; alignCorners: boolean });

/** Resizes the last two dimensions of (B, C, H, W). `alignCorners` has no default: both conventions are in use. */
export function interpolate(input: Tensor, options: InterpolateOptions): Tensor {
  const [, , height, width] = input.shape;
  if (input.dim !== 4 || height === undefined || width === undefined) {
    throw new TorchError(`argument 'input' must be (B, C, H, W), got ${input}`, {
      operator: "interpolate",
      argument: "input",
    });
  }
  const factor = "scaleFactor" in options ? options.scaleFactor : undefined;
  if (factor !== undefined && !(factor > 0 && Number.isFinite(factor))) {
    throw new TorchError(`argument 'scaleFactor' must be a number above 0, got ${factor}`, {
      operator: "interpolate",
      argument: "scaleFactor",
    });
  }
  const size =
    "size" in options
      ? options.size
      : [Math.floor(height * options.scaleFactor), Math.floor(width * options.scaleFactor)];
  // PyTorch samples at the given factor, not at the ratio of the rounded sizes.
  const scales = { scalesH: factor, scalesW: factor };
  if (options.mode === "nearest") return input.upsampleNearest2d(size, scales);
  if (typeof options.alignCorners !== "boolean") {
    throw new TorchError(`argument 'alignCorners' must be true or false for mode "${options.mode}"`, {
      operator: "interpolate",
      argument: "alignCorners",
    });
  }
  return options.mode === "bilinear"
    ? input.upsampleBilinear2d(size, options.alignCorners, scales)
    : input.upsampleBicubic2d(size, options.alignCorners, scales);
}

/** Softmax of logits with Gumbel noise: a soft sample of the categorical distribution (Jang et al. 2017). */
export function gumbelSoftmax(
  logits: Tensor,
  { tau = 1, dim = -1 }: { tau?: number; dim?: number } = {},
): Tensor {
  return scope(() => {
    const noise = logits.detach().emptyLike({ memoryFormat: "contiguous" }).exponential_().log().neg();
    return logits.add(noise).div(tau).softmax(dim);
  });
}
