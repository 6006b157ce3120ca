// Pictures in a page: the browser decodes and draws them at their own size. It never resizes: its way to do that changes labels.

import type { RgbImage, Size } from "@pinmem/core";
import { kindOf } from "../given.js";
import {
  type DrawableFrame,
  type DrawableImage,
  dropAlpha,
  isRgb,
  noPicture,
  type OwnPicture,
} from "../image.js";
import { ModelError } from "../model-error.js";
import { firstLine } from "../onnx.js";

/**
 * What an element, a canvas or a frame shows now; null: a picture that is to be decoded.
 * @throws ModelError where it shows nothing, or is no picture
 */
export function drawn(picture: OwnPicture): RgbImage | null {
  if (typeof picture === "string" || isEncoded(picture) || isRgb(picture)) return null;
  if (picture instanceof ImageData) {
    const { width, height, data } = picture;
    return { width, height, pixels: dropAlpha(data, 4) };
  }
  const kind = kindOf(picture);
  if (!drawable.has(kind)) {
    throw noPicture(
      picture,
      "in a page a picture is an address, a Blob, the bytes of a file, an ImageBitmap, a VideoFrame, a canvas, an image or video element, ImageData, or { width, height, pixels }",
    );
  }
  const source = picture as DrawableImage | DrawableFrame;
  const size = shownSize(source);
  if (size.width > 0 && size.height > 0 && isReady(source)) return draw(source, size);
  throw new ModelError(`segment: the ${kind} ${notReady[kind] ?? "has no pixels"}`);
}

const isEncoded = (picture: OwnPicture): picture is URL | Blob | Uint8Array =>
  picture instanceof URL || picture instanceof Blob || picture instanceof Uint8Array;

const drawable: ReadonlySet<string> = new Set([
  "HTMLImageElement",
  "HTMLVideoElement",
  "HTMLCanvasElement",
  "OffscreenCanvas",
  "ImageBitmap",
  "VideoFrame",
]);

/** Why something that can be drawn shows nothing, and what to do. */
const notReady: Readonly<Record<string, string>> = {
  HTMLImageElement:
    "shows no picture: it is not loaded yet (wait for `image.decode()`), or its file is damaged",
  HTMLVideoElement: "shows no frame yet: wait for its event `loadeddata`",
  ImageBitmap: "was closed: segment it before `close()`",
  VideoFrame: "was closed: segment it before `close()`",
};

/** @throws ModelError where a picture cannot be fetched or decoded */
export async function pixelsOf(picture: OwnPicture, signal?: AbortSignal): Promise<RgbImage> {
  if (typeof picture === "string" || picture instanceof URL) {
    const address = String(picture);
    return await decode(await fetchBlob(address, signal), address);
  }
  const blob = picture instanceof Blob ? picture : new Blob([picture as Uint8Array<ArrayBuffer>]);
  return await decode(blob, "the picture");
}

async function fetchBlob(address: string, signal?: AbortSignal): Promise<Blob> {
  try {
    const response = await fetch(address, { ...(signal && { signal }) });
    if (!response.ok) throw new Error(`the server answered ${response.status}`);
    return await response.blob();
  } catch (cause) {
    if (signal?.aborted) throw signal.reason;
    throw new ModelError(`${address} cannot be fetched: ${firstLine(cause)}`, { cause });
  }
}

/** Upright, colors as stored. */
async function decode(blob: Blob, name: string): Promise<RgbImage> {
  let bitmap: ImageBitmap;
  try {
    bitmap = await createImageBitmap(blob, { colorSpaceConversion: "none", premultiplyAlpha: "none" });
  } catch (cause) {
    throw new ModelError(`${name} cannot be decoded: ${firstLine(cause)}`, { cause });
  }
  try {
    return draw(bitmap, bitmap);
  } finally {
    bitmap.close();
  }
}

interface ElementSize {
  readonly naturalWidth?: number;
  readonly naturalHeight?: number;
  readonly videoWidth?: number;
  readonly videoHeight?: number;
  /** Of a video: from 2 on there is a frame to draw. */
  readonly readyState?: number;
}

const isReady = (source: DrawableImage | DrawableFrame): boolean =>
  ((source as ElementSize).readyState ?? 2) >= 2;

function shownSize(source: DrawableImage | DrawableFrame): Size {
  const { naturalWidth, naturalHeight, videoWidth, videoHeight } = source as ElementSize;
  const [width, height] =
    "displayWidth" in source ? [source.displayWidth, source.displayHeight] : [source.width, source.height];
  return { width: naturalWidth ?? videoWidth ?? width, height: naturalHeight ?? videoHeight ?? height };
}

/** Pixels that are drawn and read together: a large picture needs no second one of its size beside it. */
const PIXELS_AT_ONCE = 2 ** 20;

function draw(source: DrawableImage | DrawableFrame, { width, height }: Size): RgbImage {
  try {
    const strip = Math.max(1, Math.min(height, Math.floor(PIXELS_AT_ONCE / width)));
    const context = new OffscreenCanvas(width, strip).getContext("2d", { willReadFrequently: true });
    if (!context) throw new Error("the browser gives no canvas of that size");
    const pixels = new Uint8Array(3 * width * height);
    for (let top = 0; top < height; top += strip) {
      const rows = Math.min(strip, height - top);
      context.clearRect(0, 0, width, strip);
      context.drawImage(source as unknown as CanvasImageSource, 0, -top);
      pixels.set(dropAlpha(context.getImageData(0, 0, width, rows).data, 4), 3 * width * top);
    }
    return { width, height, pixels };
  } catch (cause) {
    throw new ModelError(`a picture of ${width}x${height} pixels cannot be drawn: ${firstLine(cause)}`, {
      cause,
    });
  }
}
