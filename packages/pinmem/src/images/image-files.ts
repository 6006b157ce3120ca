// Which files are pictures: their endings tell. Whether one can be read is found out when it is opened.

import { extname } from "node:path";

/** Of files that can be decoded (image.ts), in small letters. */
export const imageEndings = [
  ".jpg",
  ".jpeg",
  ".png",
  ".webp",
  ".tif",
  ".tiff",
  ".avif",
  ".gif",
  ".bmp",
] as const;

export const isImageFile = (file: string): boolean =>
  (imageEndings as readonly string[]).includes(extname(file).toLowerCase());
