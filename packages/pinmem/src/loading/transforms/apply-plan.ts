// Carries out a crop plan on pixels: the image through the bicubic resizer, the label by its nearest pixels.
// Results are written where they belong, into the memory that a batch shares between threads.

import {
  type BicubicResizer,
  nearestIndices,
  type PixelGrid,
  type ResizeRequest,
  type RgbImage,
  rotateImage,
  rotateLabel,
  type Size,
} from "@pinmem/core";
import type { CropPlan } from "./geometric.js";

/** What the plan asks of the resizer. */
export const resizeRequest = (plan: CropPlan, from: Size): ResizeRequest => ({
  from: { width: from.width, height: from.height },
  to: plan.scaled,
  window: plan.window,
  mirrored: plan.mirrored,
});

/**
 * Writes the crop of an image: RGB bytes, `plan.size`, padding black.
 *
 * @param part the source image, or the part of it that `sourceWindow(resizeRequest(plan, from))` names
 * @param at where that part begins in the source
 */
export function applyToImage(
  plan: CropPlan,
  from: Size,
  part: RgbImage,
  at: { left: number; top: number },
  resizer: BicubicResizer,
  target: Uint8Array,
): void {
  const { size, window } = plan;
  const shown = resizer.resize(part, at, resizeRequest(plan, from));
  const left = targetLeft(plan);
  fillPadding(plan, target, size.width * 3, 0);
  for (let row = 0; row < window.height; row++) {
    const line = shown.subarray(row * window.width * 3, (row + 1) * window.width * 3);
    target.set(line, ((plan.at.top + row) * size.width + left) * 3);
  }
  if (plan.rotation !== 0) rotateImage(target, size, plan.rotation);
}

/** The rows and columns of the source label that the plan shows, mirrored where it says so. */
export function labelGrid(plan: CropPlan, from: Size): PixelGrid {
  const { window, scaled, mirrored } = plan;
  const rows = nearestIndices(from.height, scaled.height, window.top, window.height);
  const columns = nearestIndices(from.width, scaled.width, window.left, window.width);
  return { rows, columns: mirrored ? columns.reverse() : columns };
}

/** Writes the crop of a label, given the train ids of its grid's pixels. */
export function applyToLabel(plan: CropPlan, picked: Uint8Array, target: Uint8Array): void {
  const { size, window, paddingLabel } = plan;
  const left = targetLeft(plan);
  fillPadding(plan, target, size.width, paddingLabel);
  for (let row = 0; row < window.height; row++) {
    const line = picked.subarray(row * window.width, (row + 1) * window.width);
    target.set(line, (plan.at.top + row) * size.width + left);
  }
  if (plan.rotation !== 0) rotateLabel(target, size, plan.rotation, paddingLabel);
}

/** Fills what the image does not cover: the rows above and below it, or everything where it is too narrow. */
function fillPadding(
  { size, at, window }: CropPlan,
  target: Uint8Array,
  stride: number,
  value: number,
): void {
  // Buffer's fill is memset; that of typed arrays takes ten times as long on memory shared between threads.
  const bytes = Buffer.from(target.buffer, target.byteOffset, target.length);
  if (window.width < size.width) bytes.fill(value);
  else bytes.fill(value, 0, at.top * stride).fill(value, (at.top + window.height) * stride);
}

const targetLeft = ({ size, window, at, mirrored }: CropPlan) =>
  mirrored ? size.width - at.left - window.width : at.left;
