import { Random } from "@pinmem/core";
import { liveTensors, type Tensor } from "@pinmem/torch";
import { describe, expect, it } from "vitest";
import { readJson, unpack } from "../../../test/data-fixtures.js";
import { imageTensor } from "../batch-tensors.js";
import {
  drawPhotometric,
  normalAugmentation,
  type PhotometricDraw,
  photometric,
  strongAugmentation,
} from "./photometric.js";

interface Fixture {
  height: number;
  width: number;
  image: string;
  cases: { adjustments: PhotometricDraw["adjustments"]; sigma?: number; result: string }[];
}
const { height, width, image, cases } = readJson<Fixture>("photometric.json");
const pixels = unpack(image);
const draws = cases.map(({ adjustments, sigma }): PhotometricDraw => ({ adjustments, sigma }));
const expected = cases.map(({ result }) => new Float32Array(unpack(result).buffer));

/** The fixture's image, so many times. */
function batch(count: number): Tensor {
  const all = new Uint8Array(count * pixels.length);
  for (let at = 0; at < count; at++) all.set(pixels, at * pixels.length);
  return imageTensor(all, [count, height, width]);
}

const values = (tensor: Tensor) => tensor.contiguous().toTypedArray() as Float32Array;

function largestDifference(a: ArrayLike<number>, b: ArrayLike<number>): number {
  expect(a.length).toBe(b.length);
  let largest = 0;
  for (let at = 0; at < a.length; at++)
    largest = Math.max(largest, Math.abs((a[at] as number) - (b[at] as number)));
  return largest;
}

describe("photometric", () => {
  const named = cases.map(({ adjustments, sigma }, at) => {
    const steps = adjustments.map(([kind, amount]) => `${kind} ${amount}`);
    return [[...steps, ...(sigma ? [`blur ${sigma}`] : [])].join(", "), at] as const;
  });
  it.each(named)("equals torchvision to 1e-4: %s", (_, at) => {
    const result = values(photometric(batch(1), draws.slice(at, at + 1)));
    expect(largestDifference(result, expected[at] as Float32Array)).toBeLessThan(1e-4);
  });

  it("gives a batch of all of them what each gets alone", () => {
    const result = values(photometric(batch(cases.length), draws));
    expected.forEach((one, at) => {
      const mine = result.subarray(at * one.length, (at + 1) * one.length);
      expect(largestDifference(mine, one)).toBeLessThan(1e-4);
    });
  });

  it("leaves images alone for which nothing was drawn, and no tensors behind", () => {
    const original = batch(2);
    const before = liveTensors();
    const result = photometric(original, [
      { adjustments: [], sigma: undefined },
      draws[0] as PhotometricDraw,
    ]);
    expect(liveTensors()).toBe(before + 1);
    const half = pixels.length;
    expect(values(result).subarray(0, half)).toEqual(values(original).subarray(0, half));
    expect(values(result).subarray(half)).not.toEqual(values(original).subarray(half));
    expect(() => photometric(original, [])).toThrow(/2 images need as many draws, got 0/);
  });
});

describe("drawPhotometric", () => {
  const drawn = (options: typeof normalAugmentation) =>
    Array.from({ length: 600 }, (_, index) => drawPhotometric(new Random({ seed: 1, index }), options));
  const amounts = (list: PhotometricDraw[], wanted: string) =>
    list.flatMap(({ adjustments }) =>
      adjustments.filter(([kind]) => kind === wanted).map(([, amount]) => amount),
    );
  const range = (list: number[]) => [Math.min(...list), Math.max(...list)] as [number, number];

  it("changes the colors of half of the images, as the official code's normal augmentation", () => {
    const list = drawn(normalAugmentation);
    const changed = list.filter(({ adjustments }) => adjustments.length > 0);
    expect(Math.abs(changed.length - 300)).toBeLessThan(50);
    expect(changed.every(({ adjustments }) => adjustments.length === 4)).toBe(true);
    for (const kind of ["brightness", "contrast", "saturation"]) {
      const [low, high] = range(amounts(list, kind));
      expect([low, high].map((value) => Math.round(value * 20) / 20)).toEqual([0.6, 1.4]);
    }
    const [low, high] = range(amounts(list, "hue"));
    expect([low, high].map((value) => Math.round(value * 20) / 20)).toEqual([-0.1, 0.1]);
    const sigmas = range(list.map(({ sigma }) => sigma ?? Number.NaN));
    expect(sigmas[0]).toBeGreaterThanOrEqual(0.15);
    expect(sigmas[0]).toBeLessThan(0.17);
    expect(sigmas[1]).toBeGreaterThan(1.28);
    expect(sigmas[1]).toBeLessThan(1.3);
  });

  it("changes all images strongly for the meta-test domains, in all 24 orders", () => {
    const list = drawn(strongAugmentation);
    expect(list.every(({ adjustments }) => adjustments.length === 4)).toBe(true);
    const [low, high] = range(amounts(list, "contrast"));
    expect([low, high].map((value) => Math.round(value * 20) / 20)).toEqual([0.2, 1.8]);
    const orders = new Set(list.map(({ adjustments }) => adjustments.map(([kind]) => kind).join()));
    expect(orders.size).toBe(24);
  });

  it("draws nothing for what is off", () => {
    const [only] = drawn({ saturation: 0.5 });
    expect(only?.adjustments.map(([kind]) => kind)).toEqual(["saturation"]);
    expect(only?.sigma).toBeUndefined();
  });

  it("refuses impossible options", () => {
    const random = new Random({ seed: 1 });
    expect(() => drawPhotometric(random, { brightness: -1 })).toThrow(/brightness is -1/);
    expect(() => drawPhotometric(random, { hue: 0.6 })).toThrow(/hue is 0\.6, but must be from 0 to 0\.5/);
    expect(() => drawPhotometric(random, { probability: 2 })).toThrow(/probability is 2/);
    expect(() => drawPhotometric(random, { blur: [0, 1] })).toThrow(/blur is \[0,1\]/);
  });
});
