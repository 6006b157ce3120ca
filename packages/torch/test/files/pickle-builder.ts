// Assembles pickles by hand, opcode by opcode, and puts them into checkpoints: for what Python would never write.

import { buildZip } from "./zip-builder.js";

type Part = string | Buffer;

/** Joins parts; strings are raw opcodes, one byte a character. */
export const ops = (...parts: readonly Part[]): Buffer =>
  Buffer.concat(parts.map((part) => (typeof part === "string" ? Buffer.from(part, "latin1") : part)));

/** As many parts as asked for, one after the other. */
export const repeat = (count: number, part: (index: number) => Part): Buffer =>
  Buffer.concat(Array.from({ length: count }, (_, index) => ops(part(index))));

export const text = (value: string): Buffer => {
  const bytes = Buffer.from(value);
  const length = Buffer.alloc(4);
  length.writeUInt32LE(bytes.length);
  return ops("X", length, bytes);
};

export const int = (value: number): Buffer => {
  if (Number.isInteger(value) && Math.abs(value) < 2 ** 31) {
    const bytes = Buffer.alloc(4);
    bytes.writeInt32LE(value);
    return ops("J", bytes);
  }
  const bytes = Buffer.alloc(8);
  bytes.writeBigInt64LE(BigInt(value));
  return ops("\x8a\x08", bytes);
};

export const global = (module: string, name: string): Buffer => ops(`c${module}\n${name}\n`);

export const tuple = (...items: readonly Part[]): Buffer => ops("(", ...items, "t");

export const storage = (key: string, length: number, type = "FloatStorage"): Buffer =>
  ops(tuple(text("storage"), global("torch", type), text(key), text("cpu"), int(length)), "Q");

export interface TensorParts {
  storage: Part;
  offset?: number;
  shape: readonly number[];
  strides: readonly number[];
}

export const tensor = ({ storage, offset = 0, shape, strides }: TensorParts): Buffer =>
  ops(
    global("torch._utils", "_rebuild_tensor_v2"),
    tuple(storage, int(offset), tuple(...shape.map(int)), tuple(...strides.map(int)), "\x89", "}"),
    "R",
  );

/** A checkpoint with this pickle and these storages. */
export const checkpoint = (pickle: Buffer, storages: Record<string, Uint8Array> = {}): Buffer =>
  buildZip([
    { name: "built/data.pkl", data: ops("\x80\x02", pickle, ".") },
    ...Object.entries(storages).map(([key, data]) => ({ name: `built/data/${key}`, data })),
  ]);
