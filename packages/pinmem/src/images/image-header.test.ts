import sharp from "sharp";
import { describe, expect, it } from "vitest";
import { fixtureFile, readFixture } from "../../test/data-fixtures.js";
import { readImageHeader } from "./image-header.js";

describe("readImageHeader", () => {
  it.each(["photo.jpg", "turned.jpg", "grey.jpg", "cmyk.jpg", "portrait.jpg", "photo.png", "alpha.png"])(
    "says what libvips says: %s",
    async (name) => {
      const { width, height, orientation = 1 } = await sharp(fixtureFile(name)).metadata();
      expect(readImageHeader(readFixture(name))).toMatchObject({ width, height, orientation });
    },
  );

  it("reads every orientation, in either byte order, and progressive files", async () => {
    for (let orientation = 1; orientation <= 8; orientation++) {
      const bytes = await sharp(fixtureFile("photo.png"))
        .withMetadata({ orientation })
        .jpeg({ progressive: true })
        .toBuffer();
      expect(readImageHeader(bytes)).toEqual({ width: 24, height: 12, orientation });
    }
    const bigEndian = Uint8Array.from(readFixture("turned.jpg"));
    const exif = Buffer.from(bigEndian).indexOf("Exif");
    const tiff = [0x4d, 0x4d, 0, 42, 0, 0, 0, 8, 0, 1, 1, 0x12, 0, 3, 0, 0, 0, 1, 0, 8, 0, 0];
    bigEndian.set(tiff, exif + 6);
    expect(readImageHeader(bigEndian)?.orientation).toBe(8);
  });

  it("leaves the rest to libvips, however the file is cut or garbled", () => {
    expect(readImageHeader(readFixture("polygons.json"))).toBeUndefined();
    expect(readImageHeader(new Uint8Array())).toBeUndefined();
    const whole = readFixture("turned.jpg");
    const sof = Buffer.from(whole).indexOf(Buffer.of(0xff, 0xc0));
    for (let end = 0; end < sof + 9; end++) expect(readImageHeader(whole.subarray(0, end))).toBeUndefined();
    for (let at = 2; at < sof; at++) {
      const garbled = Uint8Array.from(whole);
      garbled[at] = 255 - (garbled[at] ?? 0);
      expect(() => readImageHeader(garbled)).not.toThrow();
    }
  });
});
