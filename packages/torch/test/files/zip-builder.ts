// Builds zip archives, honest ones and others: every number that a header holds can be replaced by a lie.

import { crc32, deflateRawSync } from "node:zlib";

export interface BuiltEntry {
  name: string;
  data: Uint8Array;
  deflate?: boolean;
  flags?: number;
  method?: number;
  crc?: number;
  size?: number;
  compressedSize?: number;
  headerOffset?: number;
  /** Length that the local header claims for an extra field, which is not there. */
  localExtra?: number;
  /** Write sizes and offset to the zip64 extra field. */
  wide?: boolean;
}

export interface BuiltEnd {
  count?: number;
  directorySize?: number;
  directoryStart?: number;
  comment?: Uint8Array;
  disk?: number;
  wide?: boolean;
  /** Where the archive will stand in its file. */
  base?: number;
}

/** Numbers as little-endian fields: `[bytes, value]`. */
export function fields(
  ...pairs: readonly (readonly [bytes: 1 | 2 | 4 | 8, value: number | bigint])[]
): Buffer {
  const parts = pairs.map(([bytes, value]) => {
    const part = Buffer.alloc(8);
    part.writeBigUInt64LE(BigInt.asUintN(64, BigInt(value)));
    return part.subarray(0, bytes);
  });
  return Buffer.concat(parts);
}

export function buildZip(entries: readonly BuiltEntry[], end: BuiltEnd = {}): Buffer {
  const base = end.base ?? 0;
  const locals: Buffer[] = [];
  const directory: Buffer[] = [];
  let position = base;
  for (const entry of entries) {
    const name = Buffer.from(entry.name);
    const content = entry.deflate ? deflateRawSync(entry.data) : entry.data;
    const method = entry.method ?? (entry.deflate ? 8 : 0);
    const crc = entry.crc ?? crc32(entry.data);
    const size = entry.size ?? entry.data.length;
    const compressedSize = entry.compressedSize ?? content.length;
    const headerOffset = entry.headerOffset ?? position;
    const flags = entry.flags ?? 0;
    const local = Buffer.concat([
      fields([4, 0x04034b50], [2, 20], [2, flags], [2, method], [4, 0], [4, crc]),
      fields([4, compressedSize], [4, size], [2, name.length], [2, entry.localExtra ?? 0]),
      name,
      content,
    ]);
    const extra = entry.wide
      ? fields([2, 1], [2, 24], [8, size], [8, compressedSize], [8, headerOffset])
      : Buffer.alloc(0);
    const narrow = (value: number) => (entry.wide ? 0xffffffff : value);
    directory.push(
      fields([4, 0x02014b50], [2, 20], [2, 20], [2, flags], [2, method], [4, 0], [4, crc]),
      fields([4, narrow(compressedSize)], [4, narrow(size)], [2, name.length], [2, extra.length], [2, 0]),
      fields([2, 0], [2, 0], [4, 0], [4, narrow(headerOffset)]),
      name,
      extra,
    );
    locals.push(local);
    position += local.length;
  }
  const entryBytes = Buffer.concat(directory);
  const count = end.count ?? entries.length;
  const directorySize = end.directorySize ?? entryBytes.length;
  const directoryStart = end.directoryStart ?? position;
  const recordStart = position + entryBytes.length;
  const wide = end.wide
    ? Buffer.concat([
        fields([4, 0x06064b50], [8, 44], [2, 45], [2, 45], [4, 0], [4, 0], [8, count], [8, count]),
        fields([8, directorySize], [8, directoryStart]),
        fields([4, 0x07064b50], [4, 0], [8, recordStart], [4, 1]),
      ])
    : Buffer.alloc(0);
  const narrow = (value: number, most: number) => (end.wide ? most : value);
  const comment = end.comment ?? new Uint8Array(0);
  const record = Buffer.concat([
    fields(
      [4, 0x06054b50],
      [2, end.disk ?? 0],
      [2, 0],
      [2, narrow(count, 0xffff)],
      [2, narrow(count, 0xffff)],
    ),
    fields(
      [4, narrow(directorySize, 0xffffffff)],
      [4, narrow(directoryStart, 0xffffffff)],
      [2, comment.length],
    ),
    comment,
  ]);
  return Buffer.concat([...locals, entryBytes, wide, record]);
}
