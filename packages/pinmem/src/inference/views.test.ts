import { protocol } from "@pinmem/core/formats";
import { describe, expect, it } from "vitest";
import { largestImage, planOf, viewsOf } from "./views.js";

describe("viewsOf", () => {
  it("lists every size, plain and mirrored, in whole pixels", () => {
    const views = viewsOf(protocol("whole", { scales: [0.5, 1], flip: true }), { width: 101, height: 60 });
    expect(views.map(({ size, mirrored }) => [size.width, size.height, mirrored])).toEqual([
      [50, 30, false],
      [101, 60, false],
      [50, 30, true],
      [101, 60, true],
    ]);
  });

  it("starts from the height that the protocol asks for", () => {
    const views = viewsOf(protocol("whole", { resize: { height: 48 } }), { width: 101, height: 96 });
    expect(views).toEqual([{ size: { width: 50, height: 48 }, scale: 1, mirrored: false }]);
  });
});

describe("planOf", () => {
  it("leaves images alone but for Mapillary's, of which it takes the central square", () => {
    const source = { width: 4000, height: 3000 };
    expect(planOf(protocol("multi-scale"))(source)).toMatchObject({ size: source, scaled: source });
    expect(planOf(protocol("mapillary"))(source)).toMatchObject({
      size: { width: 1536, height: 1536 },
      scaled: { width: 2048, height: 1536 },
      window: { left: 256, top: 0, width: 1536, height: 1536 },
    });
  });
});

describe("largestImage", () => {
  it("holds the largest photographs of street data sets, and less where views or scores are larger", () => {
    expect(largestImage(protocol("whole"), 19)).toBeGreaterThan(5632 * 4224);
    expect(largestImage(protocol("whole", { scales: [0.5, 2] }), 19)).toBe(2 ** 23);
    expect(largestImage(protocol("whole"), 190)).toBe(Math.floor(2 ** 25 / 10));
  });
});
