// Properties of crop plans, over sizes and options drawn at random, carried out on labels whose pixels say where they are.

import { BicubicResizer, Random, type RgbImage, type Size, sourceWindow, type Window } from "@pinmem/core";
import { describe, expect, it } from "vitest";
import { applyToImage, applyToLabel, labelGrid, resizeRequest } from "./apply-plan.js";
import { type CropPlan, type Focus, planCenterCrop, planHeight, planTrainingCrop } from "./geometric.js";

const TRIALS = 150;

function trials(stream: string, check: (random: Random) => void): void {
  for (let index = 0; index < TRIALS; index++) {
    try {
      check(new Random({ seed: 11, index, stream }));
    } catch (error) {
      throw new Error(`trial ${index}: ${(error as Error).message}`, { cause: error });
    }
  }
}

const sizeOf = (random: Random, largest: number): Size => ({
  width: random.randint(1, largest),
  height: random.randint(1, largest),
});

interface Drawn {
  readonly source: Size;
  readonly plan: CropPlan;
  readonly size: Size;
  readonly factors: readonly [number, number];
  readonly focus: Focus | undefined;
}

function draw(random: Random): Drawn {
  const source = sizeOf(random, 60);
  const size = sizeOf(random, 40);
  const low = random.uniform(0.1, 2);
  const factors = [low, low + random.uniform(0, 1)] as const;
  const focus = random.bernoulli()
    ? ([random.randint(0, source.width), random.randint(0, source.height)] as const)
    : undefined;
  const plan = planTrainingCrop(source, random, { size, scale: factors, flip: random.uniform() }, focus);
  return { source, plan, size, factors, focus };
}

const isWithin = ({ left, top, width, height }: Window, size: Size) =>
  left >= 0 &&
  top >= 0 &&
  width >= 1 &&
  height >= 1 &&
  left + width <= size.width &&
  top + height <= size.height;

const whole = (size: Size): Window => ({ left: 0, top: 0, ...size });

describe("a training crop", () => {
  it("shows a part of the resized image, and has a place for it", () => {
    trials("inside", (random) => {
      const { source, plan, size, factors } = draw(random);
      expect(plan.size).toEqual(size);
      expect(isWithin(plan.window, plan.scaled)).toBe(true);
      expect(isWithin({ ...plan.window, ...plan.at }, size)).toBe(true);
      expect(isWithin(sourceWindow(resizeRequest(plan, source)), source)).toBe(true);
      for (const side of ["width", "height"] as const) {
        expect(plan.scaled[side]).toBeGreaterThanOrEqual(Math.max(Math.trunc(source[side] * factors[0]), 1));
        expect(plan.scaled[side]).toBeLessThanOrEqual(Math.max(Math.trunc(source[side] * factors[1]), 1));
        // Padding stands where the image is smaller only, or beside it by the one pixel of the official code.
        if (plan.scaled[side] >= size[side]) expect(plan.window[side]).toBe(size[side]);
      }
    });
  });

  it("holds the pixel that it is to hold", () => {
    trials("focus", (random) => {
      const { source, plan, focus } = draw(random);
      if (!focus) return;
      // The factor is known by the sizes alone, to less than a pixel.
      const [x, y] = [
        (focus[0] * plan.scaled.width) / source.width,
        (focus[1] * plan.scaled.height) / source.height,
      ];
      const { left, top, width, height } = plan.window;
      expect(x).toBeGreaterThan(left - 1.01);
      expect(x).toBeLessThan(left + width + 1.01);
      expect(y).toBeGreaterThan(top - 1.01);
      expect(y).toBeLessThan(top + height + 1.01);
    });
  });

  it("shows the same pixels of a part of the image as of the whole", () => {
    const resizer = new BicubicResizer();
    trials("parts", (random) => {
      const { source, plan, size } = draw(random);
      const pixels = Uint8Array.from({ length: 3 * source.width * source.height }, () =>
        random.randint(0, 256),
      );
      const image: RgbImage = { ...source, pixels };
      const part = sourceWindow(resizeRequest(plan, source));
      const cut = new Uint8Array(3 * part.width * part.height);
      for (let y = 0; y < part.height; y++) {
        const from = 3 * ((part.top + y) * source.width + part.left);
        cut.set(pixels.subarray(from, from + 3 * part.width), 3 * y * part.width);
      }
      const results = [
        { image, at: { left: 0, top: 0 } },
        { image: { width: part.width, height: part.height, pixels: cut }, at: part },
      ].map(({ image: given, at }) => {
        const target = new Uint8Array(3 * size.width * size.height).fill(99);
        applyToImage(plan, source, given, at, resizer, target);
        return target;
      });
      expect(results[0]).toEqual(results[1]);
    });
  });

  it("puts image and label at the same place: mirrored together, padded together", () => {
    const resizer = new BicubicResizer();
    trials("together", (random) => {
      const { source, plan, size } = draw(random);
      const count = source.width * source.height;
      const image: RgbImage = { ...source, pixels: new Uint8Array(3 * count).fill(200) };
      const target = new Uint8Array(3 * size.width * size.height);
      applyToImage(plan, source, image, { left: 0, top: 0 }, resizer, target);
      const label = new Uint8Array(size.width * size.height);
      const { rows, columns } = labelGrid(plan, source);
      expect([rows.length, columns.length]).toEqual([plan.window.height, plan.window.width]);
      const picked = Uint8Array.from({ length: rows.length * columns.length }, (_, at) => {
        const [row, column] = [rows[Math.floor(at / columns.length)], columns[at % columns.length]] as [
          number,
          number,
        ];
        expect(row >= 0 && row < source.height && column >= 0 && column < source.width).toBe(true);
        return Math.floor((column * 200) / source.width);
      });
      applyToLabel(plan, picked, label);
      for (let at = 0; at < label.length; at++) {
        const padded = label[at] === 255;
        expect(target[3 * at] === 0, `pixel ${at}`).toBe(padded);
      }
      // Columns grow to the right, or to the left where the crop is mirrored.
      const row = label
        .subarray(plan.at.top * size.width, (plan.at.top + 1) * size.width)
        .filter((id) => id !== 255);
      const sorted = [...row].sort((a, b) => (plan.mirrored ? b - a : a - b));
      expect([...row]).toEqual(sorted);
    });
  });
});

describe("an evaluation's plan", () => {
  it("shows the whole height, and the middle of wide images", () => {
    trials("evaluation", (random) => {
      const source = sizeOf(random, 60);
      const height = random.randint(1, 40);
      const { scaled, window } = planHeight(source, height);
      expect(scaled.height).toBe(height);
      expect(window).toEqual(whole(scaled));
      const size = sizeOf(random, 40);
      const crop = planCenterCrop(source, { size, height });
      expect(isWithin(crop.window, crop.scaled)).toBe(true);
      expect(isWithin({ ...crop.window, ...crop.at }, size)).toBe(true);
      const left = crop.window.left;
      const right = crop.scaled.width - left - crop.window.width;
      expect(Math.abs(left - right)).toBeLessThanOrEqual(1);
      const above = crop.at.top;
      const below = size.height - above - crop.window.height;
      expect(Math.abs(above - below)).toBeLessThanOrEqual(1);
    });
  });
});
