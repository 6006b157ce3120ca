import { describe, expect, it } from "vitest";
import { exposed } from "./exposure.js";

describe("exposure", () => {
  const image = { width: 2, height: 1, pixels: Uint8Array.of(0, 64, 128, 200, 254, 255) };

  it("is a gamma curve over values from 0 to 1", () => {
    const { width, height, pixels } = exposed(image, 0.5);
    expect([width, height]).toEqual([2, 1]);
    expect([...pixels]).toEqual([...image.pixels].map((byte) => Math.round(Math.sqrt(byte * 255))));
    expect(exposed(image, 2).pixels[2]).toBe(64);
  });

  it("keeps black and white, and the picture itself under 1", () => {
    const { pixels } = exposed(image, 0.35);
    expect([pixels[0], pixels[5]]).toEqual([0, 255]);
    expect(exposed(image, 1)).toBe(image);
  });
});
