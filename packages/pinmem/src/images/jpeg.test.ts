import { Random, type Window } from "@pinmem/core";
import sharp, { type JpegOptions, type Sharp } from "sharp";
import { beforeAll, describe, expect, it } from "vitest";
import { decodeJpeg, jpegTurboVersion } from "./jpeg.js";

const [width, height] = [317, 211];
const whole = { left: 0, top: 0, width, height };

/** Colored waves with noise, whose colors change from pixel to pixel. */
async function encode(options: JpegOptions, edit = (image: Sharp) => image): Promise<Buffer> {
  const random = new Random({ seed: 1, stream: "jpeg" });
  const pixels = Uint8Array.from(
    { length: 3 * width * height },
    (_, i) => 128 + 90 * Math.sin(i / 7) + random.randint(-30, 30),
  );
  return edit(sharp(pixels, { raw: { width, height, channels: 3 } }))
    .jpeg(options)
    .toBuffer();
}

/** The window of what libvips decodes. */
async function byLibvips(bytes: Buffer, { left, top, ...size }: Window): Promise<Buffer> {
  return sharp(bytes)
    .extract({ left, top, ...size })
    .toColourspace("srgb")
    .raw()
    .toBuffer();
}

describe.skipIf(jpegTurboVersion() === null)("JPEG by libjpeg-turbo", () => {
  let usual: Buffer;
  beforeAll(async () => {
    usual = await encode({ chromaSubsampling: "4:2:0" });
  });

  it.each([
    ["4:2:0", "4:2:0", 80, false],
    ["4:4:4", "4:4:4", 95, false],
    ["gray", "4:2:0", 60, true],
  ] as const)(
    "gives any window pixel for pixel as libvips does: %s",
    async (_, chromaSubsampling, quality, gray) => {
      const bytes = await encode({ chromaSubsampling, quality }, (image) =>
        gray ? image.grayscale() : image,
      );
      const random = new Random({ seed: 2, stream: "windows" });
      const windows = Array.from({ length: 60 }, () => {
        const [left, top] = [random.randint(0, width), random.randint(0, height)];
        const [right, bottom] = [random.randint(left, width), random.randint(top, height)];
        return { left, top, width: right - left + 1, height: bottom - top + 1 };
      }).filter((window) => window.left + window.width <= width && window.top + window.height <= height);
      expect(windows.length).toBeGreaterThan(40);
      for (const window of [whole, ...windows]) {
        const pixels = await decodeJpeg(bytes, window);
        expect(pixels, JSON.stringify(window)).not.toBeNull();
        expect(
          Buffer.compare(pixels as Uint8Array, await byLibvips(bytes, window)),
          JSON.stringify(window),
        ).toBe(0);
      }
    },
  );

  it("decodes many at once, each into memory of its own", async () => {
    const windows = Array.from({ length: 40 }, (_, i) => ({
      left: 3 * i,
      top: 2 * i,
      width: 100,
      height: 90,
    }));
    const results = await Promise.all(windows.map((window) => decodeJpeg(usual, window)));
    for (const [i, window] of windows.entries()) {
      expect(Buffer.compare(results[i] as Uint8Array, await byLibvips(usual, window))).toBe(0);
    }
  });

  it("leaves what is unusual to libvips", async () => {
    const progressive = await encode({ progressive: true });
    const fourColors = await encode({}, (image) => image.toColourspace("cmyk"));
    for (const bytes of [progressive, fourColors]) expect(await decodeJpeg(bytes, whole)).toBeNull();
  });

  it("leaves what is cut short to libvips", async () => {
    for (let length = 0; length < usual.length - 2; length += 97) {
      expect(await decodeJpeg(usual.subarray(0, length), whole)).toBeNull();
    }
  });

  it("leaves a file with any byte changed to libvips, or decodes it as libvips does", async () => {
    let decoded = 0;
    for (let at = 2; at < 700; at++) {
      const changed = Buffer.from(usual);
      changed[at] = (changed[at] as number) ^ 0xff;
      const pixels = await decodeJpeg(changed, whole);
      if (!pixels) continue;
      decoded++;
      expect(Buffer.compare(pixels, await byLibvips(changed, whole)), `byte ${at}`).toBe(0);
    }
    expect(decoded).toBeGreaterThan(100); // Many bytes of the tables change pixels only.
  });

  it("has no pixels outside the image", async () => {
    const outside = [
      { ...whole, width: width + 1 },
      { ...whole, top: height },
      { left: width - 1, top: 0, width: 2, height: 1 },
    ];
    for (const window of outside) expect(await decodeJpeg(usual, window)).toBeNull();
  });
});

it("takes JPEG alone", async () => {
  const png = await sharp({ create: { width: 4, height: 4, channels: 3, background: "red" } })
    .png()
    .toBuffer();
  expect(await decodeJpeg(png, { left: 0, top: 0, width: 4, height: 4 })).toBeNull();
  expect(await decodeJpeg(new Uint8Array(), { left: 0, top: 0, width: 1, height: 1 })).toBeNull();
});
