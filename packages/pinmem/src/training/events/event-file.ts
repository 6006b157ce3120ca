// TensorBoard's event files: records of a length, a message and two checksums, each message a protocol buffer.
//
// Sources: tensorflow/core/lib/io/record_writer.h (records), tensorflow/core/util/event.proto and
// tensorflow/core/framework/summary.proto (messages; the few fields that TensorBoard needs for scalars and images).
// No maintained npm package writes these files; the encoding itself is done by Buf's protobuf library.

import { BinaryWriter, WireType } from "@bufbuild/protobuf/wire";

export type SummaryValue =
  | { readonly tag: string; readonly scalar: number }
  | { readonly tag: string; readonly image: EncodedImage };

export interface EncodedImage {
  readonly width: number;
  readonly height: number;
  /** The file: PNG, RGB. */
  readonly png: Uint8Array;
}

const VERSION = "brain.Event:2";
const RGB = 3;
const SESSION_START = 1;

/** The first record of every file. */
export const versionRecord = (seconds: number): Uint8Array =>
  record(eventMessage(seconds, 0, (writer) => writer.tag(3, WireType.LengthDelimited).string(VERSION)));

/** Says that `step` is the first to come: TensorBoard forgets what an interrupted run wrote about it and later ones. */
export const sessionRecord = (seconds: number, step: number): Uint8Array =>
  record(
    eventMessage(seconds, step, (writer) =>
      writer.tag(7, WireType.LengthDelimited).fork().tag(1, WireType.Varint).int32(SESSION_START).join(),
    ),
  );

export const summaryRecord = (seconds: number, step: number, values: readonly SummaryValue[]): Uint8Array =>
  record(
    eventMessage(seconds, step, (writer) => {
      writer.tag(5, WireType.LengthDelimited).fork();
      for (const value of values) writeValue(writer, value);
      return writer.join();
    }),
  );

function eventMessage(
  seconds: number,
  step: number,
  rest: (writer: BinaryWriter) => BinaryWriter,
): Uint8Array {
  const writer = new BinaryWriter();
  writer.tag(1, WireType.Bit64).double(seconds).tag(2, WireType.Varint).int64(step);
  return rest(writer).finish();
}

function writeValue(writer: BinaryWriter, value: SummaryValue): void {
  writer.tag(1, WireType.LengthDelimited).fork().tag(1, WireType.LengthDelimited).string(value.tag);
  if ("scalar" in value) {
    writer.tag(2, WireType.Bit32).float(value.scalar);
  } else {
    const { width, height, png } = value.image;
    writer.tag(4, WireType.LengthDelimited).fork();
    writer.tag(1, WireType.Varint).int32(height).tag(2, WireType.Varint).int32(width);
    writer.tag(3, WireType.Varint).int32(RGB).tag(4, WireType.LengthDelimited).bytes(png).join();
  }
  writer.join();
}

function record(message: Uint8Array): Uint8Array {
  const bytes = new Uint8Array(8 + 4 + message.length + 4);
  const view = new DataView(bytes.buffer);
  view.setBigUint64(0, BigInt(message.length), true);
  view.setUint32(8, maskedChecksum(bytes.subarray(0, 8)), true);
  bytes.set(message, 12);
  view.setUint32(12 + message.length, maskedChecksum(message), true);
  return bytes;
}

const POLYNOMIAL = 0x82f63b78; // Castagnoli, reversed
const MASK = 0xa282ead8;

const table = Uint32Array.from({ length: 256 }, (_, byte) => {
  let value = byte;
  for (let bit = 0; bit < 8; bit++) value = value & 1 ? (value >>> 1) ^ POLYNOMIAL : value >>> 1;
  return value;
});

/** CRC-32C (Node's own CRC-32 has another polynomial). */
export function crc32c(bytes: Uint8Array): number {
  let value = 0xffffffff;
  for (const byte of bytes) value = (table[(value ^ byte) & 0xff] as number) ^ (value >>> 8);
  return (value ^ 0xffffffff) >>> 0;
}

/** Rotated and shifted, so that a checksum of data that holds checksums is no weaker. */
function maskedChecksum(bytes: Uint8Array): number {
  const value = crc32c(bytes);
  return (((value >>> 15) | (value << 17)) + MASK) >>> 0;
}
