// Zip archives as Python's wheels are: files, stored or deflated, below 4 GiB. The directory at the end is read first, then of
// each entry that is wanted its bytes, in parts, so that a library of half a gigabyte needs no memory to speak of.
//
// Why no library: what is opened are a few files whose SHA-256 is known beforehand (libtorch/wheels.ts), so neither hostile
// archives nor rare forms of them come here. Without those a directory is left to read, and node:zlib does the rest, checksums
// included. What this reader does not know, such as zip64 and encryption, it refuses by name.

import { createWriteStream } from "node:fs";
import { type FileHandle, open } from "node:fs/promises";
import { Transform } from "node:stream";
import { pipeline } from "node:stream/promises";
import { crc32, createInflateRaw } from "node:zlib";

export interface ZipEntry {
  readonly name: string;
  /** Unpacked, in bytes. */
  readonly size: number;
  readonly packedSize: number;
  readonly crc: number;
  readonly method: number;
  readonly offset: number;
}

export interface ZipArchive extends AsyncDisposable {
  readonly entries: readonly ZipEntry[];
  /**
   * Writes an entry to a file, whose folder exists.
   * @throws ZipError where its bytes are not those that were packed
   */
  extract(entry: ZipEntry, file: string, signal?: AbortSignal): Promise<void>;
}

/** A file that is no archive of this kind, or is damaged. */
export class ZipError extends Error {
  override readonly name = "ZipError";
  constructor(path: string, problem: string) {
    super(`${path}: ${problem}`);
  }
}

const END = 0x06054b50;
const DIRECTORY = 0x02014b50;
const LOCAL = 0x04034b50;
const END_SIZE = 22;
const LONGEST_COMMENT = 2 ** 16;
/** What stands in place of a number that does not fit. */
const IN_ZIP64 = 0xffff_ffff;
const ENCRYPTED = 1;
const STORED = 0;
const DEFLATED = 8;

/** @throws ZipError; what the system says where the file cannot be read */
export async function openZip(path: string): Promise<ZipArchive> {
  const file = await open(path, "r");
  try {
    const entries = await readDirectory(file, path);
    return {
      entries,
      extract: (entry, target, signal) => extract(file, path, entry, target, signal),
      [Symbol.asyncDispose]: () => file.close(),
    };
  } catch (error) {
    await file.close();
    throw error;
  }
}

async function readDirectory(file: FileHandle, path: string): Promise<ZipEntry[]> {
  const { size } = await file.stat();
  const tail = await readAt(file, Math.max(0, size - END_SIZE - LONGEST_COMMENT), END_SIZE + LONGEST_COMMENT);
  const mark = Buffer.alloc(4);
  mark.writeUInt32LE(END);
  const at = tail.lastIndexOf(mark);
  if (at < 0 || at + END_SIZE > tail.length)
    throw new ZipError(path, "is no zip archive, or its end is missing");
  const count = tail.readUInt16LE(at + 10);
  const directory = await readAt(file, tail.readUInt32LE(at + 16), tail.readUInt32LE(at + 12));
  const entries: ZipEntry[] = [];
  for (let place = 0, index = 0; index < count; index++) {
    if (place + 46 > directory.length || directory.readUInt32LE(place) !== DIRECTORY)
      throw new ZipError(path, "its directory is damaged, or larger than this reader knows");
    const nameLength = directory.readUInt16LE(place + 28);
    const sizes = [20, 24, 42].map((at) => directory.readUInt32LE(place + at));
    if (sizes.includes(IN_ZIP64))
      throw new ZipError(path, "is of the kind zip64, which this reader does not know");
    if (directory.readUInt16LE(place + 8) & ENCRYPTED) throw new ZipError(path, "is encrypted");
    entries.push({
      name: directory.toString("utf8", place + 46, place + 46 + nameLength),
      method: directory.readUInt16LE(place + 10),
      crc: directory.readUInt32LE(place + 16),
      packedSize: directory.readUInt32LE(place + 20),
      size: directory.readUInt32LE(place + 24),
      offset: directory.readUInt32LE(place + 42),
    });
    place += 46 + nameLength + directory.readUInt16LE(place + 30) + directory.readUInt16LE(place + 32);
  }
  return entries;
}

async function extract(
  file: FileHandle,
  path: string,
  entry: ZipEntry,
  target: string,
  signal?: AbortSignal,
) {
  const { name, method, offset, packedSize, size, crc } = entry;
  if (method !== STORED && method !== DEFLATED)
    throw new ZipError(path, `${name} is packed by method ${method}, which this reader does not know`);
  const header = await readAt(file, offset, 30);
  if (header.length < 30 || header.readUInt32LE(0) !== LOCAL) throw new ZipError(path, `${name} is damaged`);
  const start = offset + 30 + header.readUInt16LE(26) + header.readUInt16LE(28);
  let found = 0;
  let length = 0;
  const check = new Transform({
    transform(chunk: Buffer, _, done) {
      found = crc32(chunk, found);
      length += chunk.length;
      done(null, chunk);
    },
  });
  const [source, out] = [partsOf(file, start, packedSize), createWriteStream(target)];
  const options = signal ? { signal } : {};
  try {
    if (method === STORED) await pipeline(source, check, out, options);
    else await pipeline(source, createInflateRaw(), check, out, options);
  } catch (error) {
    if (/^Z_/.test((error as NodeJS.ErrnoException).code ?? ""))
      throw new ZipError(path, `${name} is damaged`);
    throw error;
  }
  if (length !== size || found !== crc) throw new ZipError(path, `${name} is damaged`);
}

async function* partsOf(file: FileHandle, start: number, length: number): AsyncGenerator<Buffer> {
  for (let done = 0; done < length; ) {
    const part = await readAt(file, start + done, Math.min(2 ** 20, length - done));
    if (part.length === 0) return;
    done += part.length;
    yield part;
  }
}

async function readAt(file: FileHandle, position: number, length: number): Promise<Buffer> {
  const { buffer, bytesRead } = await file.read(Buffer.alloc(length), 0, length, position);
  return buffer.subarray(0, bytesRead);
}
