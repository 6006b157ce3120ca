// What can be segmented. Node takes files, their bytes and pixels; a page takes what it can draw, files, addresses and pixels.

import type { RgbImage } from "@pinmem/core";

/** Pixels as sharp gives them: `await sharp(file).raw().toBuffer({ resolveWithObject: true })`. */
export interface RawImage {
  readonly data: Uint8Array;
  readonly info: {
    readonly width: number;
    readonly height: number;
    /** 1: gray, 3: red, green, blue, 4: and alpha, which is dropped; 2: gray and alpha. */
    readonly channels: number;
  };
}

/** What a page can draw: an ImageBitmap, a canvas, an image or video element, ImageData. */
export interface DrawableImage {
  readonly width: number;
  readonly height: number;
}

/** A frame of a video, as WebCodecs gives it. */
export interface DrawableFrame {
  readonly displayWidth: number;
  readonly displayHeight: number;
}

/**
 * A picture: rows of red, green, blue bytes, or sharp's; in Node a path, or the bytes of a file; in a page an address, a Blob, or
 * what can be drawn.
 */
export type Picture = RgbImage | RawImage | string | URL | Uint8Array | Blob | DrawableImage | DrawableFrame;

/**
 * @returns the pixels where the picture is given by them; null where it has to be decoded or drawn
 * @throws RangeError where there is none, or pixels are no bytes
 */
export function givenPixels(picture: Picture): RgbImage | null {
  if (picture === null || picture === undefined)
    throw new RangeError(`segment: a picture is needed, got ${picture}`);
  if (typeof picture !== "object") return null;
  if ("pixels" in picture) return picture;
  if ("data" in picture && "info" in picture) return fromRaw(picture);
  return null;
}

/** @throws RangeError where data is no bytes, or as many as do not fit the size */
function fromRaw({ data, info: { width, height, channels } }: RawImage): RgbImage {
  checkBytes(data);
  if (![1, 2, 3, 4].includes(channels) || data.length !== width * height * channels) {
    throw new RangeError(
      `segment: a picture of ${width}x${height} pixels with ${channels} channels must hold ${width * height * channels} bytes of 1 to 4 channels, got ${data.length}`,
    );
  }
  return { width, height, pixels: channels === 3 ? data : dropAlpha(data, channels) };
}

/** @throws RangeError where numbers are something else, as those of a Float32Array from 0 to 1 */
export function checkBytes(pixels: unknown): asserts pixels is Uint8Array | Uint8ClampedArray {
  if (pixels instanceof Uint8Array || pixels instanceof Uint8ClampedArray) return;
  const kind = Object.prototype.toString.call(pixels).slice(8, -1);
  throw new RangeError(
    `segment: pixels must be bytes, 0 to 255, in a Uint8Array or Uint8ClampedArray, got ${kind}`,
  );
}

/** Red, green, blue of pixels of 1 (gray), 2 (gray, alpha) or 4 (red, green, blue, alpha) bytes. */
export function dropAlpha(data: Uint8Array | Uint8ClampedArray, channels: number): Uint8Array {
  const pixels = new Uint8Array((data.length / channels) * 3);
  const [green, blue] = channels < 3 ? [0, 0] : [1, 2];
  for (let from = 0, to = 0; from < data.length; from += channels, to += 3) {
    pixels[to] = data[from] as number;
    pixels[to + 1] = data[from + green] as number;
    pixels[to + 2] = data[from + blue] as number;
  }
  return pixels;
}
