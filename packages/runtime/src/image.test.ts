import { expect, it } from "vitest";
import { givenPixels, type Picture } from "./image.js";
import { checkedImage } from "./pieces.js";

const floats = new Float32Array(2 * 2 * 3).fill(0.5);

it("refuses numbers that are no bytes, of which every pixel would become the same class", () => {
  const wrong = /pixels must be bytes, 0 to 255, .* got Float32Array/;
  const pixels = floats as unknown as Uint8Array;
  expect(() => checkedImage({ width: 2, height: 2, pixels })).toThrow(wrong);
  for (const channels of [3, 4]) {
    const data = new Float32Array(4 * channels) as unknown as Uint8Array;
    expect(() => givenPixels({ data, info: { width: 2, height: 2, channels } })).toThrow(wrong);
  }
  const list = Array.from(floats) as unknown as Uint8Array;
  expect(() => checkedImage({ width: 2, height: 2, pixels: list })).toThrow(/got Array/);
});

it("takes bytes as sharp, canvases and Node give them", () => {
  for (const pixels of [new Uint8Array(12), Buffer.alloc(12), new Uint8ClampedArray(12)]) {
    const image = { width: 2, height: 2, pixels: pixels as Uint8Array };
    expect(checkedImage(image)).toBe(image);
  }
});

it("says that a picture is missing", () => {
  for (const none of [null, undefined])
    expect(() => givenPixels(none as unknown as Picture)).toThrow(
      /a picture is needed, got (null|undefined)/,
    );
});
