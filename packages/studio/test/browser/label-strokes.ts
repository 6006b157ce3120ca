// Strokes as a person would draw them who sees what is there: of each class the longest line on which the whole brush stays inside it, a
// thick one for what is large, a thin one for the rest.

import type { BrushStroke } from "../../app/src/brush-stroke.js";

interface Size {
  readonly width: number;
  readonly height: number;
}

/**
 * @param labels train ids, 255 where none is known
 * @param brushes widths, the preferred one first
 */
export function strokesFromLabels(
  labels: Uint8Array,
  size: Size,
  brushes: readonly number[],
): readonly BrushStroke[] {
  const strokes = new Map<number | null, BrushStroke>();
  for (const brush of brushes)
    for (const one of longestLines(labels, size, brush))
      if (!strokes.has(one.class)) strokes.set(one.class, one);
  return [...strokes.values()];
}

function longestLines(labels: Uint8Array, { width, height }: Size, brush: number): BrushStroke[] {
  const reach = Math.ceil(brush / 2);
  const longest = new Map<number, { readonly y: number; readonly from: number; readonly to: number }>();
  for (let y = reach; y < height - reach; y++) {
    for (let x = reach, from = reach; x < width - reach; x++) {
      const label = labels[y * width + x] as number;
      let fits = label !== 255;
      for (let dy = -reach; fits && dy <= reach; dy++) fits = labels[(y + dy) * width + x] === label;
      if (!fits || labels[y * width + x - 1] !== label) from = x;
      if (!fits) from = x + 1;
      const before = longest.get(label);
      if (fits && x - from > (before ? before.to - before.from : 2 * reach))
        longest.set(label, { y, from, to: x });
    }
  }
  return [...longest].map(([label, { y, from, to }]) => ({
    class: label,
    width: brush,
    points: [
      [from + reach, y],
      [to - reach, y],
    ],
  }));
}
