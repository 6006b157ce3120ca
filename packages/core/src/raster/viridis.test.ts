import { describe, expect, it } from "vitest";
import { viridis } from "./viridis.js";

describe("viridis", () => {
  it("has matplotlib's colors at its ends and in its middle", () => {
    expect(viridis(0)).toEqual([68, 1, 84]);
    expect(viridis(1)).toEqual([253, 231, 37]);
    expect(viridis(128 / 255)).toEqual([33, 145, 140]);
  });

  it("grows brighter all along", () => {
    const luma = Array.from({ length: 33 }, (_, at) => {
      const [red, green, blue] = viridis(at / 32);
      return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
    });
    for (let at = 1; at < luma.length; at++) expect(luma[at]).toBeGreaterThan(luma[at - 1] as number);
  });

  it("keeps to its ends outside, and takes NaN for nothing", () => {
    expect(viridis(-3)).toEqual(viridis(0));
    expect(viridis(7)).toEqual(viridis(1));
    expect(viridis(Number.NaN)).toEqual(viridis(0));
  });
});
