import { describe, expect, it } from "vitest";
import { errorMap } from "./grid-figure.js";

describe("errorMap", () => {
  const label = Uint8Array.of(1, 1, 1, 1, 255);
  const ours = Uint8Array.of(1, 1, 2, 2, 3);
  const baseline = Uint8Array.of(1, 2, 1, 2, 3);
  const colors = (pixels: Uint8Array) =>
    Array.from({ length: pixels.length / 3 }, (_, at) => pixels.subarray(3 * at, 3 * at + 3).join());

  it("tells apart who is right, and counts no ignored pixel", () => {
    const [both, mended, broken, none, ignored] = colors(errorMap(label, ours, baseline));
    expect(new Set([both, mended, broken, none, ignored]).size).toBe(5);
    expect(ignored).toBe("255,255,255");
    // Swapping the two swaps who is right alone.
    expect(colors(errorMap(label, baseline, ours))).toEqual([both, broken, mended, none, ignored]);
  });

  it("shows errors alone without a baseline", () => {
    const [right, alsoRight, wrong, alsoWrong] = colors(errorMap(label, ours, null));
    expect(right).toBe(alsoRight);
    expect(wrong).toBe(alsoWrong);
    expect(right).not.toBe(wrong);
  });
});
