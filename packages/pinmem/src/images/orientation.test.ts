// Photographs whose orientation tag turns them: as libvips turns them, whichever decoder reads them and however the tag is
// written.

import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { crc32 } from "node:zlib";
import { Random } from "@pinmem/core";
import sharp from "sharp";
import { beforeAll, describe, expect, it } from "vitest";
import { temporaryFolder } from "../../test/data-fixtures.js";
import { readExifOrientation } from "./exif.js";
import { decodeImage, openImage } from "./image.js";
import { readImageHeader } from "./image-header.js";

const [width, height] = [45, 29];
const SHORT = 3;
const LONG = 4;

/** EXIF data with one tag. */
function tiff(little: boolean, type: number, value: number, { count = 1, magic = 42 } = {}): Buffer {
  const bytes = Buffer.alloc(26);
  const u16 = (part: number, at: number) =>
    little ? bytes.writeUInt16LE(part, at) : bytes.writeUInt16BE(part, at);
  const u32 = (part: number, at: number) =>
    little ? bytes.writeUInt32LE(part, at) : bytes.writeUInt32BE(part, at);
  bytes.write(little ? "II" : "MM");
  u16(magic, 2);
  u32(8, 4);
  u16(1, 8);
  u16(0x0112, 10);
  u16(type, 12);
  u32(count, 14);
  if (type === LONG || type === 9) u32(value, 18);
  else if (type === SHORT || type === 8) u16(value, 18);
  else bytes[18] = value;
  return bytes;
}

let jpeg: Buffer;
let png: Buffer;
beforeAll(async () => {
  const random = new Random({ seed: 1, stream: "orientation" });
  const pixels = Uint8Array.from(
    { length: 3 * width * height },
    (_, at) => 128 + 90 * Math.sin(at / 31) + random.randint(-20, 20),
  );
  const image = sharp(pixels, { raw: { width, height, channels: 3 } });
  [jpeg, png] = await Promise.all([image.jpeg({ quality: 90 }).toBuffer(), image.png().toBuffer()]);
});

function jpegWith(...segments: readonly Buffer[]): Buffer {
  const parts = segments.flatMap((exif) => {
    const payload = Buffer.concat([Buffer.from("Exif\0\0"), exif]);
    return [Buffer.of(0xff, 0xe1, 0, payload.length + 2), payload];
  });
  return Buffer.concat([jpeg.subarray(0, 2), ...parts, jpeg.subarray(2)]);
}

function pngWith(exif: Buffer, behindPixels = false): Buffer {
  const chunk = Buffer.alloc(12 + exif.length);
  chunk.writeUInt32BE(exif.length, 0);
  chunk.write("eXIf", 4);
  exif.copy(chunk, 8);
  chunk.writeUInt32BE(crc32(chunk.subarray(4, -4)), exif.length + 8);
  const at = behindPixels ? png.length - 12 : 33;
  return Buffer.concat([png.subarray(0, at), chunk, png.subarray(at)]);
}

async function open(bytes: Buffer) {
  const file = join(temporaryFolder(), "photo");
  writeFileSync(file, bytes);
  return openImage(file);
}

const byLibvips = (bytes: Buffer) =>
  sharp(bytes, { autoOrient: true }).toColourspace("srgb").raw().toBuffer({ resolveWithObject: true });

