// Carries out a crop plan on pixels: the image through the bicubic resizer, the label by picking its nearest pixels.
// Results are written where they belong, into the memory that a batch shares between threads.

import type { PngSamples } from "../png.js";
import {
  type BicubicResizer,
  nearestIndices,
  type ResizeRequest,
  type RgbImage,
  type Size,
} from "../resize.js";
import type { CropPlan } from "./geometric.js";
import { rotateImage, rotateLabel } from "./rotate.js";

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
  if (window.width < size.width || window.height < size.height) target.fill(0);
  for (let row = 0; row < window.height; row++) {
    const line = shown.subarray(row * window.width * 3, (row + 1) * window.width * 3);
    target.set(line, ((plan.at.top + row) * size.width + left) * 3);
  }
  if (plan.rotation !== 0) rotateImage(target, size, plan.rotation);
}

/** The label's pixels that the plan shows, still as the file stores them: `plan.window` in size, already mirrored. */
export function pickLabelPixels(plan: CropPlan, label: PngSamples): PngSamples {
  const { window, scaled, mirrored } = plan;
  const columns = nearestIndices(label.width, scaled.width, window.left, window.width);
  const rows = nearestIndices(label.height, scaled.height, window.top, window.height);
  if (mirrored) columns.reverse();
  const { channels, samples } = label;
  const picked = new (samples instanceof Uint16Array ? Uint16Array : Uint8Array)(
    window.width * window.height * channels,
  );
  let out = 0;
  for (const row of rows) {
    const begin = row * label.width;
    for (const column of columns) {
      const from = (begin + column) * channels;
      for (let channel = 0; channel < channels; channel++) picked[out++] = samples[from + channel] as number;
    }
  }
  return { ...label, width: window.width, height: window.height, samples: picked };
}

/** Writes the crop of a label, given the train ids of the picked pixels. */
export function applyToLabel(plan: CropPlan, picked: Uint8Array, target: Uint8Array): void {
  const { size, window, paddingLabel } = plan;
  const left = targetLeft(plan);
  if (window.width < size.width || window.height < size.height) target.fill(paddingLabel);
  for (let row = 0; row < window.height; row++) {
    const line = picked.subarray(row * window.width, (row + 1) * window.width);
    target.set(line, (plan.at.top + row) * size.width + left);
  }
  if (plan.rotation !== 0) rotateLabel(target, size, plan.rotation, paddingLabel);
}

const targetLeft = ({ size, window, at, mirrored }: CropPlan) =>
  mirrored ? size.width - at.left - window.width : at.left;
