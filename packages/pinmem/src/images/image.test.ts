import { execFileSync } from "node:child_process";
import { truncateSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { crc32 } from "node:zlib";
import sharp from "sharp";
import { describe, expect, it } from "vitest";
import { fixtureFile, pixelsOf, temporaryFolder } from "../../test/data-fixtures.js";
import { decodeImage, openImage } from "./image.js";

const decode = async (name: string) => decodeImage(await openImage(fixtureFile(name)));

function meanDifference(a: Uint8Array, b: Uint8Array): number {
  expect(a.length).toBe(b.length);
  return a.reduce((sum, value, at) => sum + Math.abs(value - (b[at] ?? 0)), 0) / a.length;
}

describe("decodeImage", () => {
  it.each(["photo.png", "photo.jpg", "grey.jpg", "alpha.png", "palette-photo.png", "turned.jpg"])(
    "gives the pixels that Pillow gives: %s",
    async (name) => {
      const { shape, data } = pixelsOf(name);
      const image = await decode(name);
      expect([image.height, image.width, 3]).toEqual(shape);
      expect(meanDifference(image.pixels, data)).toBe(0);
    },
  );

  it("shows CMYK photographs in their colors", async () => {
    const image = await decode("cmyk.jpg");
    expect([image.width, image.height]).toEqual([24, 12]);
    // The file holds no profile, so that converters choose their own; they agree roughly.
    expect(meanDifference(image.pixels, pixelsOf("cmyk.jpg").data)).toBeLessThan(40);
  });

  it("refuses drawings, which are programs, before they are drawn", async () => {
    const file = join(temporaryFolder(), "holiday.jpg");
    const noise = '<filter id="f"><feTurbulence baseFrequency="0.02" numOctaves="9"/></filter>';
    const shape = '<rect width="9000" height="9000" filter="url(#f)"/>';
    writeFileSync(
      file,
      `<svg xmlns="http://www.w3.org/2000/svg" width="9000" height="9000">${noise}${shape}</svg>`,
    );
    await expect(openImage(file)).rejects.toThrow(/holiday\.jpg: is damaged, or no image that can be read/);
  });

  it("leaves a turned photograph as stored when asked to", async () => {
    const image = await decodeImage(await openImage(fixtureFile("turned.jpg"), { orientation: "as-stored" }));
    expect([image.width, image.height]).toEqual([24, 12]);
    expect(meanDifference(image.pixels, pixelsOf("turned.jpg as stored").data)).toBe(0);
  });

  it.each(["photo.png", "photo.jpg", "turned.jpg"])("decodes a window as in the whole: %s", async (name) => {
    const packed = await openImage(fixtureFile(name));
    const whole = await decodeImage(packed);
    const window = { left: 3, top: 4, width: 7, height: 6 };
    const part = await decodeImage(packed, window);
    for (let y = 0; y < window.height; y++) {
      const begin = ((window.top + y) * whole.width + window.left) * 3;
      const row = part.pixels.subarray(y * window.width * 3, (y + 1) * window.width * 3);
      expect(row).toEqual(whole.pixels.subarray(begin, begin + window.width * 3));
    }
  });

  it("decodes 40 megapixels, and refuses them under a lower limit", async () => {
    const file = join(temporaryFolder(), "large.png");
    const color = { r: 1, g: 2, b: 3 };
    await sharp({ create: { width: 8000, height: 5000, channels: 3, background: color } })
      .png()
      .toFile(file);
    const image = await decodeImage(await openImage(file));
    expect(image.pixels.length).toBe(8000 * 5000 * 3);
    expect([...image.pixels.subarray(-3)]).toEqual([1, 2, 3]);
    await expect(openImage(file, { maxPixels: 30_000_000 })).rejects.toThrow(
      /large\.png: is 8000x5000 pixels; the limit/,
    );
  });

  it("refuses a file of one endless row, of which decoders would hold dozens", async () => {
    const file = join(temporaryFolder(), "row.png");
    const size = Buffer.alloc(13);
    size.writeUInt32BE(90_000_000);
    size.writeUInt32BE(1, 4);
    size.set([16, 6], 8);
    const header = Buffer.concat([Buffer.from("IHDR"), size]);
    const bytes = Buffer.alloc(8 + 4 + header.length + 4);
    bytes.set([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);
    bytes.writeUInt32BE(size.length, 8);
    header.copy(bytes, 12);
    bytes.writeUInt32BE(crc32(header), 12 + header.length);
    writeFileSync(file, bytes);
    await expect(openImage(file)).rejects.toThrow(
      /row\.png: is 90000000x1 pixels; no side may have more than 65535: cut it into pieces/,
    );
  });

  it("does not wait for a pipe, nor read a device or a file that is far too large", async () => {
    const folder = temporaryFolder();
    const [pipe, large] = [join(folder, "pipe.png"), join(folder, "large.png")];
    execFileSync("mkfifo", [pipe]);
    writeFileSync(large, "");
    truncateSync(large, 2 ** 31);
    for (const file of [pipe, "/dev/zero"])
      await expect(openImage(file)).rejects.toThrow(/: is a pipe, a socket or a device, not a file/);
    await expect(openImage(large)).rejects.toThrow(/large\.png: has 2147483648 bytes; no file of this kind/);
  });

  it("names the file and what is wrong with it", async () => {
    await expect(decode("truncated.png")).rejects.toThrow(/truncated\.png: is damaged or truncated/);
    await expect(decode("truncated.jpg")).rejects.toThrow(/truncated\.jpg: is damaged/);
    await expect(decode("polygons.json")).rejects.toThrow(
      /polygons\.json: is damaged, or no image that can be read/,
    );
    await expect(decode("missing.jpg")).rejects.toThrow(/missing\.jpg: does not exist/);
    const empty = join(temporaryFolder(), "empty.jpg");
    writeFileSync(empty, "");
    await expect(openImage(empty)).rejects.toThrow(/empty\.jpg: is empty/);
  });
});
