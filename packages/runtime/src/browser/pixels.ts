// Pictures in a page: the browser decodes and draws them at their own size. It never resizes: its way to do that changes labels.

import type { RgbImage } from "@pinmem/core";
import { type DrawableFrame, type DrawableImage, dropAlpha, givenPixels, type Picture } from "../image.js";
import { ModelError } from "../model-error.js";
import { firstLine } from "../onnx.js";

/** @throws ModelError where a picture cannot be fetched, decoded or drawn */
export async function pixelsOf(picture: Picture, signal?: AbortSignal): Promise<RgbImage> {
  const given = givenPixels(picture);
  if (given) return given;
  if (typeof picture === "string" || picture instanceof URL) {
    const address = String(picture);
    return await decode(await fetchBlob(address, signal), address);
  }
  if (picture instanceof Blob) return await decode(picture, "the picture");
  if (picture instanceof Uint8Array)
    return await decode(new Blob([picture as Uint8Array<ArrayBuffer>]), "the picture");
  if (picture instanceof ImageData) {
    const { width, height, data } = picture;
    return { width, height, pixels: dropAlpha(data, 4) };
  }
  return draw(picture as DrawableImage | DrawableFrame);
}

async function fetchBlob(address: string, signal?: AbortSignal): Promise<Blob> {
  try {
    const response = await fetch(address, { ...(signal && { signal }) });
    if (!response.ok) throw new Error(`the server answered ${response.status}`);
    return await response.blob();
  } catch (cause) {
    if (signal?.aborted) throw cause;
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
    return draw(bitmap);
  } finally {
    bitmap.close();
  }
}

interface ElementSize {
  readonly naturalWidth?: number;
  readonly naturalHeight?: number;
  readonly videoWidth?: number;
  readonly videoHeight?: number;
}

/** Pixels that are drawn and read together: a large picture needs no second one of its size beside it. */
const PIXELS_AT_ONCE = 2 ** 20;

function draw(source: DrawableImage | DrawableFrame): RgbImage {
  const { naturalWidth, naturalHeight, videoWidth, videoHeight } = source as ElementSize;
  const [shownWidth, shownHeight] =
    "displayWidth" in source ? [source.displayWidth, source.displayHeight] : [source.width, source.height];
  const width = naturalWidth ?? videoWidth ?? shownWidth;
  const height = naturalHeight ?? videoHeight ?? shownHeight;
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
