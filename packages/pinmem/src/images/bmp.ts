// Reads BMP files, which libvips does not: uncompressed ones of 1, 4, 8, 16, 24 and 32 bits a pixel, with a palette or color
// masks, from the bottom up or from the top down, whole or a window. Run-length coded ones are refused with a word of how
// to convert them.
//
// Written here because the libraries that there are read less: bmp-ts 1.0.9 mixes the channels of palettes and stops at odd
// widths, fast-bmp 4.0.1 has no palettes and no images from the top down. Sizes of the format: Microsoft's BITMAPINFOHEADER.

import type { RgbImage, Size, Window } from "@pinmem/core";
import { DataError } from "../files/data-error.js";

interface Header extends Size {
  readonly bits: number;
  readonly topDown: boolean;
  readonly pixelsAt: number;
  readonly rowBytes: number;
  /** Red, green and blue: where in the pixel, and the largest value. */
  readonly masks: readonly { readonly shift: number; readonly largest: number }[];
  readonly paletteAt: number;
  readonly paletteEntry: 3 | 4;
  readonly paletteEntries: number;
}

export const isBmp = (bytes: Uint8Array): boolean => bytes[0] === 0x42 && bytes[1] === 0x4d;

/** Width and height from the header alone. @throws DataError where it is damaged or of a kind that is not read */
export function readBmpSize(bytes: Uint8Array, file: string): Size {
  const { width, height } = readHeader(bytes, file);
  return { width, height };
}

/** A window of the image as RGB. @throws DataError where the file is damaged, truncated or of a kind that is not read */
export function decodeBmp(bytes: Uint8Array, { left, top, width, height }: Window, file: string): RgbImage {
  const header = readHeader(bytes, file);
  if (header.pixelsAt + header.rowBytes * header.height > bytes.length) {
    throw new DataError(file, `is truncated: it ends after ${bytes.length} bytes, before the image does`);
  }
  const colorsOf = header.bits <= 8 ? paletteReader(bytes, header) : maskReader(bytes, header);
  const pixels = new Uint8Array(3 * width * height);
  for (let y = 0, to = 0; y < height; y++) {
    const row = header.topDown ? top + y : header.height - 1 - top - y;
    const from = header.pixelsAt + row * header.rowBytes;
    for (let x = left; x < left + width; x++, to += 3) colorsOf(from, x, pixels, to);
  }
  return { width, height, pixels };
}

type ColorReader = (row: number, x: number, out: Uint8Array, to: number) => void;

function paletteReader(bytes: Uint8Array, header: Header): ColorReader {
  const { bits, paletteAt, paletteEntry, paletteEntries } = header;
  const perByte = 8 / bits;
  const mask = (1 << bits) - 1;
  return (row, x, out, to) => {
    const byte = bytes[row + Math.floor(x / perByte)] as number;
    const index = (byte >> (8 - bits * ((x % perByte) + 1))) & mask;
    if (index >= paletteEntries) return; // Black, as elsewhere.
    const at = paletteAt + index * paletteEntry;
    for (let channel = 0; channel < 3; channel++) out[to + channel] = bytes[at + 2 - channel] as number;
  };
}

function maskReader(bytes: Uint8Array, { bits, masks }: Header): ColorReader {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (bits === 24) {
    return (row, x, out, to) => {
      const at = row + 3 * x;
      for (let channel = 0; channel < 3; channel++) out[to + channel] = bytes[at + 2 - channel] as number;
    };
  }
  return (row, x, out, to) => {
    const value = bits === 16 ? view.getUint16(row + 2 * x, true) : view.getUint32(row + 4 * x, true);
    for (const [channel, { shift, largest }] of masks.entries()) {
      out[to + channel] = Math.trunc((((value >>> shift) & largest) * 255) / largest);
    }
  };
}

function readHeader(bytes: Uint8Array, file: string): Header {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (bytes.length < 30) throw new DataError(file, `is truncated: it ends after ${bytes.length} bytes`);
  const headerSize = view.getUint32(14, true);
  const old = headerSize === 12;
  if ((!old && headerSize < 40) || bytes.length < 14 + headerSize) {
    throw new DataError(file, "is a damaged BMP file: its header is");
  }
  const width = old ? view.getUint16(18, true) : view.getInt32(18, true);
  const storedHeight = old ? view.getUint16(20, true) : view.getInt32(22, true);
  const height = Math.abs(storedHeight);
  const bits = view.getUint16(old ? 24 : 28, true);
  const compression = old ? 0 : view.getUint32(30, true);
  if (width <= 0 || height === 0)
    throw new DataError(file, `is a damaged BMP file of ${width}x${height} pixels`);
  if (![1, 4, 8, 16, 24, 32].includes(bits)) {
    throw new DataError(file, `is a damaged BMP file of ${bits} bits a pixel`);
  }
  const masked = compression === 3 || compression === 6;
  if (masked && bytes.length < 66) throw new DataError(file, "is a damaged BMP file: its header is");
  if (compression !== 0 && !(masked && bits >= 16)) {
    throw new DataError(file, "is a compressed BMP file, which cannot be read; convert it to PNG");
  }
  const colors = old ? 0 : view.getUint32(46, true);
  const pixelsAt = view.getUint32(10, true);
  const paletteAt = 14 + headerSize;
  const paletteEntry = old ? 3 : 4;
  const room = Math.floor((Math.min(pixelsAt, bytes.length) - paletteAt) / paletteEntry);
  const usual = bits === 16 ? [0x7c00, 0x03e0, 0x001f] : [0xff0000, 0x00ff00, 0x0000ff];
  return {
    width,
    height,
    bits,
    topDown: storedHeight < 0,
    pixelsAt,
    rowBytes: Math.ceil((width * bits) / 32) * 4,
    masks: usual.map((mask, at) => splitMask(masked ? view.getUint32(54 + 4 * at, true) : mask, file)),
    paletteAt,
    paletteEntry,
    paletteEntries: Math.max(0, Math.min(colors === 0 ? 1 << Math.min(bits, 8) : colors, room)),
  };
}

function splitMask(mask: number, file: string): { shift: number; largest: number } {
  const shift = mask === 0 ? 0 : 31 - Math.clz32(mask & -mask);
  const largest = mask >>> shift;
  if (largest === 0 || (largest & (largest + 1)) !== 0) {
    throw new DataError(file, "is a damaged BMP file: its color masks are");
  }
  return { shift, largest };
}
