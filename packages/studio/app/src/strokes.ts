// Strokes of the brush on a picture, as train ids: later ones over earlier ones, the eraser takes away. Kept in the browser until they
// are saved or reset, by model and picture.

import { paint } from "@pinmem/runtime/browser";
import type { BrushStroke } from "./brush-stroke.js";

const IGNORED = 255;

/** Train ids, 255 where nothing was brushed. */
export function brushedLabels(
  strokes: readonly BrushStroke[],
  width: number,
  height: number,
  names: readonly string[],
): Uint8Array {
  const labels = new Uint8Array(width * height).fill(IGNORED);
  for (const stroke of strokes) {
    if (stroke.runs) {
      for (let at = 0; at < stroke.runs.length; at += 3) {
        const [y, from, to] = stroke.runs.slice(at, at + 3) as [number, number, number];
        labels.fill(stroke.class ?? IGNORED, y * width + from, y * width + to);
      }
      continue;
    }
    const one = { ...stroke, class: stroke.class ?? 0 };
    const { trainIds } = paint([one], { width, height }, names, IGNORED);
    trainIds.forEach((id, at) => {
      if (id !== IGNORED) labels[at] = stroke.class === null ? IGNORED : id;
    });
  }
  return labels;
}

const keyOf = (model: string): string => `pinmem-studio:strokes:${model}`;

/** What was brushed before, with a model of this name. */
export function keptStrokes(model: string): Map<string, readonly BrushStroke[]> {
  try {
    const text = localStorage.getItem(keyOf(model));
    return new Map(text === null ? [] : (JSON.parse(text) as [string, BrushStroke[]][]));
  } catch {
    return new Map(); // Storage that is refused, or holds something else.
  }
}

/** @returns what is wrong where it cannot be kept; null: it is kept */
export function keepStrokes(
  model: string,
  strokes: ReadonlyMap<string, readonly BrushStroke[]>,
): string | null {
  try {
    localStorage.setItem(keyOf(model), JSON.stringify([...strokes]));
    return null;
  } catch {
    return "The browser's storage is full or refused: strokes are lost when this page is closed. Save the adapted model before.";
  }
}
