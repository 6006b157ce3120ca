// What can be segmented. Node takes files, their bytes and pixels; a page takes what it can draw, files, addresses and pixels.

import type { RgbImage, Size } from "@pinmem/core";
import { kindOf, shown } from "./given.js";
import { ModelError } from "./model-error.js";

/** Pixels as programs have them. */
export interface PixelImage extends Size {
  /** Red, green, blue of each pixel, row by row. */
  readonly pixels: Uint8Array | Uint8ClampedArray;
}

/** Pixels as sharp gives them: `await sharp(file).raw().toBuffer({ resolveWithObject: true })`. */
export interface RawImage {
  readonly data: Uint8Array | Uint8ClampedArray;
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
 * A picture: rows of red, green, blue bytes, or sharp's; a Blob, or the bytes of a file; in Node a path or an address; in a page an
 * address, or what can be drawn.
 */
export type Picture =
  | PixelImage
  | RawImage
  | string
  | URL
  | Uint8Array
  | ArrayBuffer
  | Blob
  | DrawableImage
  | DrawableFrame;

/** A picture that nobody changes any more, unless it is one to be drawn. */
export type OwnPicture = Exclude<Picture, PixelImage | RawImage | ArrayBuffer> | RgbImage;

export const isRgb = (picture: OwnPicture): picture is RgbImage =>
  typeof picture === "object" && "pixels" in picture;

/**
 * A copy of numbers that a program may change after its call, which may have to wait for its turn.
 * @throws RangeError where there is none, or pixels are no bytes, or as many as do not fit the size
 */
export function ownPicture(picture: Picture): OwnPicture {
  if (picture === null || picture === undefined)
    throw new RangeError(`segment: a picture is needed, got ${picture}`);
  if (typeof picture !== "object") return picture;
  if (picture instanceof Uint8Array) return new Uint8Array(picture);
  if (isBuffer(picture)) return new Uint8Array(picture.slice(0));
  if ("pixels" in picture) {
    const { width, height, pixels } = checkedImage(picture);
    return { width, height, pixels: new Uint8Array(pixels) };
  }
  if ("data" in picture && "info" in picture) return fromRaw(picture);
  return picture;
}

const isBuffer = (picture: object): picture is ArrayBuffer => kindOf(picture) === "ArrayBuffer";

/** @throws RangeError where data is no bytes, or as many as do not fit the size */
function fromRaw({ data, info }: RawImage): RgbImage {
  checkBytes(data);
  const { width, height, channels } = info ?? {};
  checkSize(width, height);
  if (![1, 2, 3, 4].includes(channels) || data.length !== width * height * channels) {
    throw new RangeError(
      `segment: a picture of ${width}x${height} pixels with ${channels} channels must hold ${width * height * channels} bytes of 1 to 4 channels, got ${data.length}`,
    );
  }
  return { width, height, pixels: channels === 3 ? new Uint8Array(data) : dropAlpha(data, channels) };
}

/** @throws RangeError where pixels are no bytes, or as many as do not fit the size */
export function checkedImage<Given extends PixelImage>(image: Given): Given {
  const { width, height, pixels } = image;
  checkBytes(pixels);
  checkSize(width, height);
  if (pixels.length === width * height * 3) return image;
  throw new RangeError(
    `segment: a picture of ${width}x${height} pixels must hold ${width * height * 3} bytes (red, green, blue), got ${pixels.length}`,
  );
}

/** What to do with what is nearly a picture. */
const remedies: Readonly<Record<string, string>> = {
  Response: "; give `await response.blob()`",
  Promise: "; await it",
};

/** @param are what pictures are where this runs */
export const noPicture = (picture: unknown, are: string): ModelError =>
  new ModelError(`segment: ${are}; got ${shown(picture)}${remedies[kindOf(picture)] ?? ""}`);

/** @throws RangeError where a picture has not that many pixels */
function checkSize(width: unknown, height: unknown): void {
  const isLength = (length: unknown) => Number.isInteger(length) && (length as number) > 0;
  if (isLength(width) && isLength(height)) return;
  throw new RangeError(
    `segment: width and height of a picture must be whole numbers of at least 1, got ${shown(width)} and ${shown(height)}`,
  );
}

/** @throws RangeError where numbers are something else, as those of a Float32Array from 0 to 1 */
function checkBytes(pixels: unknown): asserts pixels is Uint8Array | Uint8ClampedArray {
  if (pixels instanceof Uint8Array || pixels instanceof Uint8ClampedArray) return;
  throw new RangeError(
    `segment: pixels must be bytes, 0 to 255, in a Uint8Array or Uint8ClampedArray, got ${shown(pixels)}`,
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
