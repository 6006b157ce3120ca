// Files out of a package of npm (a gzipped tar), in memory: nothing is unpacked onto the disk, so that names in it lead nowhere.
// Source: POSIX.1-1988 (ustar); npm writes no other kind.

import { gunzipSync } from "node:zlib";
import { PullError } from "../../web/pull-error.js";

const BLOCK = 512;
/** Bytes that a package may have when it is unpacked. */
const LARGEST = 2 ** 28;

/**
 * The files of these names, each of which has to be there once.
 * @param source names the package in errors
 * @throws PullError where it is no such archive or lacks a file
 */
export function filesOfTarball(
  tarball: Uint8Array,
  names: readonly string[],
  source: string,
): ReadonlyMap<string, Buffer> {
  const found = new Map<string, Buffer>();
  const bytes = unzipped(tarball, source);
  for (let at = 0; at + BLOCK <= bytes.length && bytes[at] !== 0; ) {
    const header = bytes.subarray(at, at + BLOCK);
    const size = octal(header, 124, 12);
    if (checksum(header) !== octal(header, 148, 8) || at + BLOCK + size > bytes.length)
      throw new PullError(source, "holds a damaged archive");
    const prefix = text(header, 345, 155);
    const name = `${prefix}${prefix && "/"}${text(header, 0, 100)}`;
    const isFile = header[156] === 0x30 || header[156] === 0;
    if (isFile && names.includes(name)) {
      if (found.has(name)) throw new PullError(source, `holds ${name} twice`);
      found.set(name, bytes.subarray(at + BLOCK, at + BLOCK + size));
    }
    at += BLOCK * (1 + Math.ceil(size / BLOCK));
  }
  const missing = names.find((name) => !found.has(name));
  if (missing !== undefined) throw new PullError(source, `lacks ${missing}`);
  return found;
}

function unzipped(tarball: Uint8Array, source: string): Buffer {
  try {
    return gunzipSync(tarball, { maxOutputLength: LARGEST });
  } catch (error) {
    throw new PullError(source, `holds no archive: ${(error as Error).message}`, { cause: error });
  }
}

const text = (header: Buffer, at: number, length: number): string =>
  header
    .subarray(at, at + length)
    .toString("utf8")
    .replace(/\0.*$/s, "");

/** NaN where there is no number, which no comparison lets pass. */
function octal(header: Buffer, at: number, length: number): number {
  const digits = text(header, at, length).trim();
  return /^[0-7]+$/.test(digits) ? Number.parseInt(digits, 8) : Number.NaN;
}

/** Of all bytes, its own field read as spaces. */
const checksum = (header: Buffer): number =>
  header.reduce((sum, byte, index) => sum + (index >= 148 && index < 156 ? 0x20 : byte), 0);
