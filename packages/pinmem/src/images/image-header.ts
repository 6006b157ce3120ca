// Size and orientation of a JPEG or PNG file from its first bytes. The loader needs them for every image before it knows
// which part to decode, and asking libvips costs as much as decoding a small photograph.
//
// Whatever is unusual is left to libvips: then there is no answer here. PNG's rare orientation chunk is not read.

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
    if (bytes[0] === 0x89 && bytes[1] === 0x50) return { ...readPngSize(bytes, ""), orientation: 1 };
  } catch {
    // Damaged or cut short: libvips says how.
  }
  return undefined;
}

function readJpegHeader(bytes: Uint8Array): ImageHeader | undefined {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  let orientation = 1;
  for (let at = 2; view.getUint8(at) === 0xff; ) {
    const marker = view.getUint8(at + 1);
    const length = view.getUint16(at + 2);
    if (length < 2) return undefined;
    if (marker === 0xe1) orientation = readOrientation(view, at + 4, length - 2) ?? orientation;
    // Frame headers are C0 … CF, but for tables (C4), extensions (C8) and arithmetic conditioning (CC).
    if (marker >= 0xc0 && marker <= 0xcf && ![0xc4, 0xc8, 0xcc].includes(marker)) {
      const [height, width] = [view.getUint16(at + 5), view.getUint16(at + 7)];
      return width > 0 && height > 0 ? { width, height, orientation } : undefined;
    }
    at += 2 + length;
  }
  return undefined;
}

/** The orientation tag of an EXIF segment: a TIFF directory after the letters "Exif". */
function readOrientation(view: DataView, start: number, length: number): number | undefined {
  if (length < 14 || view.getUint32(start) !== 0x45786966) return undefined;
  const tiff = start + 6;
  const little = view.getUint16(tiff) === 0x4949;
  const directory = tiff + view.getUint32(tiff + 4, little);
  const entries = view.getUint16(directory, little);
  for (let entry = 0; entry < entries; entry++) {
    const at = directory + 2 + entry * 12;
    if (view.getUint16(at, little) !== 0x0112) continue;
    const value = view.getUint16(at + 8, little);
    return value >= 1 && value <= 8 ? value : undefined;
  }
  return undefined;
}
