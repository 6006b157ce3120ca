// A picture as the network takes it: the bytes of a channel divided, shifted and scaled in single precision, step by step as in
// training, so that the numbers are the same to the last bit. Of 256 values a channel there is a table.

import type { RgbImage } from "@pinmem/core";
import type { ExportedModel } from "@pinmem/core/formats";
import type { Value } from "./onnx.js";

/** What each byte becomes, for red, green and blue. */
export type InputTables = readonly [Float32Array, Float32Array, Float32Array];

export function inputTables({ divisor, mean, std }: ExportedModel["input"]): InputTables {
  const table = (channel: 0 | 1 | 2) =>
    Float32Array.from({ length: 256 }, (_, byte) => {
      const value = Math.fround(byte / Math.fround(divisor));
      return Math.fround(value - Math.fround(mean[channel])) / Math.fround(std[channel]);
    });
  return [table(0), table(1), table(2)];
}

/** (1, 3, H, W) */
export function pictureInput({ width, height, pixels }: RgbImage, tables: InputTables): Value {
  const area = width * height;
  const data = new Float32Array(3 * area);
  const [red, green, blue] = tables;
  for (let at = 0, from = 0; at < area; at++, from += 3) {
    data[at] = red[pixels[from] as number] as number;
    data[at + area] = green[pixels[from + 1] as number] as number;
    data[at + 2 * area] = blue[pixels[from + 2] as number] as number;
  }
  return { data, shape: [1, 3, height, width] };
}
