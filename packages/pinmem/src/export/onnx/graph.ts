// A graph of ONNX while it is built: nodes are added one by one, each giving the names of its outputs, which others take.

import { noGrad, scope, type Tensor } from "@pinmem/torch";
import { ExportError } from "../export-error.js";
import {
  type Attribute,
  type ElementType,
  encodeModel,
  type Initializer,
  type Model,
  type Node,
  type ValueInfo,
} from "./message.js";

declare const isValue: unique symbol;
/** Something that the graph computes or is given; its name in the file. */
export type Value = string & { readonly [isValue]: true };

export interface GraphOptions {
  /** Weights of so many elements or more are stored in half precision. Default: none. */
  readonly halfFrom?: number | null;
}

/** Of a message of protocol buffers, and so of a graph in one file. */
const MOST_BYTES = 2 ** 31 - 1;

/** @throws ExportError where weights are more than a file can hold */
export function requireSmall(initializers: readonly Pick<Initializer, "bytes">[]): void {
  const bytes = initializers.reduce((sum, one) => sum + one.bytes.length, 0);
  if (bytes <= MOST_BYTES) return;
  throw new ExportError(
    `the network has ${(bytes / 1e9).toFixed(1)} GB of weights, but an ONNX file holds at most 2.1 GB; give \`half\` for half the bytes, or choose a smaller backbone`,
  );
}

/** A graph that is being built: inputs, nodes, weights, outputs. */
export class Graph {
  readonly #name: string;
  readonly #halfFrom: number;
  readonly #nodes: Node[] = [];
  readonly #initializers: Initializer[] = [];
  readonly #inputs: ValueInfo[] = [];
  readonly #outputs: ValueInfo[] = [];
  /** What values that the graph gives are called in the file. */
  readonly #outputNames = new Map<string, string>();
  readonly #constants = new Map<string, Value>();
  /** Of the module whose nodes are added, for people who look at the graph. */
  #path = "";
  #count = 0;

  constructor(name: string, { halfFrom = null }: GraphOptions = {}) {
    this.#name = name;
    this.#halfFrom = halfFrom ?? Number.POSITIVE_INFINITY;
  }

  get inputs(): readonly ValueInfo[] {
    return this.#inputs;
  }

  get outputs(): readonly ValueInfo[] {
    return this.#outputs;
  }

  input(name: string, type: ElementType, shape: ValueInfo["shape"]): Value {
    this.#inputs.push({ name, type, shape });
    return name as Value;
  }

  output(value: Value, name: string, type: ElementType, shape: ValueInfo["shape"]): void {
    const isComputed = this.#nodes.some(({ outputs }) => outputs.includes(value));
    // A node that only gives another name would copy the values, whether they are asked for or not.
    if (isComputed && !this.#outputNames.has(value)) this.#outputNames.set(value, name);
    else this.#nodes.push({ name, operator: "Identity", inputs: [value], outputs: [name], attributes: {} });
    this.#outputs.push({ name, type, shape });
  }

  /** The one output of an operator; an input that is null is left out. */
  node(
    operator: string,
    inputs: readonly (Value | null)[],
    attributes: Readonly<Record<string, Attribute>> = {},
  ): Value {
    return this.nodes(operator, inputs, attributes, 1)[0] as Value;
  }

  /** As `node`, of an operator with several outputs. */
  nodes(
    operator: string,
    inputs: readonly (Value | null)[],
    attributes: Readonly<Record<string, Attribute>>,
    outputs: number,
  ): Value[] {
    const name = this.#named(operator);
    const values = Array.from({ length: outputs }, (_, at) => (at === 0 ? name : `${name}:${at}`));
    this.#nodes.push({
      name,
      operator,
      inputs: inputs.map((input) => input ?? ""),
      outputs: values,
      attributes,
    });
    return values as Value[];
  }

  /** Weights of a network, in single precision whatever they are stored in. */
  weights(tensor: Tensor): Value {
    const { shape } = tensor;
    const isHalf = tensor.numel >= this.#halfFrom;
    const type = isHalf ? "float16" : "float32";
    const { buffer, byteOffset, byteLength } = scope(() =>
      noGrad(() => tensor.detach().to({ device: "cpu", dtype: type }).contiguous().toTypedArray()),
    );
    const name = this.#named("weights");
    this.#initializers.push({ name, type, shape, bytes: new Uint8Array(buffer, byteOffset, byteLength) });
    return isHalf ? this.node("Cast", [name as Value], { to: FLOAT32 }) : (name as Value);
  }

  /** Single-precision numbers; without a shape a single one, []. */
  floats(values: readonly number[] | number, shape?: readonly number[]): Value {
    const numbers = typeof values === "number" ? [values] : values;
    const sizes = shape ?? (typeof values === "number" ? [] : [values.length]);
    return this.#constant("float32", sizes, numbers, new Uint8Array(Float32Array.from(numbers).buffer));
  }

  /** Whole numbers, such as sizes and axes: [n]. */
  ints(values: readonly number[]): Value {
    const bytes = new Uint8Array(BigInt64Array.from(values, BigInt).buffer);
    return this.#constant("int64", [values.length], values, bytes);
  }

  /** Names what `body` adds after a part of the network. */
  within<T>(path: string, body: () => T): T {
    const before = this.#path;
    this.#path = path;
    try {
      return body();
    } finally {
      this.#path = before;
    }
  }

  /** @throws ExportError where the weights are more than a file can hold */
  encode(producer: Model["producer"]): Uint8Array {
    requireSmall(this.#initializers);
    return encodeModel({
      name: this.#name,
      producer,
      nodes: this.#nodes.map((node) => ({
        ...node,
        inputs: node.inputs.map((value) => this.#outputNames.get(value) ?? value),
        outputs: node.outputs.map((value) => this.#outputNames.get(value) ?? value),
      })),
      initializers: this.#initializers,
      inputs: this.#inputs,
      outputs: this.#outputs,
    });
  }

  #constant(
    type: ElementType,
    shape: readonly number[],
    values: readonly number[],
    bytes: Uint8Array,
  ): Value {
    const key = JSON.stringify([type, shape, values.map(String)]);
    const known = this.#constants.get(key);
    if (known) return known;
    const name = `constant_${this.#count++}` as Value;
    this.#initializers.push({ name, type, shape, bytes });
    this.#constants.set(key, name);
    return name;
  }

  #named(kind: string): string {
    const place = this.#path === "" ? "" : `${this.#path}/`;
    return `${place}${kind}_${this.#count++}`;
  }
}

/** ONNX's number of the type, for `Cast`. */
const FLOAT32 = 1;