describe("a photograph with an orientation tag", () => {
  const orientations = [1, 2, 3, 4, 5, 6, 7, 8];
  const kinds = [true, false].flatMap((little) =>
    [SHORT, LONG].map(
      (type) => [`${little ? "II" : "MM"}, ${type === SHORT ? "SHORT" : "LONG"}`, little, type] as const,
    ),
  );

  it.each(kinds)("is turned as libvips turns it, as JPEG and as PNG: %s", async (_, little, type) => {
    for (const orientation of orientations) {
      for (const withExif of [jpegWith, pngWith]) {
        const bytes = withExif(tiff(little, type, orientation));
        const { data, info } = await byLibvips(bytes);
        expect(readImageHeader(bytes)).toEqual({ width, height, orientation });
        const packed = await open(bytes);
        expect([packed.width, packed.height]).toEqual([info.width, info.height]);
        const { pixels } = await decodeImage(packed);
        expect(Buffer.compare(pixels, data), `${withExif.name} ${orientation}`).toBe(0);
      }
    }
  });

  it("shows any window as in the whole", async () => {
    const random = new Random({ seed: 2, stream: "windows" });
    for (const orientation of orientations) {
      for (const bytes of [
        jpegWith(tiff(true, SHORT, orientation)),
        pngWith(tiff(true, SHORT, orientation)),
      ]) {
        const packed = await open(bytes);
        const whole = await decodeImage(packed);
        for (let turn = 0; turn < 6; turn++) {
          const [left, top] = [random.randint(0, packed.width), random.randint(0, packed.height)];
          const window = {
            left,
            top,
            width: random.randint(1, packed.width - left + 1),
            height: random.randint(1, packed.height - top + 1),
          };
          const part = await decodeImage(packed, window);
          for (let y = 0; y < window.height; y++) {
            const begin = 3 * ((top + y) * whole.width + left);
            const row = part.pixels.subarray(3 * y * window.width, 3 * (y + 1) * window.width);
            expect(Buffer.compare(row, whole.pixels.subarray(begin, begin + row.length))).toBe(0);
          }
        }
      }
    }
  });

  it("is turned where the tag stands behind the pixels of a PNG file, as the format allows", () => {
    expect(readImageHeader(pngWith(tiff(false, SHORT, 6), true))?.orientation).toBe(6);
  });

  it("is judged by libvips' rules where the tag is odd", async () => {
    const odd: Buffer[] = [
      ...[1, 6, 9].flatMap((type) => [tiff(true, type, 6), tiff(false, type, 6)]),
      ...[0, 2, 3].map((count) => tiff(false, SHORT, 6, { count })),
      ...[0, 9, 70_000].map((value) => tiff(false, LONG, value)),
      tiff(true, SHORT, 6, { magic: 43 }),
      Buffer.from(tiff(true, SHORT, 6)).fill("XX", 0, 2),
      tiff(true, SHORT, 6).subarray(0, 18),
    ];
    for (const exif of odd) {
      const bytes = jpegWith(exif);
      const { orientation = 1 } = await sharp(bytes).metadata();
      expect(readImageHeader(bytes)?.orientation, exif.toString("hex")).toBe(orientation);
    }
    const two = jpegWith(tiff(true, SHORT, 3), tiff(true, SHORT, 6));
    expect(readImageHeader(two)?.orientation).toBe((await sharp(two).metadata()).orientation);
  });

  it("is left as stored when asked to", async () => {
    const file = join(temporaryFolder(), "photo");
    writeFileSync(file, jpegWith(tiff(false, LONG, 6)));
    const packed = await openImage(file, { orientation: "as-stored" });
    expect([packed.width, packed.height]).toEqual([width, height]);
  });
});

describe("photographs that were not turned once", () => {
  const folder = fileURLToPath(new URL("../../test/fixtures/cases/orientation/", import.meta.url));
  it.each(["exif_II_4_6.jpg", "exif_MM_3_6.jpg", "exif_MM_4_6.jpg", "png_exif_6.png"])("%s", async (name) => {
    const { data, info } = await byLibvips(readFileSync(join(folder, name)));
    const image = await decodeImage(await openImage(join(folder, name)));
    expect([image.width, image.height]).toEqual([37, 53]);
    expect([info.width, info.height]).toEqual([37, 53]);
    expect(Buffer.compare(image.pixels, data)).toBe(0);
  });
});

it("reads EXIF data that is garbled or cut without harm", () => {
  const whole = tiff(true, SHORT, 6);
  for (let end = 0; end < whole.length; end++)
    expect(() => readExifOrientation(whole.subarray(0, end))).not.toThrow();
  for (let at = 0; at < whole.length; at++) {
    const garbled = Uint8Array.from(whole);
    garbled[at] = 255 - (garbled[at] as number);
    expect(() => readExifOrientation(garbled)).not.toThrow();
  }
});
