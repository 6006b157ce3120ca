// An ONNX model as bytes: nodes, weights and the descriptions of what goes in and out, in protocol buffers. What they compute is
// nobody's business here (graph.ts).
//
// Source: onnx/onnx.proto of ONNX 1.15 (ModelProto, GraphProto, NodeProto, AttributeProto, TensorProto, ValueInfoProto), of which
// these are the few fields that every reader needs. The encoding itself is done by Buf's protobuf library.

import { BinaryWriter, WireType } from "@bufbuild/protobuf/wire";

/** Version of the operators that graphs are written in. */
export const OPSET = 20;
/** Version of the format that came with them. */
const IR_VERSION = 9;

/** Types of tensors, and their numbers. */
const elementTypes = { float32: 1, uint8: 2, int64: 7, bool: 9, float16: 10 } as const;
export type ElementType = keyof typeof elementTypes;

export const elementCode = (type: ElementType): number => elementTypes[type];

/** A floating-point attribute; plain numbers are whole ones. */
export interface FloatAttribute {
  readonly float: number;
}
export type Attribute = number | string | readonly number[] | FloatAttribute;

export interface Node {
  readonly name: string;
  readonly operator: string;
  /** "" where an optional one is left out. */
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  readonly attributes: Readonly<Record<string, Attribute>>;
}

export interface Initializer {
  readonly name: string;
  readonly type: ElementType;
  readonly shape: readonly number[];
  /** Row-major, little-endian. */
  readonly bytes: Uint8Array;
}

export interface ValueInfo {
  readonly name: string;
  readonly type: ElementType;
  /** A name stands for a size that is not fixed. */
  readonly shape: readonly (number | string)[];
}

export interface Model {
  readonly name: string;
  /** What wrote it, and its version. */
  readonly producer: { readonly name: string; readonly version: string };
  readonly nodes: readonly Node[];
  readonly initializers: readonly Initializer[];
  readonly inputs: readonly ValueInfo[];
  readonly outputs: readonly ValueInfo[];
}

export function encodeModel({ producer, ...graph }: Model): Uint8Array {
  const writer = new BinaryWriter();
  writer.tag(1, WireType.Varint).int64(IR_VERSION);
  text(writer, 2, producer.name);
  text(writer, 3, producer.version);
  message(writer, 7, () => writeGraph(writer, graph));
  message(writer, 8, () => {
    text(writer, 1, "");
    writer.tag(2, WireType.Varint).int64(OPSET);
  });
  return writer.finish();
}

function writeGraph(
  writer: BinaryWriter,
  { name, nodes, initializers, inputs, outputs }: Omit<Model, "producer">,
): void {
  for (const node of nodes) message(writer, 1, () => writeNode(writer, node));
  text(writer, 2, name);
  for (const initializer of initializers) message(writer, 5, () => writeInitializer(writer, initializer));
  for (const input of inputs) message(writer, 11, () => writeValueInfo(writer, input));
  for (const output of outputs) message(writer, 12, () => writeValueInfo(writer, output));
}

function writeNode(writer: BinaryWriter, { name, operator, inputs, outputs, attributes }: Node): void {
  for (const input of inputs) text(writer, 1, input);
  for (const output of outputs) text(writer, 2, output);
  text(writer, 3, name);
  text(writer, 4, operator);
  for (const [key, value] of Object.entries(attributes)) {
    message(writer, 5, () => writeAttribute(writer, key, value));
  }
}

/** Kinds of attributes, and their numbers. */
const FLOAT = 1;
const INT = 2;
const STRING = 3;
const INTS = 7;

function writeAttribute(writer: BinaryWriter, name: string, value: Attribute): void {
  text(writer, 1, name);
  const kind = (code: number) => writer.tag(20, WireType.Varint).int32(code);
  if (typeof value === "number") {
    writer.tag(3, WireType.Varint).int64(value);
    kind(INT);
  } else if (typeof value === "string") {
    text(writer, 4, value);
    kind(STRING);
  } else if ("float" in value) {
    writer.tag(2, WireType.Bit32).float(value.float);
    kind(FLOAT);
  } else {
    for (const one of value) writer.tag(8, WireType.Varint).int64(one);
    kind(INTS);
  }
}

function writeInitializer(writer: BinaryWriter, { name, type, shape, bytes }: Initializer): void {
  for (const size of shape) writer.tag(1, WireType.Varint).int64(size);
  writer.tag(2, WireType.Varint).int32(elementCode(type));
  text(writer, 8, name);
  writer.tag(9, WireType.LengthDelimited).bytes(bytes);
}

function writeValueInfo(writer: BinaryWriter, { name, type, shape }: ValueInfo): void {
  text(writer, 1, name);
  message(writer, 2, () =>
    message(writer, 1, () => {
      writer.tag(1, WireType.Varint).int32(elementCode(type));
      message(writer, 2, () => {
        for (const size of shape) {
          message(writer, 1, () => {
            if (typeof size === "number") writer.tag(1, WireType.Varint).int64(size);
            else text(writer, 2, size);
          });
        }
      });
    }),
  );
}

const text = (writer: BinaryWriter, field: number, value: string): BinaryWriter =>
  writer.tag(field, WireType.LengthDelimited).string(value);

function message(writer: BinaryWriter, field: number, body: () => void): void {
  writer.tag(field, WireType.LengthDelimited).fork();
  body();
  writer.join();
}
