// The part of the zip format that PyTorch's checkpoints use, for reading: a directory of entries, stored as they
// are (or deflated, when somebody repacked the file), with zip64 sizes. Stored entries are read in place at any
// position, so a checkpoint of many gigabytes costs no more memory than the tensor being read.
//
// Not a general unzip: no encryption, no split archives, no file system. The directory is believed only after
// its entries were found to lie one after the other, without overlap, in front of it.
// Source: PKWARE APPNOTE 6.3.10, sections 4.3 to 4.5.

import { crc32, inflateRawSync } from "node:zlib";
import { Cursor } from "./cursor.js";
import { quote, type TensorFileError } from "./errors.js";
import { type Bytes, type Input, part } from "./input.js";

const END_OF_DIRECTORY = 0x06054b50;
const ZIP64_END_OF_DIRECTORY = 0x06064b50;
const ZIP64_LOCATOR = 0x07064b50;
const DIRECTORY_ENTRY = 0x02014b50;
const LOCAL_HEADER = 0x04034b50;
const END_SIZE = 22;
const LOCATOR_SIZE = 20;
const LOCAL_HEADER_SIZE = 30;
const LONGEST_COMMENT = 0xffff;
const SEE_ZIP64 = 0xffffffff;
const ENTRY_COST = 300;

interface ZipEntry {
  readonly name: string;
  readonly flags: number;
  readonly method: number;
  readonly crc: number;
  readonly compressedSize: number;
  readonly size: number;
  readonly headerOffset: number;
}

interface Directory {
  readonly count: number;
  readonly start: number;
  readonly size: number;
}

export class ZipArchive {
  readonly #input: Input;
  readonly #entries = new Map<string, ZipEntry>();
  /** Where each entry must have ended: at the next one, or at the directory. */
  readonly #limits = new Map<ZipEntry, number>();
  /** Deflated ones for which the budget has been widened. */
  readonly #allowed = new Set<ZipEntry>();

