import { describe, expect, it } from "vitest";
import { bar, bars, detail } from "./pattern.js";

/** The mean over a pixel, by brute force. */
function averaged(inside: (x: number) => boolean, x: number, width: number): number {
  let hits = 0;
  const samples = 20000;
  for (let k = 0; k < samples; k++) if (inside(x + ((k + 0.5) / samples - 0.5) * width)) hits++;
  return hits / samples;
}

describe("patterns averaged over a pixel", () => {
  const places = [-2.31, -0.4, 0, 0.13, 0.9, 1.7, 5.05];
  const widths = [0.01, 0.2, 0.77, 2.5, 9];

  it("bar equals the average of the bar", () => {
    for (const x of places) {
      for (const width of widths) {
        const expected = averaged((at) => at >= 0.3 && at <= 1.1, x, width);
        expect(bar(x, 0.3, 1.1, width)).toBeCloseTo(expected, 3);
      }
    }
  });

  it("bars equals the average of the repeated bar, on both sides of zero", () => {
    for (const x of places) {
      for (const width of widths) {
        const within = (at: number) => at - 1.5 * Math.floor(at / 1.5);
        const expected = averaged((at) => within(at) >= 0.2 && within(at) <= 0.65, x, width);
        expect(bars(x, 1.5, 0.2, 0.65, width)).toBeCloseTo(expected, 3);
      }
    }
  });

  it("detail fades from one to nothing as pixels outgrow it", () => {
    expect([detail(1, 0.1), detail(1, 0.6), detail(1, 1.6), detail(1, 5)]).toEqual([1, 1, 0, 0]);
    expect(detail(1, 1)).toBeCloseTo(0.6);
  });
});
