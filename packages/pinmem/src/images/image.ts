// Reads photographs as RGB bytes, whole or only the part that a crop needs. Decoding is libvips' through sharp, chosen
// by measurement (bench/data.ts): it decodes only down to the last row asked for, in a thread of its own. Of JPEG files the
// usual ones are libjpeg-turbo's (jpeg.ts); BMP, which libvips does not know, is read by bmp.ts.
//
// The pixels are those that Pillow gives: no color management, alpha dropped, 8 bits. Only the orientation tag is
// followed, as viewers and labeling tools do (Pillow needs ImageOps.exif_transpose for that), in the same way for all decoders
// (turn.ts).

import { readFileSync } from "node:fs";
import { MOST_PIXELS, type RgbImage, type Size, type Window } from "@pinmem/core";
import { asDataError, DataError } from "../files/data-error.js";
import { sizeOfFile } from "../files/regular-file.js";
import { decodeBmp, isBmp, readBmpSize } from "./bmp.js";
import { contentKind } from "./content-kind.js";
import { readImageHeader } from "./image-header.js";
import { decodeJpeg } from "./jpeg.js";
import { libvips } from "./libvips.js";
import { requirePixels } from "./pixel-limit.js";
import { storedWindow, swapsSides, turnUpright } from "./turn.js";

export interface ImageOptions {
  /** Follow the EXIF orientation tag, or take the pixels as stored. */
  readonly orientation?: "follow" | "as-stored";
  /** Images with more pixels than this are refused before they are unpacked. */
  readonly maxPixels?: number;
}

/** An image file in memory whose size is known and whose pixels are still packed. */
export interface PackedImage extends Size {
  readonly file: string;
  readonly bytes: Uint8Array;
  /** How the stored pixels have to be turned or mirrored: EXIF, 1 … 8; 1 where the tag is not to be followed. */
  readonly orientation: number;
  readonly options: Required<ImageOptions>;
}

/** @throws DataError when the file is missing, no image, or larger than the limit */
export async function openImage(
  file: string,
  { orientation = "follow", maxPixels = MOST_PIXELS }: ImageOptions = {},
): Promise<PackedImage> {
  const bytes = readBytes(file);
  if (bytes.length === 0) throw new DataError(file, "is empty");
  const { width, height, orientation: tag = 1 } = readImageHeader(bytes) ?? (await askLibvips(file, bytes));
  requirePixels(file, { width, height }, maxPixels);
  const turn = orientation === "follow" ? tag : 1;
  const size = swapsSides(turn) ? { width: height, height: width } : { width, height };
  return { ...size, file, bytes, orientation: turn, options: { orientation, maxPixels } };
}

/**
 * All pixels of the image, or those of a window of it.
 * @throws DataError when the file is damaged or truncated, as far as it was read
 */
export async function decodeImage(image: PackedImage, window?: Window): Promise<RgbImage> {
  const { width, height, orientation } = image;
  const stored = swapsSides(orientation) ? { width: height, height: width } : { width, height };
  const wanted = storedWindow(window ?? { left: 0, top: 0, width, height }, stored, orientation);
  return turnUpright(await decodeStored(image, stored, wanted), orientation);
}

/** A window of the pixels as they are stored, whose size is `size`. */
async function decodeStored(
  { file, bytes, options }: PackedImage,
  size: Size,
  window: Window,
): Promise<RgbImage> {
  if (isBmp(bytes)) return decodeBmp(bytes, window, file);
  const { left, top, width, height } = window;
  const usual = await decodeJpeg(bytes, window);
  if (usual) return { width, height, pixels: usual };
  const sharp = await libvips();
  const reader = sharp(bytes, {
    limitInputPixels: options.maxPixels,
    failOn: "error",
    ignoreIcc: true,
    sequentialRead: true,
  });
  if (!isWhole(window, size)) reader.extract({ left, top, width, height });
  const { data, info } = await reader
    .removeAlpha()
    .toColourspace("srgb")
    .raw({ depth: "uchar" })
    .toBuffer({ resolveWithObject: true })
    .catch((error: unknown) => {
      // libvips keeps one message for all threads, so that it may be lost: "Unknown error".
      const message = error instanceof Error ? (error.message.trim().split("\n")[0] ?? "") : "";
      const detail = message === "" || message === "Unknown error" ? "" : ` (${message})`;
      throw new DataError(file, `is damaged or truncated${detail}`, { cause: error });
    });
  if (info.channels !== 3 || info.width !== width || info.height !== height) {
    const got = `${info.width}x${info.height} pixels of ${info.channels} channels`;
    throw new Error(`internal: decodeImage got ${got} from ${file}, expected ${width}x${height} of 3`);
  }
  return { width, height, pixels: data };
}

/**
 * All pixels of an image file (JPEG, PNG, WebP, AVIF, TIFF, GIF, BMP).
 * @throws DataError when the file is missing, no image, damaged, or larger than the limit
 */
export const readImage = async (file: string, options?: ImageOptions): Promise<RgbImage> =>
  decodeImage(await openImage(file, options));

/** Of the largest picture there may be, with 16 bits and alpha and not packed. */
const LARGEST_FILE = 2 ** 30;

/**
 * The content of a file. Read at once and not in the background: several times cheaper for files of this size, and those
 * who call this are threads of their own.
 * @throws DataError when it does not exist, may not be read, or is larger than any picture within the limit of pixels
 */
export function readBytes(file: string): Uint8Array {
  sizeOfFile(file, LARGEST_FILE);
  try {
    return readFileSync(file);
  } catch (error) {
    throw asDataError(file, error);
  }
}

async function askLibvips(file: string, bytes: Uint8Array) {
  if (isBmp(bytes)) return { ...readBmpSize(bytes, file), orientation: 1 };
  const sharp = await libvips();
  const unreadable = (cause?: unknown): DataError => {
    const kind = contentKind(bytes);
    const problem = `is damaged, or no image that can be read (JPEG, PNG, WebP, AVIF, TIFF, GIF and BMP can)${kind ? `; it ${kind}` : ""}`;
    return new DataError(file, problem, { cause });
  };
  const metadata = await sharp(bytes, { limitInputPixels: false, failOn: "none" })
    .metadata()
    .catch((error: unknown) => {
      throw unreadable(error);
    });
  if (pictureFormats.has(metadata.format ?? "")) return metadata;
  throw unreadable();
}

/** Of pixels, as libvips calls them. Drawings (SVG) are programs, which a few bytes let run for hours. */
const pictureFormats: ReadonlySet<string> = new Set(["jpeg", "png", "webp", "tiff", "gif", "heif"]);

const isWhole = (window: Window, size: Size) => window.width === size.width && window.height === size.height;
