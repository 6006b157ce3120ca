// Reads the samples of a PNG file exactly as they are stored: palette indices stay indices, 16 bits stay 16 bits, no
// gamma, no color management. Labels need that, and libraries that decode for display do not offer it.
//
// All color types, depths and interlacing of the PNG specification (third edition, W3C). Every length is checked
// before memory is taken, and checksums are verified. Photographs are read elsewhere (image.ts).

import { crc32, inflateSync } from "node:zlib";
import { kernelsFor, MOST_PIXELS } from "@pinmem/core";
import { DataError } from "../files/data-error.js";
import { contentKind } from "./content-kind.js";
import { requirePixels } from "./pixel-limit.js";

export interface PngSamples {
  readonly width: number;
  readonly height: number;
  /** 1 gray or palette index, 2 gray and alpha, 3 RGB, 4 RGBA. */
  readonly channels: 1 | 2 | 3 | 4;
  /** Row by row, channels interleaved; one number per sample whatever the depth in the file. */
  readonly samples: Uint8Array | Uint16Array;
  /** Red, green, blue of each index, where the file has a palette. */
  readonly palette?: Uint8Array;
}

export interface PngLimits {
  /** Images with more pixels than this are refused before they are unpacked. */
  readonly maxPixels?: number;
}

interface Header {
  readonly width: number;
  readonly height: number;
  readonly depth: 1 | 2 | 4 | 8 | 16;
  readonly channels: 1 | 2 | 3 | 4;
  readonly indexed: boolean;
  readonly interlaced: boolean;
}

/** Width and height from the header alone. */
export function readPngSize(bytes: Uint8Array, file: string): { width: number; height: number } {
  for (const { type, data } of chunks(bytes, file)) {
    if (type === "IHDR") return readHeader(data, file);
  }
  throw new DataError(file, "has no image header; the file is damaged");
}

/** @throws DataError when the file is no PNG, damaged, truncated, or larger than the limit. */
export function readPng(
  bytes: Uint8Array,
  file: string,
  { maxPixels = MOST_PIXELS }: PngLimits = {},
): PngSamples {
  let header: Header | undefined;
  let palette: Uint8Array | undefined;
  const packed: Uint8Array[] = [];
  for (const { type, data } of chunks(bytes, file)) {
    if (type === "IHDR") header = readHeader(data, file);
    else if (type === "PLTE") palette = Uint8Array.from(data);
    else if (type === "IDAT") packed.push(data);
  }
  if (header === undefined) throw new DataError(file, "has no image header; the file is damaged");
  const { width, height, channels } = header;
  requirePixels(file, header, maxPixels);
  const passes = header.interlaced ? adam7(width, height) : [wholeImage(width, height)];
  const length = passes.reduce((sum, pass) => sum + (rowBytes(header, pass.width) + 1) * pass.height, 0);
  const raw = inflate(packed, length, file);
  const samples = new (header.depth === 16 ? Uint16Array : Uint8Array)(width * height * channels);
  let at = 0;
  for (const pass of passes) {
    const bytesPerRow = rowBytes(header, pass.width);
    const pixel = Math.max((header.depth * channels) >> 3, 1);
    let above: Uint8Array | null = null;
    for (const band of bandsOf(pass, bytesPerRow)) {
      const end = at + (bytesPerRow + 1) * band.height;
      const rows = unfilter(raw.subarray(at, end), {
        bytesPerRow,
        pixel,
        above,
        first: (band.top - pass.top) / pass.stepY,
        file,
      });
      placeSamples(rows, bytesPerRow, header, band, samples);
      above = rows.slice(-bytesPerRow);
      at = end;
    }
  }
  const size = { width, height, channels, samples };
  if (!header.indexed) return size;
  if (palette === undefined) throw new DataError(file, "uses a palette but holds none; the file is damaged");
  return { ...size, palette };
}

const SIGNATURE = [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a];

function* chunks(bytes: Uint8Array, file: string): Generator<{ type: string; data: Uint8Array }> {
  if (SIGNATURE.some((byte, at) => bytes[at] !== byte)) {
    const kind = contentKind(bytes);
    throw new DataError(file, `is not a PNG file${kind === undefined ? "" : `; it ${kind}`}`);
  }
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  let at = SIGNATURE.length;
  while (at + 12 <= bytes.length) {
    const length = view.getUint32(at);
    const end = at + 12 + length;
    if (end > bytes.length) break;
    const type = String.fromCharCode(...bytes.subarray(at + 4, at + 8));
    if (crc32(bytes.subarray(at + 4, end - 4)) !== view.getUint32(end - 4)) {
      throw new DataError(file, `is damaged: the checksum of its ${type} chunk at byte ${at} is wrong`);
    }
    yield { type, data: bytes.subarray(at + 8, end - 4) };
    if (type === "IEND") return;
    at = end;
  }
  throw new DataError(file, `is truncated: it ends after ${bytes.length} bytes, before the image does`);
}

const CHANNELS: Record<number, 1 | 2 | 3 | 4> = { 0: 1, 2: 3, 3: 1, 4: 2, 6: 4 };
const DEPTHS: Record<number, readonly number[]> = {
  0: [1, 2, 4, 8, 16],
  2: [8, 16],
  3: [1, 2, 4, 8],
  4: [8, 16],
  6: [8, 16],
};

