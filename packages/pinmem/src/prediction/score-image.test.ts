import type { RgbImage } from "@pinmem/core";
import { fromTypedArray, liveTensors, manualSeed, type Tensor } from "@pinmem/torch";
import { beforeEach, describe, expect, it } from "vitest";
import { TinyNetwork } from "../../test/tiny-network.js";
import { predict } from "../models/segment.js";
import { type Scorer, scoreImage } from "./score-image.js";

const STRIDE = 4;
beforeEach(() => manualSeed(2));

function noise(width: number, height: number): RgbImage {
  let state = 1;
  const pixels = Uint8Array.from({ length: width * height * 3 }, () => {
    state = (state * 48271) % 2147483647;
    return state & 255;
  });
  return { width, height, pixels };
}

const toTensor = ({ width, height, pixels }: RgbImage): Tensor =>
  fromTypedArray(pixels, [1, height, width, 3]).permute([0, 3, 1, 2]).to("float32").div(255);

/** All scores, class by class, and the tops of the parts in which they came. */
async function scores(score: Scorer, image: RgbImage, side: number) {
  const tops: number[] = [];
  let classes = 0;
  const parts: { top: number; rows: number; values: Float32Array }[] = [];
  await scoreImage(score, image, {
    tile: { width: Math.min(side, image.width), height: Math.min(side, image.height) },
    outputStride: STRIDE,
    finish: (part, top) => {
      tops.push(top);
      classes = part.size(1);
      parts.push({ top, rows: part.size(2), values: part.toTypedArray() as Float32Array });
    },
  });
  const at = (k: number, y: number, x: number): number => {
    const part = parts.find(({ top, rows }) => y >= top && y < top + rows);
    if (!part) throw new Error(`no part has row ${y}`);
    return part.values[(k * part.rows + y - part.top) * image.width + x] as number;
  };
  return { tops, classes, at };
}

describe("scoreImage", () => {
  it("gives the same in tiles as in one piece where pixels are judged alone", async () => {
    const image = noise(150, 131);
    const alone: Scorer = (part) => toTensor(part).mul(10);
    const whole = await scores(alone, image, 1000);
    const tiled = await scores(alone, image, 65);
    expect(whole.tops).toEqual([0]);
    expect(tiled.tops.length).toBeGreaterThan(2);
    expect(tiled.tops).toEqual([...tiled.tops].sort((a, b) => a - b));
    for (let y = 0; y < image.height; y++) {
      for (let x = 0; x < image.width; x++) {
        for (let k = 0; k < 3; k++) expect(tiled.at(k, y, x)).toBeCloseTo(whole.at(k, y, x), 4);
      }
    }
  });

  it("gives the same as in one piece up to rounding, a receptive field away from where tiles end", async () => {
    const network = new TinyNetwork({ classes: 5 });
    network.eval();
    const score: Scorer = (part) => predict(network, toTensor(part));
    const image = noise(129, 33);
    const whole = await scores(score, image, 1000);
    const tiled = await scores(score, image, 65);
    // Tiles begin at 0, 32 and 64; beside their ends lack pixels that convolutions and upsampling reach.
    const ends = [32, 64, 65, 97];
    let [compared, largest, everywhere] = [0, 0, 0];
    for (let x = 0; x < image.width; x++) {
      const near = ends.some((end) => Math.abs(x - end) < 12);
      for (let y = 0; y < image.height; y++) {
        for (let k = 0; k < 5; k++) {
          const difference = Math.abs(tiled.at(k, y, x) - whole.at(k, y, x));
          everywhere = Math.max(everywhere, difference);
          if (near) continue;
          compared++;
          largest = Math.max(largest, difference);
        }
      }
    }
    expect(compared).toBeGreaterThan(1000);
    expect(largest).toBeLessThan(1e-5);
    expect(everywhere).toBeLessThan(0.05);
  });

  it("leaves no tensor behind, also when a tile fails", async () => {
    const before = liveTensors();
    let calls = 0;
    const failing: Scorer = (part) => {
      if (++calls > 4) throw new Error("enough");
      return toTensor(part).mul(2);
    };
    await expect(scores(failing, noise(150, 150), 65)).rejects.toThrow("enough");
    await scores((part) => toTensor(part), noise(150, 150), 65);
    expect(liveTensors()).toBe(before);
  });
});