  constructor(input: Input) {
    this.#input = input;
    const directory = findDirectory(input);
    for (const entry of readEntries(input, directory)) {
      if (this.#entries.has(entry.name)) throw this.#fail(entry, "is there twice");
      this.#entries.set(entry.name, entry);
    }
    this.#findLimits(directory.start);
  }

  get names(): IterableIterator<string> {
    return this.#entries.keys();
  }

  has(name: string): boolean {
    return this.#entries.has(name);
  }

  /** The entry's uncompressed bytes, checked to lie within the file; undefined where there is no such entry. */
  open(name: string): Bytes | undefined {
    const entry = this.#entries.get(name);
    if (!entry) return undefined;
    if (entry.flags & 1) throw this.#fail(entry, "is encrypted", "Decrypt the archive first.");
    const header = new Cursor(this.#input, `entry ${quote(name)}`, { start: entry.headerOffset });
    if (header.uint32() !== LOCAL_HEADER) throw this.#fail(entry, "has no header where the directory says");
    header.take(22);
    const dataStart = entry.headerOffset + LOCAL_HEADER_SIZE + header.uint16() + header.uint16();
    header.release();
    if (dataStart + entry.compressedSize > (this.#limits.get(entry) ?? 0)) {
      throw this.#fail(entry, `of ${entry.compressedSize} bytes reaches into what follows it`);
    }
    const content = part(this.#input, dataStart, entry.compressedSize);
    const verify = (whole: Uint8Array) => {
      // PyTorch writes 0 when it was told to compute no checksums.
      if (entry.crc !== 0 && crc32(whole) !== entry.crc)
        throw this.#fail(entry, "does not match its checksum");
    };
    if (entry.method === 0) {
      if (entry.size !== entry.compressedSize) throw this.#fail(entry, "is stored, yet has two sizes");
      return { ...content, verify };
    }
    if (entry.method === 8) return { ...this.#inflated(entry, content), verify };
    throw this.#fail(
      entry,
      `has compression method ${entry.method}`,
      "Repack the archive without compression.",
    );
  }

  /** Inflated as a whole when first needed: deflated data has no random access. */
  #inflated(entry: ZipEntry, compressed: Bytes): Bytes {
    const { budget } = this.#input;
    const where = `entry ${quote(entry.name)}`;
    if (!this.#allowed.has(entry)) budget.allowInflated(entry.size, entry.compressedSize);
    this.#allowed.add(entry);
    budget.reserve(entry.size, where);
    let inflated: Uint8Array | undefined;
    const inflate = () => {
      const scratch = budget.allocate(compressed.size, where);
      try {
        compressed.readInto(scratch, 0);
        return this.#inflate(entry, scratch);
      } finally {
        budget.release(scratch.length);
      }
    };
    return {
      size: entry.size,
      readInto(target, position) {
        inflated ??= inflate();
        target.set(inflated.subarray(position, position + target.length));
      },
    };
  }

  #inflate(entry: ZipEntry, compressed: Uint8Array): Uint8Array {
    let inflated: Uint8Array;
    try {
      // One byte more than needed: zlib then fills a single chunk and has none to join.
      const chunkSize = Math.max(64, entry.size + 1);
      inflated = inflateRawSync(compressed, { chunkSize, maxOutputLength: Math.max(1, entry.size) });
    } catch (cause) {
      throw this.#fail(
        entry,
        `cannot be inflated to the ${entry.size} bytes that it declares`,
        undefined,
        cause,
      );
    }
    if (inflated.length !== entry.size) {
      throw this.#fail(entry, `inflates to ${inflated.length} bytes and not to the declared ${entry.size}`);
    }
    return inflated;
  }

  #findLimits(directoryStart: number): void {
    const inOrder = [...this.#entries.values()].sort((a, b) => a.headerOffset - b.headerOffset);
    inOrder.forEach((entry, index) => {
      const limit = inOrder[index + 1]?.headerOffset ?? directoryStart;
      if (entry.headerOffset + LOCAL_HEADER_SIZE + entry.compressedSize > limit) {
        throw this.#fail(entry, `of ${entry.compressedSize} bytes reaches into what follows it`);
      }
      this.#limits.set(entry, limit);
    });
  }

  #fail(entry: ZipEntry, problem: string, remedy?: string, cause?: unknown): TensorFileError {
    return this.#input.fail("zip directory", `entry ${quote(entry.name)} ${problem}`, remedy, cause);
  }
}

function findDirectory(input: Input): Directory {
  const endPosition = findEnd(input);
  const end = new Cursor(input, "zip end record", { start: endPosition + 4 });
  const disks = [end.uint16(), end.uint16()];
  const [countHere, countAll] = [end.uint16(), end.uint16()];
  const narrow = { count: countAll, size: end.uint32(), start: end.uint32() };
  end.release();
  const wide = findZip64Directory(input, endPosition);
  if (!wide && (disks[0] !== disks[1] || countHere !== countAll)) {
    throw input.fail("zip end record", "is one part of a split archive", "Join the parts first.");
  }
  const directory = wide ?? narrow;
  if (directory.start + directory.size > endPosition) {
    throw input.fail("zip end record", "puts the directory outside of the file");
  }
  return directory;
}

/** The end record stands at the end, before a comment of up to 64 KiB whose length it gives. */
function findEnd(input: Input): number {
  const size = Math.min(input.size, END_SIZE + LONGEST_COMMENT);
  const tail = input.budget.allocate(size, "zip end record");
  input.readInto(tail, input.size - size);
  input.budget.release(size);
  const view = new DataView(tail.buffer);
  for (let at = size - END_SIZE; at >= 0; at--) {
    const found = view.getUint32(at, true) === END_OF_DIRECTORY;
    if (found && at + END_SIZE + view.getUint16(at + 20, true) === size) return input.size - size + at;
  }
  throw input.fail("zip end record", "the archive has no end");
}

function findZip64Directory(input: Input, endPosition: number): Directory | undefined {
  if (endPosition < LOCATOR_SIZE) return undefined;
  const locator = new Cursor(input, "zip64 locator", { start: endPosition - LOCATOR_SIZE, end: endPosition });
  if (locator.uint32() !== ZIP64_LOCATOR) {
    locator.release();
    return undefined;
  }
  locator.take(4);
  const start = locator.uint64();
  locator.release();
  const record = new Cursor(input, "zip64 end record", { start, end: endPosition });
  if (record.uint32() !== ZIP64_END_OF_DIRECTORY) throw record.fail("is not where its locator says");
  record.take(28);
  const directory = { count: record.uint64(), size: record.uint64(), start: record.uint64() };
  record.release();
  return directory;
}

function* readEntries(input: Input, { count, start, size }: Directory): Generator<ZipEntry> {
  const directory = new Cursor(input, "zip directory", { start, end: start + size });
  for (let index = 0; index < count; index++) {
    directory.charge(ENTRY_COST);
    yield readEntry(directory);
  }
  if (directory.remaining > 0) throw directory.fail(`holds more than the ${count} entries that it declares`);
  directory.release();
}

function readEntry(directory: Cursor): ZipEntry {
  if (directory.uint32() !== DIRECTORY_ENTRY)
    throw directory.fail("an entry does not begin here as it should");
  directory.take(4);
  const [flags, method] = [directory.uint16(), directory.uint16()];
  directory.take(4);
  const [crc, compressedSize, size] = [directory.uint32(), directory.uint32(), directory.uint32()];
  const [nameLength, extraLength, commentLength] = [
    directory.uint16(),
    directory.uint16(),
    directory.uint16(),
  ];
  directory.take(8);
  const headerOffset = directory.uint32();
  const name = directory.text(nameLength);
  const sizes = readWideSizes(directory, extraLength, { size, compressedSize, headerOffset });
  directory.take(commentLength);
  return { name, flags, method, crc, ...sizes };
}

type Sizes = Pick<ZipEntry, "size" | "compressedSize" | "headerOffset">;

/** The zip64 extra field holds, in this order, those of the three sizes that do not fit into 32 bits. */
function readWideSizes(directory: Cursor, extraLength: number, narrow: Sizes): Sizes {
  const sizes = { ...narrow };
  const end = directory.position + extraLength;
  while (end - directory.position >= 4) {
    const [id, length] = [directory.uint16(), directory.uint16()];
    const fieldEnd = directory.position + length;
    if (fieldEnd > end) throw directory.fail("an extra field is longer than its entry");
    if (id === 1) {
      for (const key of ["size", "compressedSize", "headerOffset"] as const) {
        if (narrow[key] === SEE_ZIP64 && fieldEnd - directory.position >= 8) sizes[key] = directory.uint64();
      }
    }
    directory.take(fieldEnd - directory.position);
  }
  directory.take(end - directory.position);
  return sizes;
}
