import { crc32 } from "node:zlib";
import sharp from "sharp";
import { describe, expect, it } from "vitest";
import { fixtureFile, pixelsOf, readFixture } from "../../test/data-fixtures.js";
import { readPng, readPngSize } from "./png.js";

const read = (name: string) => readPng(readFixture(name), fixtureFile(name));

describe("readPng", () => {
  const names = [
    "ids.png",
    "random.png",
    "filters.png",
    "interlaced.png",
    "one-bit.png",
    "two-bits.png",
    "vistas.png",
    "gtav.png",
    "colors.png",
    "synthia.png",
    "grey16.png",
  ];
  it.each(names)("reads the samples as they are stored: %s", (name) => {
    const { shape, data } = pixelsOf(name);
    const png = read(name);
    const [height, width, channels = 1] = shape;
    expect([png.height, png.width, png.channels]).toEqual([height, width, channels]);
    const { samples } = png;
    expect(new Uint8Array(samples.buffer, samples.byteOffset, samples.byteLength)).toEqual(data);
  });

  it("keeps 16 bits and the palette", () => {
    expect(read("synthia.png").samples).toBeInstanceOf(Uint16Array);
    expect([...(read("gtav.png").palette ?? [])].slice(0, 6)).toEqual([128, 64, 128, 244, 35, 232]);
    expect(read("ids.png").palette).toBeUndefined();
  });

  it.each([false, true])("reads large images in parts as they are, interlaced: %s", async (progressive) => {
    const [width, height, channels] = [3000, 3001, 3] as const;
    const pixels = new Uint8Array(width * height * channels);
    for (let at = 0; at < pixels.length; at++) pixels[at] = (at * at) >> 9;
    const bytes = await sharp(pixels, { raw: { width, height, channels } })
      .png({ adaptiveFiltering: true, progressive, compressionLevel: 1 })
      .toBuffer();
    expect(Buffer.compare(readPng(bytes, "large.png").samples as Uint8Array, pixels)).toBe(0);
  });

  it("names the file and what is wrong with it", () => {
    expect(() => read("truncated-label.png")).toThrow(/truncated-label\.png: is truncated: it ends after/);
    expect(() => read("damaged-label.png")).toThrow(
      /damaged-label\.png: is damaged: the checksum of its IDAT/,
    );
    expect(() => read("photo.jpg")).toThrow(/photo\.jpg: is not a PNG file/);
    expect(() => readPng(new Uint8Array(), "empty.png")).toThrow(/empty\.png: is not a PNG file/);
  });

  it("refuses images over the limit before unpacking them", () => {
    const bomb = Uint8Array.from(readFixture("ids.png"));
    const view = new DataView(bomb.buffer);
    view.setUint32(16, 100_000);
    view.setUint32(20, 100_000);
    view.setUint32(29, crc32(bomb.subarray(12, 29)));
    const before = process.memoryUsage().rss;
    expect(() => readPng(bomb, "bomb.png")).toThrow(
      /bomb\.png: is 100000x100000 pixels; the limit is 100000000 pixels/,
    );
    expect(process.memoryUsage().rss - before).toBeLessThan(2 ** 28);
    expect(() => readPng(readFixture("ids.png"), "ids.png", { maxPixels: 100 })).toThrow(
      /ids\.png: is 24x12 pixels; the limit is 100 pixels/,
    );
  });

  it("reads the size from the header alone", () => {
    expect(readPngSize(readFixture("truncated-label.png"), "x.png")).toMatchObject({ width: 24, height: 12 });
  });
});
