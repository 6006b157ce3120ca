// Pictures and labels as pixels: decoded by the browser at their own size, upright, colors as they are in the file.

import { askServer } from "./ask-server.js";
import type { Picture } from "./state.js";

const exact = { colorSpaceConversion: "none", premultiplyAlpha: "none" } as const;

/** Bytes behind an address of the site. @throws where the server is gone or refuses */
export async function fetchBlob(address: string): Promise<Blob> {
  return await (await askServer(address)).blob();
}

/** A file that is no picture, or none that this browser knows; asking for it again will not help. */
export class UndecodableError extends Error {}

const pictures = new WeakMap<ImageBitmap, Picture>();

/** @throws UndecodableError where it cannot be decoded; where it cannot be had */
export async function bitmapOf(picture: Picture): Promise<ImageBitmap> {
  const blob = await picture.blob();
  const bitmap = await createImageBitmap(blob, exact).catch(() => {
    throw new UndecodableError(`${picture.name} cannot be decoded: choose a JPEG, PNG, WebP or AVIF picture`);
  });
  pictures.set(bitmap, picture);
  return bitmap;
}

/**
 * Which picture is seen: for a moment after another was chosen, it is still the one before.
 * @returns undefined for a frame of a video, and for none
 */
export const pictureIn = (bitmap: ImageBitmap | null): Picture | undefined =>
  bitmap === null ? undefined : pictures.get(bitmap);

/** Train ids of a gray PNG. */
export async function labelPixels(address: string): Promise<Uint8Array> {
  const bitmap = await createImageBitmap(await fetchBlob(address), exact);
  const { width, height } = bitmap;
  const context = new OffscreenCanvas(width, height).getContext("2d") as OffscreenCanvasRenderingContext2D;
  context.drawImage(bitmap, 0, 0);
  bitmap.close();
  const { data } = context.getImageData(0, 0, width, height);
  return Uint8Array.from({ length: width * height }, (_, at) => data[at * 4] as number);
}
