import { Random } from "@pinmem/core";
import { describe, expect, it } from "vitest";
import { Frame } from "../shading/frame.js";
import { addBloom } from "./bloom.js";
import { compress } from "./compression.js";
import { type Development, develop } from "./develop.js";
import { blur } from "./lens.js";
import { addSnowfall } from "./precipitation.js";
import { reflectInWetGround } from "./reflection.js";

const neutral: Development = {
  exposure: 1,
  cast: [1, 1, 1],
  contrast: 1,
  saturation: 1,
  flare: 0,
  vignette: 0,
  noise: 0,
  seed: 1,
};

const mean = (values: ArrayLike<number>) =>
  Array.from(values).reduce((sum, value) => sum + value, 0) / values.length;

/** A frame whose light is a function of the place and the channel. */
function frameOf(
  width: number,
  height: number,
  light: (x: number, y: number, channel: number) => number,
): Frame {
  const frame = new Frame(width, height);
  frame.color.forEach((_, at) => {
    const pixel = Math.floor(at / 3);
    frame.color[at] = light(pixel % width, Math.floor(pixel / width), at % 3);
  });
  return frame;
}

describe("develop", () => {
  it("gives more for more light, in each channel by itself", () => {
    const frame = frameOf(256, 1, (x, _, channel) => (channel === 1 ? x / 64 : 0.2));
    const image = new Uint8Array(3 * 256);
    develop(frame, image, neutral);
    for (let x = 1; x < 256; x++) {
      expect(image[3 * x + 1]).toBeGreaterThanOrEqual(image[3 * x - 2] as number);
      expect(image[3 * x]).toBe(image[0]);
    }
    expect(image[1]).toBe(0);
    expect(image[3 * 255 + 1]).toBeGreaterThan(240);
  });

  it("adds noise of the strength asked for, without changing the mean", () => {
    // Not even, or else all pixels would be rounded in the same direction.
    const gray = frameOf(128, 128, (x, y) => 0.2 + (x + y) / 1000);
    const clean = new Uint8Array(gray.color.length);
    develop(gray, clean, neutral);
    const noisy = new Uint8Array(gray.color.length);
    develop(gray, noisy, { ...neutral, noise: 6 });
    const differences = Array.from(noisy, (value, at) => value - (clean[at] as number));
    const deviation = Math.sqrt(mean(differences.map((value) => value * value)));
    expect(Math.abs(mean(differences))).toBeLessThan(0.2);
    expect(deviation).toBeGreaterThan(3);
    expect(deviation).toBeLessThan(7);
  });

  it("darkens the corners, not the middle, with a vignette", () => {
    const gray = frameOf(64, 32, () => 0.5);
    const [plain, dark] = [new Uint8Array(gray.color.length), new Uint8Array(gray.color.length)];
    develop(gray, plain, neutral);
    develop(gray, dark, { ...neutral, vignette: 0.5 });
    const middle = 3 * (16 * 64 + 32);
    expect(dark[middle]).toBe(plain[middle]);
    expect(dark[0]).toBeLessThan((plain[0] as number) - 20);
  });
});

describe("blur", () => {
  it("keeps the mean and spreads a point as widely as asked", () => {
    const frame = frameOf(65, 33, (x, y) => (x === 32 && y === 16 ? 1 : 0));
    blur(frame, 2);
    let total = 0;
    let squares = 0;
    for (let y = 0; y < 33; y++) {
      for (let x = 0; x < 65; x++) {
        const value = frame.color[3 * (y * 65 + x)] as number;
        total += value;
        squares += value * (x - 32) ** 2;
      }
    }
    expect(total).toBeCloseTo(1, 5);
    // The kernel ends at two deviations, which takes some of the spread away.
    expect(Math.sqrt(squares / total)).toBeGreaterThan(1.6);
    expect(Math.sqrt(squares / total)).toBeLessThan(2.05);
  });

  it("leaves an even picture even, up to its edges", () => {
    const frame = frameOf(20, 16, (_x, _y, channel) => channel + 1);
    blur(frame, 1.5);
    frame.color.forEach((value, at) => {
      expect(value).toBeCloseTo((at % 3) + 1, 5);
    });
  });
});

describe("compress", () => {
  const image = Uint8Array.from({ length: 3 * 40 * 24 }, (_, at) => {
    const x = Math.floor(at / 3) % 40;
    return 128 + 90 * Math.sin(x / 3 + (at % 3)) * Math.cos(Math.floor(at / 120) / 4);
  });
  const lossAt = (quality: number) => {
    const copy = image.slice();
    compress(copy, 40, 24, quality);
    return Math.sqrt(mean(Array.from(copy, (value, at) => (value - (image[at] as number)) ** 2)));
  };

  it("loses more at lower quality and nothing at 0, which means none", () => {
    expect(lossAt(0)).toBe(0);
    expect(lossAt(90)).toBeLessThan(lossAt(40));
    expect(lossAt(40)).toBeLessThan(lossAt(8));
  });

  it("keeps an even gray picture, also where blocks are cut off", () => {
    const gray = new Uint8Array(3 * 21 * 13).fill(77);
    compress(gray, 21, 13, 90);
    for (const value of gray) expect(Math.abs(value - 77)).toBeLessThanOrEqual(1);
  });
});

describe("bloom, snow and wet ground", () => {
  it("spreads only what is brighter than white", () => {
    const dull = frameOf(64, 32, () => 0.9);
    const before = dull.color.slice();
    addBloom(dull, 0.5);
    expect(dull.color).toEqual(before);
    const lamp = frameOf(64, 32, (x, y) => (x === 30 && y === 15 ? 12 : 0));
    addBloom(lamp, 0.5);
    expect(lamp.color[3 * (15 * 64 + 35)]).toBeGreaterThan(0.001);
  });

  it("brightens a dark picture with flakes, the same ones for the same numbers", () => {
    const [a, b] = [frameOf(64, 32, () => 0.1), frameOf(64, 32, () => 0.1)];
    for (const frame of [a, b]) addSnowfall(frame, 0.5, new Random({ seed: 4 }));
    expect(mean(a.color)).toBeGreaterThan(0.102);
    expect(a.color).toEqual(b.color);
  });

  it("mirrors a lamp in the wet ground below it", () => {
    const frame = frameOf(32, 64, (x, y) => (x === 16 && y >= 18 && y < 24 ? 5 : 0));
    frame.wet.fill(1, 32 * 32);
    reflectInWetGround(frame);
    const column = (x: number) => {
      let sum = 0;
      for (let y = 33; y < 64; y++) sum += frame.color[3 * (y * 32 + x)] as number;
      return sum;
    };
    expect(column(16)).toBeGreaterThan(0.5);
    expect(column(4)).toBe(0);
  });
});
