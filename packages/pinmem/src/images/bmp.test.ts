import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { Random } from "@pinmem/core";
import { describe, expect, it } from "vitest";
import { temporaryFolder } from "../../test/data-fixtures.js";
import { decodeBmp, readBmpSize } from "./bmp.js";
import { readImage } from "./image.js";
import { readImageHeader } from "./image-header.js";

interface Options {
  readonly bits: number;
  readonly topDown?: boolean;
  readonly headerSize?: 12 | 40 | 108 | 124;
  /** Red, green, blue (with compression 3). */
  readonly masks?: readonly number[];
  readonly compression?: number;
  /** Bytes between header and pixels. */
  readonly gap?: number;
}

/** A file whose pixel (x, y) from the top left has the value `pixelAt(x, y)`, and whose palette is `palette`. */
function bmp(
  width: number,
  height: number,
  pixelAt: (x: number, y: number) => number,
  { bits, topDown = false, headerSize = 40, masks, compression = masks ? 3 : 0, gap = 0 }: Options,
  palette: readonly (readonly number[])[] = [],
): Uint8Array {
  const old = headerSize === 12;
  const extra = masks && headerSize === 40 ? 12 : 0;
  const entry = old ? 3 : 4;
  const pixelsAt = 14 + headerSize + extra + palette.length * entry + gap;
  const rowBytes = (((width * bits + 31) >> 5) << 2) >>> 0;
  const out = Buffer.alloc(pixelsAt + rowBytes * height);
  out.write("BM", 0);
  out.writeUInt32LE(out.length, 2);
  out.writeUInt32LE(pixelsAt, 10);
  out.writeUInt32LE(headerSize, 14);
  if (old) {
    out.writeUInt16LE(width, 18);
    out.writeUInt16LE(height, 20);
    out.writeUInt16LE(1, 22);
    out.writeUInt16LE(bits, 24);
  } else {
    out.writeInt32LE(width, 18);
    out.writeInt32LE(topDown ? -height : height, 22);
    out.writeUInt16LE(1, 26);
    out.writeUInt16LE(bits, 28);
    out.writeUInt32LE(compression, 30);
    out.writeUInt32LE(palette.length, 46);
    masks?.forEach((mask, at) => void out.writeUInt32LE(mask, 54 + 4 * at));
  }
  palette.forEach(([red = 0, green = 0, blue = 0], at) => {
    out.set([blue, green, red], 14 + headerSize + extra + at * entry);
  });
  for (let y = 0; y < height; y++) {
    const row = pixelsAt + rowBytes * (topDown ? y : height - 1 - y);
    for (let x = 0; x < width; x++) {
      const value = pixelAt(x, y);
      if (bits >= 8) out.writeUIntLE(value, row + (x * bits) / 8, bits / 8);
      else {
        const at = row + ((x * bits) >> 3);
        out[at] = (out[at] as number) | (value << (8 - bits - ((x * bits) & 7)));
      }
    }
  }
  return out;
}

const whole = (bytes: Uint8Array) => ({ left: 0, top: 0, ...readBmpSize(bytes, "a.bmp") });
const [width, height] = [13, 5];
const random = new Random({ seed: 1, stream: "bmp" });
const noise = Array.from({ length: width * height }, () => random.randint(0, 2 ** 24));
const noiseAt = (x: number, y: number) => noise[y * width + x] as number;
const rgb = (value: number) => [value >> 16, (value >> 8) & 255, value & 255];

