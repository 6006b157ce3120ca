import { manualSeed, nn, rand, randint, scope } from "@pinmem/torch";
import { beforeEach, describe, expect, it } from "vitest";
import { classMeanFeatures } from "./class-features.js";

beforeEach(() => manualSeed(6));

describe("classMeanFeatures", () => {
  it("is the mean of the resized directions over the pixels of a class, as the official code takes it", () => {
    scope(() => {
      const feature = rand([1, 5, 4, 7], { dtype: "float64" });
      const label = randint(3, [1, 23, 40], { dtype: "int64" });
      const large = nn.F.interpolate(nn.F.normalize(feature), {
        size: [23, 40],
        mode: "bilinear",
        alignCorners: true,
      });
      const found = classMeanFeatures(feature, label, [0, 2]);
      expect([...found.keys()]).toEqual([0, 2]);
      for (const [trainId, vector] of found) {
        const mask = label.eq(trainId).to("float64").unsqueeze(1);
        const mean = large.mul(mask).sum([0, 2, 3]).div(mask.sum());
        (mean.toArray() as number[]).forEach((value, at) => void expect(vector[at]).toBeCloseTo(value, 12));
      }
    });
  });

  it("leaves out classes that do not occur, and ignored pixels", () => {
    scope(() => {
      const label = randint(1, [1, 8, 8], { dtype: "int64" });
      label.narrow(1, 0, 4).fill_(255);
      const feature = rand([1, 3, 2, 2], { dtype: "float64" });
      expect([...classMeanFeatures(feature, label, [0, 1]).keys()]).toEqual([0]);
    });
  });
});
