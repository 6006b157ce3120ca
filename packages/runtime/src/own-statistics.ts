// A picture's own statistics in batch norm, for models that were exported with them: with what weight they are mixed into the
// trained ones, and where a picture goes through in tiles, those of all of it, so that tiles are normalized alike. As
// `pinmem predict` takes them.

import { BicubicResizer, type RgbImage } from "@pinmem/core";
import type { ExportedGraph, ExportedModel } from "@pinmem/core/formats";
import type { Value, Values } from "./onnx.js";

/** What a graph takes of statistics. Of one that has none, nothing. */
export class OwnStatistics {
  readonly #normalization: ExportedModel["normalization"];
  /** Stands where no statistics are given. */
  readonly #nothing: Value | null;
  /** Name of the output that notes them; null: there is none. */
  readonly noted: string | null;

  constructor({ inputs, outputs }: ExportedGraph, normalization: ExportedModel["normalization"]) {
    this.#normalization = normalization;
    const { given, own } = normalization?.parts ?? {};
    const count = Number(inputs.find(({ name }) => name === given)?.shape[1] ?? 0);
    this.#nothing = count > 0 ? { data: new Float32Array(count), shape: [1, count] } : null;
    this.noted = outputs.find(({ name }) => name === own)?.name ?? null;
  }

  /**
   * @param weight of the own statistics, 0 to 1
   * @param given those of the whole picture; null: those of what the graph is shown
   */
  inputs(weight: number, given: Value | null): Values {
    const { input, parts = null } = this.#normalization ?? {};
    if (input === undefined) return {};
    return {
      [input]: scalar(weight),
      ...(parts && { [parts.useGiven]: scalar(given ? 1 : 0) }),
      ...(parts && this.#nothing && { [parts.given]: given ?? this.#nothing }),
    };
  }
}

/** (1) */
export const scalar = (value: number): Value => ({ data: Float32Array.of(value), shape: [1] });

/** The picture, brought down to so many pixels where it has more. */
export function statisticsView(image: RgbImage, largest: number): RgbImage {
  const { width, height } = image;
  if (width * height <= largest) return image;
  const scale = Math.sqrt(largest / (width * height));
  const to = {
    width: Math.max(1, Math.trunc(width * scale)),
    height: Math.max(1, Math.trunc(height * scale)),
  };
  const window = { left: 0, top: 0, ...to };
  const request = { from: { width, height }, to, window };
  return { ...to, pixels: new BicubicResizer().resize(image, { left: 0, top: 0 }, request) };
}
