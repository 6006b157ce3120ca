import { describe, expect, it } from "vitest";
import { weighedPicture } from "../../test/weighed-picture.js";
import { fitWeight } from "./fit-weight.js";

const candidates = [0, 5, 10];

const picture = (kind: string, right: readonly number[]) => weighedPicture(kind, right, candidates);

describe("a weight that is fitted", () => {
  const plain = picture("none", [900, 900, 890]);

  it("is that which mends shifted pictures most", () => {
    const dark = picture("darkness", [500, 600, 550]);
    expect(fitWeight([plain, dark, picture("fog", [700, 710, 700])], candidates, 0)).toBe(5);
  });

  it("harms no pictures as they are", () => {
    expect(fitWeight([plain, picture("darkness", [500, 500, 700])], candidates, 0)).toBe(0);
  });

  it("stays as it was trained where nothing is clearly better", () => {
    const dark = picture("darkness", [500, 501, 499]);
    expect(fitWeight([plain, dark], candidates, 5)).toBe(5);
    expect(fitWeight([plain, dark], candidates, 0)).toBe(0);
  });

  it("needs pictures as they are", () => {
    expect(() => fitWeight([picture("fog", [1, 1, 1])], candidates, 0)).toThrow("no picture as it is");
  });
});
