import { describe, expect, it } from "vitest";
import { weighedPicture } from "../../test/weighed-picture.js";
import { fitAdjustment } from "./fit-adjustment.js";

const candidates = [0, 0.3, 0.6];

const picture = (kind: string, right: readonly number[]) => weighedPicture(kind, right, candidates);

describe("the adjustment of logits that is fitted", () => {
  it("is best for pictures as they are and for shifted ones together, each half", () => {
    const plain = picture("none", [800, 850, 820]);
    const shifted = [picture("darkness", [500, 510, 530]), picture("fog", [600, 610, 630])];
    expect(fitAdjustment([plain, ...shifted], candidates)).toBe(0.3);
    expect(fitAdjustment([picture("none", [800, 801, 802]), ...shifted], candidates)).toBe(0.6);
    expect(fitAdjustment([picture("none", [800, 790, 750]), ...shifted], candidates)).toBe(0);
  });

  it("is the smallest of those that are as good", () => {
    expect(fitAdjustment([picture("none", [800, 800, 800])], candidates)).toBe(0);
    expect(fitAdjustment([picture("none", [800, 850, 850])], candidates)).toBe(0.3);
  });
});
