import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { inflateSync } from "node:zlib";
import { describe, expect, it } from "vitest";
import { kernelSourceHash } from "./generated/kernels.js";
import { BicubicResizer, nearestIndices, type RgbImage, sourceWindow } from "./resize.js";

interface Fixture {
  resize: { from: [number, number]; to: [number, number]; bicubic: string; nearest: string }[];
  nearest: { from: number; to: number; indices: string }[];
}
const fixture = JSON.parse(readFileSync(new URL("fixtures/pillow.json", import.meta.url), "utf8")) as Fixture;
const unpack = (packed: string) => new Uint8Array(inflateSync(Buffer.from(packed, "base64")));

/** The numbers of make_pillow.py. */
function noise(length: number): Uint8Array {
  let state = 12345;
  return Uint8Array.from({ length }, () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state >>> 24;
  });
}

const sizes = fixture.resize.map(
  (entry) => [`${entry.from.join("x")} to ${entry.to.join("x")}`, entry] as const,
);

describe("BicubicResizer", () => {
  const resizer = new BicubicResizer();
  const whole = (width: number, height: number) => ({ left: 0, top: 0, width, height });

  it.each(sizes)("equals Pillow bit for bit: %s", (_, { from: [width, height], to, bicubic }) => {
    const image: RgbImage = { width, height, pixels: noise(width * height * 3) };
    const request = { from: image, to: { width: to[0], height: to[1] }, window: whole(...to) };
    expect(resizer.resize(image, { left: 0, top: 0 }, request)).toEqual(unpack(bicubic));
  });

  it.each(sizes)("computes a window alone as in the whole, mirrored or not: %s", (_, entry) => {
    const [width, height] = entry.from;
    const [toWidth, toHeight] = entry.to;
    const pixels = noise(width * height * 3);
    const window = {
      left: Math.floor(toWidth / 3),
      top: Math.floor(toHeight / 4),
      width: Math.ceil(toWidth / 2),
      height: Math.ceil(toHeight / 2),
    };
    const size = { from: { width, height }, to: { width: toWidth, height: toHeight }, window };
    const needed = sourceWindow(size);
    const part = new Uint8Array(needed.width * needed.height * 3);
    for (let row = 0; row < needed.height; row++) {
      const begin = ((needed.top + row) * width + needed.left) * 3;
      part.set(pixels.subarray(begin, begin + needed.width * 3), row * needed.width * 3);
    }
    const expected = unpack(entry.bicubic);
    for (const mirrored of [false, true]) {
      const got = resizer.resize({ ...needed, pixels: part }, needed, { ...size, mirrored });
      for (let y = 0; y < window.height; y++) {
        for (let x = 0; x < window.width; x++) {
          const column = window.left + (mirrored ? window.width - 1 - x : x);
          const at = ((window.top + y) * toWidth + column) * 3;
          expect(got.slice((y * window.width + x) * 3).slice(0, 3)).toEqual(expected.slice(at, at + 3));
        }
      }
    }
  });

  it("refuses a part of the source that is too small, as our own mistake", () => {
    const image: RgbImage = { width: 4, height: 4, pixels: noise(48) };
    const request = {
      from: { width: 8, height: 8 },
      to: { width: 8, height: 8 },
      window: whole(8, 8),
    };
    expect(() => resizer.resize(image, { left: 0, top: 0 }, request)).toThrow(/internal:.*4x4 pixels/);
  });
});

describe("nearestIndices", () => {
  it.each(sizes)("equals Pillow: %s", (_, { from: [width, height], to: [toWidth, toHeight], nearest }) => {
    const label = noise(width * height);
    const columns = nearestIndices(width, toWidth, 0, toWidth);
    const rows = nearestIndices(height, toHeight, 0, toHeight);
    const got = Uint8Array.from({ length: toWidth * toHeight }, (_, at) => {
      const row = rows[Math.floor(at / toWidth)] ?? -1;
      return label[row * width + (columns[at % toWidth] ?? -1)] ?? 0;
    });
    expect(got).toEqual(unpack(nearest));
  });

  it.each(fixture.nearest)("equals Pillow on long axes: $from to $to", ({ from, to, indices }) => {
    const expected = new Int32Array(unpack(indices).buffer);
    expect(nearestIndices(from, to, 0, to)).toEqual(expected);
    const half = Math.floor(to / 2);
    expect(nearestIndices(from, to, half, 100)).toEqual(expected.slice(half, half + 100));
  });
});

it("has kernels made from their sources as they are", () => {
  const hash = createHash("sha256");
  for (const name of ["resize.ts", "unfilter.ts", "pick.ts"]) {
    hash.update(readFileSync(new URL(`../../kernels/${name}`, import.meta.url)));
  }
  expect(hash.digest("hex")).toBe(kernelSourceHash);
});
