// Size and orientation of a JPEG, PNG or BMP file without decoding it. The loader needs them for every image before it knows
// which part to decode, and asking libvips costs as much as decoding a small photograph.
//
// Whatever is unusual is left to libvips: then there is no answer here.

import { isBmp, readBmpSize } from "./bmp.js";
import { readExifOrientation } from "./exif.js";
import { readPngSize } from "./png.js";

export interface ImageHeader {
  /** As stored, before turning. */
  readonly width: number;
  readonly height: number;
  /** EXIF: 1 upright, 2 … 8 mirrored or turned; from 5 on width and height change places. */
  readonly orientation: number;
}

export function readImageHeader(bytes: Uint8Array): ImageHeader | undefined {
  try {
    if (bytes[0] === 0xff && bytes[1] === 0xd8) return readJpegHeader(bytes);
    if (bytes[0] === 0x89 && bytes[1] === 0x50) {
      const { width, height } = readPngSize(bytes, "");
      return { width, height, orientation: readPngOrientation(bytes) ?? 1 };
    }
    if (isBmp(bytes)) return { ...readBmpSize(bytes, ""), orientation: 1 };
  } catch {
    // Damaged or cut short: libvips says how.
  }
  return undefined;
}

function readJpegHeader(bytes: Uint8Array): ImageHeader | undefined {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  let orientation: number | undefined;
  let size: { width: number; height: number } | undefined;
  // Of a file that ends early the size is known as soon as its frame header is: what is wrong with it shows when it is decoded.
  for (let at = 2; at + 4 <= bytes.length && view.getUint8(at) === 0xff; ) {
    const marker = view.getUint8(at + 1);
    const length = view.getUint16(at + 2);
    if (length < 2) return undefined;
    // The first EXIF segment counts, behind the frame header, too.
    if (marker === 0xe1) orientation ??= readSegmentOrientation(bytes.subarray(at + 4, at + 2 + length));
    // Frame headers are C0 … CF, but for tables (C4), extensions (C8) and arithmetic conditioning (CC).
    if (marker >= 0xc0 && marker <= 0xcf && ![0xc4, 0xc8, 0xcc].includes(marker)) {
      const [height, width] = [view.getUint16(at + 5), view.getUint16(at + 7)];
      if (width === 0 || height === 0) return undefined;
      size = { width, height };
    }
    if (marker === 0xda) break;
    at += 2 + length;
  }
  return size && { ...size, orientation: orientation ?? 1 };
}

/** Of an EXIF segment: a TIFF directory after "Exif" and two zeros. */
function readSegmentOrientation(segment: Uint8Array): number | undefined {
  const mark = [0x45, 0x78, 0x69, 0x66, 0, 0];
  return mark.every((byte, at) => segment[at] === byte)
    ? readExifOrientation(segment.subarray(6))
    : undefined;
}

/** Of an eXIf chunk, before or behind the pixels. */
function readPngOrientation(bytes: Uint8Array): number | undefined {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  for (let at = 8; at + 12 <= bytes.length; ) {
    const length = view.getUint32(at);
    const type = view.getUint32(at + 4);
    if (type === 0x65584966) return readExifOrientation(bytes.subarray(at + 8, at + 8 + length));
    at += 12 + length;
  }
  return undefined;
}
