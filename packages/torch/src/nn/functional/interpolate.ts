// Resizing of images.

import { TorchError } from "../../errors.js";
import { missingOption, readOptions } from "../../options.js";
import type { Tensor } from "../../tensor.js";
import { describeValue } from "../../values.js";
import { given } from "./given.js";

export type InterpolationMode = "nearest" | "bilinear" | "bicubic";

export type InterpolateOptions = ({ size: readonly [number, number] } | { scaleFactor: number }) &
  ({ mode: "nearest" } | { mode: "bilinear" | "bicubic"; alignCorners: boolean });

interface Given {
  size: readonly [number, number] | undefined;
  scaleFactor: number | undefined;
  mode: InterpolationMode;
  alignCorners: boolean | undefined;
}

// No default but PyTorch's order; a mode must be given.
const defaults: Given = {
  size: undefined,
  scaleFactor: undefined,
  mode: undefined as unknown as InterpolationMode,
  alignCorners: undefined,
};

/**
 * What resizing needs to know, checked; for whoever takes the same options.
 *
 * @param operator who takes them, for messages
 */
export function interpolateOptions(operator: string, rest: readonly unknown[]): InterpolateOptions {
  const options = readOptions(operator, rest, defaults);
  const { size, scaleFactor, mode, alignCorners } = options;
  const refuse = (argument: string, message: string) => new TorchError(message, { operator, argument });
  if (mode === undefined) throw missingOption(operator, "mode", '"nearest", "bilinear" or "bicubic"');
  if (!["nearest", "bilinear", "bicubic"].includes(mode)) {
    throw refuse(
      "mode",
      `argument 'mode' must be "nearest", "bilinear" or "bicubic", got ${describeValue(mode)}`,
    );
  }
  if ((size === undefined) === (scaleFactor === undefined)) {
    throw refuse(
      "size",
      `needs either { size: [height, width] } or { scaleFactor }, got ${size ? "both" : "neither"}`,
    );
  }
  if (size !== undefined && !(Array.isArray(size) && size.length === 2)) {
    throw refuse("size", `argument 'size' must be [height, width], got ${describeValue(size)}`);
  }
  if (scaleFactor !== undefined && !(scaleFactor > 0 && Number.isFinite(scaleFactor))) {
    throw refuse("scaleFactor", `argument 'scaleFactor' must be a number above 0, got ${scaleFactor}`);
  }
  if (mode !== "nearest" && typeof alignCorners !== "boolean") {
    throw refuse("alignCorners", `argument 'alignCorners' must be true or false for mode "${mode}"`);
  }
  return options as InterpolateOptions;
}

/** Resizes the last two dimensions of (B, C, H, W). `alignCorners` has no default: both conventions are in use. */
export function interpolate(input: Tensor, options: InterpolateOptions): Tensor;
export function interpolate(input: Tensor, ...rest: unknown[]): Tensor {
  const [, , height, width] = given(input, "interpolate").shape;
  if (input.dim !== 4 || height === undefined || width === undefined) {
    throw new TorchError(`argument 'input' must be (B, C, H, W), got ${input}`, {
      operator: "interpolate",
      argument: "input",
    });
  }
  const { size, scaleFactor, mode, alignCorners } = interpolateOptions("interpolate", rest) as Given;
  const factor = scaleFactor ?? 1;
  const target = size ?? [Math.floor(height * factor), Math.floor(width * factor)];
  // PyTorch samples at the given factor, not at the ratio of the rounded sizes.
  const scales = { scalesH: scaleFactor, scalesW: scaleFactor };
  if (mode === "nearest") return input.upsampleNearest2d(target, scales);
  return mode === "bilinear"
    ? input.upsampleBilinear2d(target, alignCorners === true, scales)
    : input.upsampleBicubic2d(target, alignCorners === true, scales);
}