function readHeader(data: Uint8Array, file: string): Header {
  if (data.length !== 13) throw new DataError(file, "is damaged: its header has a wrong length");
  const view = new DataView(data.buffer, data.byteOffset, data.byteLength);
  const [width, height] = [view.getUint32(0), view.getUint32(4)];
  const [depth, colorType, interlace] = [view.getUint8(8), view.getUint8(9), view.getUint8(12)];
  const channels = CHANNELS[colorType];
  if (width === 0 || height === 0 || interlace > 1 || !channels || !DEPTHS[colorType]?.includes(depth)) {
    const what = `${width}x${height}, depth ${depth}, color type ${colorType}, interlacing ${interlace}`;
    throw new DataError(file, `is damaged: its header says ${what}`);
  }
  return {
    width,
    height,
    depth: depth as Header["depth"],
    channels,
    indexed: colorType === 3,
    interlaced: interlace === 1,
  };
}

function inflate(packed: readonly Uint8Array[], length: number, file: string): Uint8Array {
  try {
    const raw = inflateSync(packed.length === 1 && packed[0] ? packed[0] : Buffer.concat(packed), {
      maxOutputLength: length,
      chunkSize: Math.max(length, 64),
    });
    if (raw.length === length) return raw;
    throw new Error(`it holds ${raw.length} of ${length} bytes`);
  } catch (error) {
    throw new DataError(file, `is damaged: its image data cannot be unpacked (${(error as Error).message})`);
  }
}

const rowBytes = ({ depth, channels }: Header, width: number) => Math.ceil((width * channels * depth) / 8);

/** Bytes of the rows whose filters are undone at once: so many that the kernels keep their memory for them. */
const BAND_BYTES = 3 * 2 ** 22;

/** A pass in parts that follow one another from the top. */
function* bandsOf(pass: Pass, bytesPerRow: number): Generator<Pass> {
  const most = Math.max(1, Math.floor(BAND_BYTES / bytesPerRow));
  for (let row = 0; row < pass.height; row += most) {
    const height = Math.min(most, pass.height - row);
    yield { ...pass, top: pass.top + row * pass.stepY, height };
  }
}

interface FilteredRows {
  readonly bytesPerRow: number;
  /** Bytes of a pixel, 1 at least. */
  readonly pixel: number;
  /** The row before the first; null: there is none. */
  readonly above: Uint8Array | null;
  /** Number of the first. */
  readonly first: number;
  readonly file: string;
}

/** Undoes the row filters; each row of `rows` is led by the number of its filter. Holds until the next call. */
function unfilter(rows: Uint8Array, { bytesPerRow, pixel, above, first, file }: FilteredRows): Uint8Array {
  const height = rows.length / (bytesPerRow + 1);
  const source = bytesPerRow;
  const target = source + rows.length + bytesPerRow;
  const { kernels, buffer } = kernelsFor(target + bytesPerRow * height);
  const memory = new Uint8Array(buffer);
  memory.set(rows, source);
  if (above) memory.set(above, target - bytesPerRow);
  else memory.fill(0, target - bytesPerRow, target);
  const wrong = kernels.unfilter(source, target, bytesPerRow, height, pixel);
  if (wrong >= 0) throw new DataError(file, `is damaged: the filter of row ${first + wrong} does not exist`);
  return memory.subarray(target, target + bytesPerRow * height);
}

/** Where the pixels of a pass lie in the image. */
interface Pass {
  readonly left: number;
  readonly top: number;
  readonly stepX: number;
  readonly stepY: number;
  readonly width: number;
  readonly height: number;
}

const wholeImage = (width: number, height: number): Pass => ({
  left: 0,
  top: 0,
  stepX: 1,
  stepY: 1,
  width,
  height,
});

function adam7(width: number, height: number): Pass[] {
  const places = [
    [0, 0, 8, 8],
    [4, 0, 8, 8],
    [0, 4, 4, 8],
    [2, 0, 4, 4],
    [0, 2, 2, 4],
    [1, 0, 2, 2],
    [0, 1, 1, 2],
  ] as const;
  return places
    .map(([left, top, stepX, stepY]) => ({
      left,
      top,
      stepX,
      stepY,
      width: Math.ceil((width - left) / stepX),
      height: Math.ceil((height - top) / stepY),
    }))
    .filter((pass) => pass.width > 0 && pass.height > 0);
}

function placeSamples(
  rows: Uint8Array,
  bytesPerRow: number,
  { width, depth, channels }: Header,
  pass: Pass,
  samples: Uint8Array | Uint16Array,
): void {
  if (depth === 8 && pass.stepX === 1 && pass.stepY === 1) {
    samples.set(rows, pass.top * width * channels);
    return;
  }
  const perRow = pass.width * channels;
  for (let y = 0; y < pass.height; y++) {
    const begin = y * bytesPerRow;
    const out = ((pass.top + y * pass.stepY) * width + pass.left) * channels;
    for (let at = 0; at < perRow; at++) {
      const target = out + Math.floor(at / channels) * pass.stepX * channels + (at % channels);
      samples[target] = sampleAt(rows, begin, at, depth);
    }
  }
}

function sampleAt(rows: Uint8Array, begin: number, index: number, depth: Header["depth"]): number {
  if (depth === 8) return rows[begin + index] as number;
  if (depth === 16)
    return ((rows[begin + 2 * index] as number) << 8) | (rows[begin + 2 * index + 1] as number);
  const bit = index * depth;
  return ((rows[begin + (bit >> 3)] as number) >> (8 - depth - (bit & 7))) & ((1 << depth) - 1);
}
