import { Random } from "@pinmem/core";
import { describe, expect, it } from "vitest";
import { checkTrainingCrop, planCenterCrop, planHeight, planTrainingCrop, planWhole } from "./geometric.js";

const street = { width: 2048, height: 1024 };
const random = (index: number) => new Random({ seed: 304, index });
const square = (side: number) => ({ width: side, height: side });

describe("planTrainingCrop", () => {
  const plans = Array.from({ length: 400 }, (_, index) =>
    planTrainingCrop(street, random(index), { size: square(768) }),
  );

  it("scales both axes by one factor from 0.5 to 2, flips half of the images, rotates none", () => {
    const factors = plans.map(({ scaled }) => scaled.width / 2048);
    expect(Math.min(...factors)).toBeGreaterThan(0.499);
    expect(Math.max(...factors)).toBeLessThanOrEqual(2);
    expect(factors.reduce((a, b) => a + b) / factors.length).toBeCloseTo(1.25, 1);
    for (const { scaled } of plans) expect(Math.abs(scaled.width - 2 * scaled.height)).toBeLessThanOrEqual(1);
    const flips = plans.filter(({ mirrored }) => mirrored).length;
    expect(Math.abs(flips - 200)).toBeLessThan(50);
    expect(plans.every(({ rotation }) => rotation === 0)).toBe(true);
  });

  it("pads low images on both sides, half of what is missing and one more", () => {
    for (const { scaled, window, at } of plans) {
      if (scaled.height >= 768) {
        expect([at.top, window.height]).toEqual([0, 768]);
        continue;
      }
      const pad = Math.floor((768 - scaled.height) / 2) + 1;
      const surplus = scaled.height + 2 * pad - 768;
      expect(at.top).toBeGreaterThanOrEqual(pad - surplus);
      expect(at.top).toBeLessThanOrEqual(pad);
      expect(window).toMatchObject({ top: 0, height: scaled.height });
    }
  });

  it("takes crops from everywhere", () => {
    const wide = plans.filter(({ scaled }) => scaled.width >= 2048);
    const starts = wide.map(({ scaled, window }) => window.left / (scaled.width - 768));
    expect(Math.min(...starts)).toBeLessThan(0.05);
    expect(Math.max(...starts)).toBeGreaterThan(0.95);
  });

  it("keeps a focus in the crop", () => {
    for (let index = 0; index < 200; index++) {
      const focus = [random(index).randint(0, 2048), random(index).randint(0, 1024)] as const;
      const { scaled, window } = planTrainingCrop(street, random(index), { size: square(300) }, focus);
      const [x, y] = focus.map((value) => Math.trunc((value * scaled.width) / 2048)) as [number, number];
      // The factor is read off the scaled size, which was cut down to whole pixels: one pixel of doubt.
      expect(x).toBeGreaterThanOrEqual(window.left - 1);
      expect(x).toBeLessThanOrEqual(window.left + window.width);
      expect(y).toBeGreaterThanOrEqual(window.top - 1);
      expect(y).toBeLessThanOrEqual(window.top + window.height);
    }
  });

  it("never comes out empty, not even for images of one pixel", () => {
    for (let index = 0; index < 50; index++) {
      const { window } = planTrainingCrop({ width: 1, height: 1 }, random(index), { size: square(8) });
      expect([window.width, window.height].every((side) => side >= 1)).toBe(true);
    }
  });

  it("refuses impossible options", () => {
    expect(() => checkTrainingCrop({ size: { width: 0, height: 5 } })).toThrow(
      /size 0x5 must be two positive/,
    );
    expect(() => checkTrainingCrop({ size: square(8), scale: [2, 1] })).toThrow(/scale \[2,1\] must be/);
    expect(() => checkTrainingCrop({ size: square(8), flip: 2 })).toThrow(/flip 2 must be a probability/);
    expect(() => checkTrainingCrop({ size: square(8), rotation: -1 })).toThrow(/rotation -1 must be/);
  });
});

describe("evaluation", () => {
  it("shows the whole image as it is", () => {
    expect(planWhole(street)).toMatchObject({ size: street, scaled: street, at: { left: 0, top: 0 } });
  });

  it("brings images to a height, the width cut down to whole pixels", () => {
    expect(planHeight({ width: 4000, height: 3000 }, 1536).size).toEqual({ width: 2048, height: 1536 });
    expect(planHeight({ width: 3001, height: 4000 }, 1536).size).toEqual({ width: 1152, height: 1536 });
  });

  it("shows the middle 1536 square of Mapillary's landscape images", () => {
    const plan = planCenterCrop({ width: 4000, height: 3000 }, { size: square(1536), height: 1536 });
    expect(plan.window).toEqual({ left: 256, top: 0, width: 1536, height: 1536 });
  });

  it("puts portrait images in the middle, their padding ignored", () => {
    const plan = planCenterCrop({ width: 3000, height: 4000 }, { size: square(1536), height: 1536 });
    expect(plan.window).toEqual({ left: 0, top: 0, width: 1152, height: 1536 });
    expect(plan).toMatchObject({ at: { left: 192, top: 0 }, paddingLabel: 255 });
  });

  it("follows the official protocol when asked to: off center, cut, padding counted as road", () => {
    const options = { size: square(1536), height: 1536, padding: "official" } as const;
    const plan = planCenterCrop({ width: 3000, height: 4000 }, options);
    expect(plan.window).toEqual({ left: 0, top: 0, width: 960, height: 1536 });
    expect(plan).toMatchObject({ at: { left: 576, top: 0 }, paddingLabel: 0 });
  });
});