describe("decodeBmp", () => {
  const kinds: [string, Options][] = [
    ["from the bottom up", { bits: 24 }],
    ["from the top down", { bits: 24, topDown: true }],
    ["of the first Windows", { bits: 24, headerSize: 12 }],
    ["with a gap before the pixels", { bits: 24, gap: 6 }],
    ["of 32 bits", { bits: 32 }],
    [
      "of 32 bits with a long header and masks",
      { bits: 32, headerSize: 124, masks: [0xff0000, 0xff00, 0xff] },
    ],
  ];
  it.each(kinds)("gives red, green, blue of files %s", (_, options) => {
    const { pixels } = decodeBmp(
      bmp(width, height, noiseAt, options),
      { left: 0, top: 0, width, height },
      "a.bmp",
    );
    expect([...pixels]).toEqual(noise.flatMap(rgb));
  });

  it.each([1, 4, 8])("looks up palettes of %d bits, at odd widths, too", (bits) => {
    const palette = Array.from({ length: 2 ** bits }, (_, at) => [255 - at, at, (at * 7) % 256]);
    const index = (x: number, y: number) => noiseAt(x, y) % 2 ** bits;
    for (const options of [{ bits }, { bits, headerSize: 12 as const }, { bits, topDown: true }]) {
      const bytes = bmp(width, height, index, options, palette);
      const expected = noise.flatMap((value) => palette[value % 2 ** bits] as number[]);
      expect([...decodeBmp(bytes, whole(bytes), "a.bmp").pixels]).toEqual(expected);
    }
  });

  it("follows masks of 16 bits, and takes five bits a color without", () => {
    const packed = (x: number) => [0xf800, 0x07e0, 0x001f, 0xffff][x] as number;
    const sixGreen = bmp(4, 1, packed, { bits: 16, masks: [0xf800, 0x07e0, 0x001f] });
    const pure = [255, 0, 0, 0, 255, 0, 0, 0, 255, 255, 255, 255];
    expect([...decodeBmp(sixGreen, whole(sixGreen), "a.bmp").pixels]).toEqual(pure);
    const fiveEach = bmp(4, 1, (x) => [0x7c00, 0x03e0, 0x001f, 0x0010][x] as number, { bits: 16 });
    expect([...decodeBmp(fiveEach, whole(fiveEach), "a.bmp").pixels]).toEqual([
      ...pure.slice(0, 9),
      ...[0, 0, Math.trunc((16 * 255) / 31)],
    ]);
  });

  it("gives the pixels of a window", () => {
    const bytes = bmp(width, height, noiseAt, { bits: 24 });
    const { pixels } = decodeBmp(bytes, { left: 3, top: 1, width: 2, height: 2 }, "a.bmp");
    expect([...pixels]).toEqual([noiseAt(3, 1), noiseAt(4, 1), noiseAt(3, 2), noiseAt(4, 2)].flatMap(rgb));
  });

  it("says what is wrong with a file", () => {
    const good = bmp(width, height, noiseAt, { bits: 24 });
    const decode = (bytes: Uint8Array) => () => decodeBmp(bytes, { left: 0, top: 0, width, height }, "a.bmp");
    expect(decode(good.subarray(0, -1))).toThrow(/a\.bmp: is truncated: it ends after \d+ bytes/);
    expect(decode(good.subarray(0, 20))).toThrow(/a\.bmp: is truncated/);
    const compressed = bmp(width, height, () => 0, { bits: 8, compression: 1 });
    expect(decode(compressed)).toThrow(/is a compressed BMP file, which cannot be read; convert it to PNG/);
    expect(decode(bmp(width, height, () => 0, { bits: 16, masks: [0xf800, 0x0520, 0x1f] }))).toThrow(
      /color masks/,
    );
    for (let at = 10; at < 54; at++) {
      const garbled = Uint8Array.from(good);
      garbled[at] = 255 - (garbled[at] as number);
      expect(() => {
        try {
          decode(garbled)();
        } catch (error) {
          if ((error as Error).name !== "DataError") throw error;
        }
      }).not.toThrow();
    }
  });
});

it("opens BMP files as other photographs", async () => {
  const file = join(temporaryFolder(), "a.bmp");
  const bytes = bmp(width, height, noiseAt, { bits: 24 });
  writeFileSync(file, bytes);
  expect(readImageHeader(bytes)).toEqual({ width, height, orientation: 1 });
  const image = await readImage(file);
  expect([image.width, image.height, ...image.pixels]).toEqual([width, height, ...noise.flatMap(rgb)]);
  writeFileSync(file, bytes.subarray(0, 22));
  await expect(readImage(file)).rejects.toThrow(/a\.bmp: is truncated/);
});
