// Padding, sampling and comparing: what is more than one operator, or whose codes deserve names.

import { TorchError } from "../../errors.js";
import { readOptions } from "../../options.js";
import { scope } from "../../ownership.js";
import type { Tensor } from "../../tensor.js";
import { given } from "./given.js";

export interface PadOptions {
  /** Default "constant". */
  mode?: "constant" | "reflect" | "replicate" | "circular";
  /** Of the padding in mode "constant"; default 0. */
  value?: number;
}

const padDefaults: Required<PadOptions> = { mode: "constant", value: 0 };

/** Pads trailing dimensions, the last first: [left, right, top, bottom] for (…, H, W). */
export function pad(input: Tensor, pad: readonly number[], options?: PadOptions): Tensor;
export function pad(input: Tensor, pad: readonly number[], ...rest: unknown[]): Tensor {
  const { mode, value } = readOptions("pad", rest, padDefaults);
  return given(input, "pad").pad(pad, mode === "constant" ? { mode, value } : { mode });
}

/** Channels (B, C r², H, W) become space (B, C, H r, W r). */
export function pixelShuffle(input: Tensor, upscaleFactor: number): Tensor {
  return given(input, "pixelShuffle").pixelShuffle(upscaleFactor);
}

/** Space (B, C, H r, W r) becomes channels (B, C r², H, W). */
export function pixelUnshuffle(input: Tensor, downscaleFactor: number): Tensor {
  return given(input, "pixelUnshuffle").pixelUnshuffle(downscaleFactor);
}

export interface GridSampleOptions {
  /** Default "bilinear". */
  mode?: "bilinear" | "nearest" | "bicubic";
  /** What lies outside; default "zeros". */
  paddingMode?: "zeros" | "border" | "reflection";
  /** Whether -1 and 1 are centers of the outer pixels (true) or their outer edges; default false. */
  alignCorners?: boolean;
}

const gridDefaults: Required<GridSampleOptions> = {
  mode: "bilinear",
  paddingMode: "zeros",
  alignCorners: false,
};
const sampleModes = ["bilinear", "nearest", "bicubic"];
const paddingModes = ["zeros", "border", "reflection"];

function codeIn(names: readonly string[], argument: string, value: string): number {
  const code = names.indexOf(value);
  if (code >= 0) return code;
  const known = names.map((name) => `"${name}"`).join(", ");
  throw new TorchError(`argument '${argument}' must be one of ${known}, got "${value}"`, {
    operator: "gridSample",
    argument,
  });
}

/** Samples (B, C, H, W) at coordinates (B, H', W', 2) from -1 to 1, x before y. */
export function gridSample(input: Tensor, grid: Tensor, options?: GridSampleOptions): Tensor;
export function gridSample(input: Tensor, grid: Tensor, ...rest: unknown[]): Tensor {
  const { mode, paddingMode, alignCorners } = readOptions("gridSample", rest, gridDefaults);
  return given(input, "gridSample").gridSampler(
    grid,
    codeIn(sampleModes, "mode", mode),
    codeIn(paddingModes, "paddingMode", paddingMode),
    alignCorners,
  );
}

/** Coordinates for `gridSample` of affine maps (B, 2, 3) for an output of the given size [B, C, H, W]. */
export function affineGrid(
  theta: Tensor,
  size: readonly number[],
  options?: { alignCorners?: boolean },
): Tensor;
export function affineGrid(theta: Tensor, size: readonly number[], ...rest: unknown[]): Tensor {
  const { alignCorners } = readOptions("affineGrid", rest, { alignCorners: false });
  return given(theta, "affineGrid", "theta").affineGridGenerator(size, alignCorners);
}

/** Cosine of the angle between x1 and x2 along `dim` (default 1), whose lengths count as at least `eps` (1e-8). */
export function cosineSimilarity(
  x1: Tensor,
  x2: Tensor,
  dim?: number | { dim?: number; eps?: number },
  options?: { eps?: number },
): Tensor {
  return given(x1, "cosineSimilarity", "x1").cosineSimilarity(x2, dim as number, options);
}

export interface GumbelSoftmaxOptions {
  /** Temperature; default 1. */
  tau?: number;
  /** Default -1. */
  dim?: number;
}

const gumbelDefaults: Required<GumbelSoftmaxOptions> = { tau: 1, dim: -1 };

/** Softmax of logits with Gumbel noise: a soft sample of the categorical distribution (Jang et al. 2017). */
export function gumbelSoftmax(logits: Tensor, options?: GumbelSoftmaxOptions): Tensor;
export function gumbelSoftmax(logits: Tensor, ...rest: unknown[]): Tensor {
  const { tau, dim } = readOptions("gumbelSoftmax", rest, gumbelDefaults);
  given(logits, "gumbelSoftmax", "logits");
  return scope(() => {
    const noise = logits.detach().emptyLike({ memoryFormat: "contiguous" }).exponential_().log().neg();
    return logits.add(noise).div(tau).softmax(dim);
  });
}
