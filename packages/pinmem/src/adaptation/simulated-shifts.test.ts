import type { RgbImage } from "@pinmem/core";
import { describe, expect, it } from "vitest";
import { shifted, shiftKinds } from "./simulated-shifts.js";

const image: RgbImage = {
  width: 120,
  height: 90,
  pixels: Uint8Array.from({ length: 120 * 90 * 3 }, (_, at) => (at * 37) % 251),
};
const mean = ({ pixels }: RgbImage) => pixels.reduce((sum, byte) => sum + byte, 0) / pixels.length;
const spread = (one: RgbImage) => {
  const middle = mean(one);
  return Math.sqrt(one.pixels.reduce((sum, byte) => sum + (byte - middle) ** 2, 0) / one.pixels.length);
};

describe.each(shiftKinds)("simulated %s", (kind) => {
  const draw = { kind, seed: 1, index: 4 };

  it("changes a picture, the same way for the same draw, and leaves the given one as it is", () => {
    const before = image.pixels.slice();
    const first = shifted(image, draw);
    expect(shifted(image, draw).pixels).toEqual(first.pixels);
    expect(shifted(image, { ...draw, index: 5 }).pixels).not.toEqual(first.pixels);
    expect(first.pixels).not.toEqual(image.pixels);
    expect([first.width, first.height, first.pixels.length]).toEqual([120, 90, image.pixels.length]);
    expect(image.pixels).toEqual(before);
  });
});

describe("simulated shifts", () => {
  it("are what they are called", () => {
    for (let index = 0; index < 5; index++) {
      const of = (kind: (typeof shiftKinds)[number]) => shifted(image, { kind, seed: 2, index });
      expect(mean(of("darkness"))).toBeLessThan(0.7 * mean(image));
      expect(spread(of("fog"))).toBeLessThan(spread(image));
      expect(mean(of("fog"))).toBeGreaterThan(mean(image));
      expect(spread(of("noise"))).not.toBe(spread(image));
    }
  });
});
