// The choke point: every operator call passes here. It unwraps tensors, picks the overload, calls libtorch and wraps the
// results; errors get their context here, once.
//
// Operators are resolved by name on first use, and their arguments are matched by name with the schema of the libtorch
// that is loaded, so that one generated surface serves versions whose schemas differ.

import { fromNative, TorchError } from "./errors.js";
import { camelCase } from "./names.js";
import { type Native, type NativeSchema, native } from "./native.js";
import { OwnedTensor } from "./ownership.js";

/** Kinds of schema arguments, as the addon numbers them (native/environment.h). */
export const Kind = {
  Tensor: 0,
  TensorList: 1,
  OptionalTensorList: 2,
  Int: 3,
  IntList: 4,
  Float: 5,
  FloatList: 6,
  Bool: 7,
  BoolList: 8,
  Scalar: 9,
  ScalarList: 10,
  String: 11,
  Device: 12,
  DType: 13,
  MemoryFormat: 14,
  Layout: 15,
  Generator: 16,
  Unsupported: 17,
} as const;

/** A number that counts as floating-point even when it is integral; JavaScript cannot tell 2 from 2.0. */
export type FloatScalar = Float64Array & { readonly __scalar?: "float" };

/** A number to an operator: integral numbers count as integers (`float(2)` is 2.0), bigints as 64-bit integers. */
export type Scalar = number | boolean | bigint | FloatScalar;

/** Says that `value` is floating-point where a `Scalar`'s type matters, such as `zeros([2], { dtype: "int64" }).add(float(2))`. */
export const float = (value: number): FloatScalar => Float64Array.of(value);

/** Where a tensor lives: `"cpu"` or `"cuda:1"`. */
export type Device = "cpu" | "cuda" | `cuda:${number}`;

/** How elements lie in memory. */
export type MemoryFormat = "contiguous" | "channelsLast" | "channelsLast3d" | "preserve";

type Options = Readonly<Record<string, unknown>>;
type TensorConstructor = new (handle: number) => OwnedTensor;

let TensorClass: TensorConstructor | undefined;

/** @internal Breaks the cycle between `Tensor` and the operators it inherits. */
export const registerTensorClass = (tensorClass: TensorConstructor): void => {
  TensorClass = tensorClass;
};

/** @internal Wraps a native handle. */
export function wrap<T extends OwnedTensor>(handle: number): T {
  if (!TensorClass) throw new Error("internal: the Tensor class is not registered");
  return new TensorClass(handle) as T;
}

interface Resolved {
  readonly id: number;
  readonly schema: NativeSchema;
  readonly kinds: readonly number[];
  /** Length of lists for which one number stands, such as 2 for a stride; 0 elsewhere. */
  readonly fixedLengths: readonly number[];
  readonly nullable: readonly boolean[];
  /** Position in the schema of each declared argument; null where both orders agree. */
  readonly order: readonly number[] | null;
  readonly count: number;
  readonly results: readonly ("tensor" | "tensors" | "value" | number)[];
}

/** One overload of one operator, as the surface declares it. */
export class Operator {
  readonly #positions: ReadonlyMap<string, number>;
  #resolved: Resolved | undefined;

  /**
   * @param schemaName such as `aten::add.Tensor`
   * @param names declared arguments in schema spelling; positional ones first
   * @param positional how many of them are given by position
   */
  constructor(
    readonly schemaName: string,
    readonly label: string,
    readonly names: readonly string[],
    readonly positional: number,
  ) {
    this.#positions = new Map(
      names.slice(positional).map((name, index) => [camelCase(name), positional + index]),
    );
  }

  get keywords(): IterableIterator<string> {
    return this.#positions.keys();
  }

  get resolved(): Resolved {
    this.#resolved ??= this.#resolve();
    return this.#resolved;
  }

  /** The schema as libtorch prints it. */
  get schema(): string {
    return this.resolved.schema.text;
  }

  position(keyword: string): number | undefined {
    return this.#positions.get(keyword);
  }

  accepts(values: readonly unknown[], options: Options | undefined): boolean {
    if (values.length !== this.positional) return false;
    for (let i = 0; i < values.length; i++) if (!this.#fits(i, values[i])) return false;
    for (const keyword in options) {
      const position = this.#positions.get(keyword);
      if (position === undefined || !this.#fits(position, options[keyword])) return false;
    }
    return true;
  }

  #fits(index: number, value: unknown): boolean {
    const { kinds, fixedLengths, nullable } = this.resolved;
    if (value === undefined) return index >= this.positional || nullable[index] === true;
    if (value === null) return nullable[index] === true;
    return fits(kinds[index] as number, value, fixedLengths[index] as number);
  }

  #resolve(): Resolved {
    const [name = "", overload = ""] = this.schemaName.split(".");
    const id = native.resolve(name, overload);
    if (id < 0) {
      throw new TorchError(
        `the loaded libtorch (${native.buildInfo().compiledFor}) has no operator ${this.schemaName}`,
        {
          operator: this.label,
        },
      );
    }
    const schema = native.schema(id);
    const positions = this.names.map((declared) => {
      const position = schema.arguments.findIndex((argument) => argument.name === declared);
      if (position < 0) {
        throw new TorchError(`libtorch's ${this.schemaName} has no argument '${declared}': ${schema.text}`, {
          operator: this.label,
          argument: declared,
        });
      }
      return position;
    });
    return {
      id,
      schema,
      kinds: positions.map((position) => schema.arguments[position]?.kind ?? Kind.Unsupported),
      fixedLengths: positions.map((position) => schema.arguments[position]?.fixedLength ?? 0),
      nullable: positions.map((position) => schema.arguments[position]?.optional ?? false),
      order: positions.every((position, index) => position === index) ? null : positions,
      count: schema.arguments.length,
      results: schema.returns.map(({ type, alias }) => {
        if (alias >= 0) return positions.indexOf(alias);
        return type === "Tensor" ? "tensor" : type === "Tensor[]" ? "tensors" : "value";
      }),
    };
  }
}

function fits(kind: number, value: unknown, fixedLength: number): boolean {
  switch (kind) {
    case Kind.Tensor:
      return value instanceof OwnedTensor;
    case Kind.TensorList:
      return Array.isArray(value) && value.every((element) => element instanceof OwnedTensor);
    case Kind.OptionalTensorList:
      return (
        Array.isArray(value) && value.every((element) => element === null || element instanceof OwnedTensor)
      );
    case Kind.Int:
      return typeof value === "number" || typeof value === "bigint";
    case Kind.Float:
      return typeof value === "number";
    case Kind.Bool:
      return typeof value === "boolean";
    case Kind.Scalar:
      return (
        typeof value === "number" ||
        typeof value === "boolean" ||
        typeof value === "bigint" ||
        value instanceof Float64Array
      );
    case Kind.String:
    case Kind.Device:
    case Kind.DType:
    case Kind.MemoryFormat:
    case Kind.Layout:
      return typeof value === "string";
    default:
      return Array.isArray(value) || (fixedLength > 0 && typeof value === "number");
  }
}

function mismatch(operator: Operator, argument: string, expected: string, value: unknown): TorchError {
  const name = camelCase(argument);
  return new TorchError(`argument '${name}' must be ${expected}, got ${describeValue(value)}`, {
    operator: operator.label,
    argument: name,
  });
}

function unwrapTensor(value: unknown, operator: Operator, argument: string): unknown {
  if (value instanceof OwnedTensor) return OwnedTensor.handleOf(value, operator.label, argument);
  if (value === null || value === undefined) return value;
  throw mismatch(operator, argument, "a tensor", value);
}

// Lists go through memory shared with the addon: reading an array through N-API costs more than a small operator.
const listBuffer = new Float64Array(native.listBuffer());
let listEnd = 0;

/** Appends integers to the list buffer and gives their count; the array itself where it holds anything else. */
function unwrapIntegers(value: unknown, operator: Operator, argument: string, fixedLength: number): unknown {
  if (typeof value === "number") {
    // The addon would take a bare number for a count.
    if (fixedLength === 0) throw mismatch(operator, argument, "an array of integers", value);
    if (listEnd + fixedLength > listBuffer.length) return new Array(fixedLength).fill(value);
    for (let i = 0; i < fixedLength; i++) listBuffer[listEnd++] = value;
    return fixedLength;
  }
  if (!Array.isArray(value) || listEnd + value.length > listBuffer.length) return value;
  const start = listEnd;
  for (let i = 0; i < value.length; i++) {
    const element = value[i];
    if (typeof element !== "number") {
      listEnd = start;
      return value;
    }
    listBuffer[listEnd++] = element;
  }
  return value.length;
}

function unwrapTensors(value: unknown, operator: Operator, argument: string): unknown {
  if (value === null || value === undefined) return value;
  if (!Array.isArray(value)) throw mismatch(operator, argument, "an array of tensors", value);
  const handles = value.map((element) => {
    if (element instanceof OwnedTensor) return OwnedTensor.handleOf(element, operator.label, argument);
    throw mismatch(operator, argument, "an array of tensors", value);
  });
  if (listEnd + handles.length > listBuffer.length) return handles;
  listBuffer.set(handles, listEnd);
  listEnd += handles.length;
  return handles.length;
}

function unwrap(
  kind: number,
  value: unknown,
  operator: Operator,
  index: number,
  fixedLength: number,
): unknown {
  switch (kind) {
    case Kind.Tensor:
      return unwrapTensor(value, operator, operator.names[index] as string);
    case Kind.IntList:
      return unwrapIntegers(value, operator, operator.names[index] as string, fixedLength);
    case Kind.TensorList:
      return unwrapTensors(value, operator, operator.names[index] as string);
    case Kind.OptionalTensorList:
      return Array.isArray(value)
        ? value.map((element) => unwrapTensor(element, operator, operator.names[index] as string))
        : value;
    default:
      return value;
  }
}

/** What an argument was, for messages: `float32[2, 3] on cpu`. */
export function describeValue(value: unknown): string {
  if (value instanceof OwnedTensor) return value.isDisposed ? "a disposed tensor" : String(value);
  if (Array.isArray(value)) {
    return value.length > 8 ? `an array of ${value.length}` : `[${value.map(describeValue).join(", ")}]`;
  }
  if (value instanceof Float64Array && value.length === 1) return `float(${value[0]})`;
  if (typeof value === "string") return JSON.stringify(value);
  if (typeof value === "function") return "a function";
  if (typeof value === "object" && value !== null) return `a ${value.constructor?.name ?? "plain"} object`;
  return String(value);
}

function received(operator: Operator, values: readonly unknown[]): string {
  return operator.names
    .map((name, index) =>
      values[index] === undefined ? "" : `  ${camelCase(name)}: ${describeValue(values[index])}`,
    )
    .filter(Boolean)
    .join("\n");
}

function unknownKeyword(overloads: readonly [Operator, ...Operator[]], keyword: string): TorchError {
  const known = new Set(overloads.flatMap(({ keywords }) => [...keywords]));
  return new TorchError(
    `there is no option '${keyword}'${known.size ? `; it takes ${[...known].join(", ")}` : ": it takes no options"}`,
    { operator: overloads[0].label, argument: keyword },
  );
}

function withOptions(operator: Operator, values: readonly unknown[], options: Options): unknown[] {
  if (!isOptions(options)) {
    const known = [...operator.keywords].join(", ");
    throw new TorchError(
      `takes its other arguments by name, { ${known} }, got ${describeValue(options)} after the positional ones`,
      { operator: operator.label },
    );
  }
  const all = values.slice();
  for (const keyword of Object.keys(options)) {
    const position = operator.position(keyword);
    if (position === undefined) throw unknownKeyword([operator], keyword);
    while (all.length < position) all.push(undefined);
    all[position] = options[keyword];
  }
  return all;
}

function wrapResult(
  kind: Resolved["results"][number] | undefined,
  raw: unknown,
  values: readonly unknown[],
): unknown {
  if (typeof kind === "number") return values[kind];
  if (kind === "tensor") return raw === null ? null : wrap(raw as number);
  if (kind === "tensors") return (raw as number[]).map((handle) => wrap(handle));
  return raw;
}

/** Calls one operator with positional values and named options. */
export function run(operator: Operator, values: readonly unknown[], options?: Options): unknown {
  const { id, kinds, fixedLengths, order, count, results } = operator.resolved;
  if (values.length !== operator.positional) {
    throw new TorchError(
      `takes ${operator.positional} arguments before its options, got ${values.length}: ${operator.schema}`,
      {
        operator: operator.label,
      },
    );
  }
  const all = options === undefined ? values : withOptions(operator, values, options);
  const raw: unknown[] = new Array(order ? count : all.length);
  listEnd = 0;
  if (order) {
    // The addon reads lists in the order of the schema.
    order.forEach((position, i) => {
      raw[position] = i;
    });
    for (let position = 0; position < count; position++) {
      const i = raw[position] as number | undefined;
      raw[position] =
        i === undefined
          ? undefined
          : unwrap(kinds[i] as number, all[i], operator, i, fixedLengths[i] as number);
    }
  } else {
    for (let i = 0; i < all.length; i++)
      raw[i] = unwrap(kinds[i] as number, all[i], operator, i, fixedLengths[i] as number);
  }
  let result: unknown;
  try {
    result = call(id, raw);
  } catch (error) {
    throw fromNative(error, operator.label, received(operator, all));
  }
  if (results.length === 1) return wrapResult(results[0], result, all);
  if (results.length === 0) return undefined;
  return (result as unknown[]).map((element, index) => wrapResult(results[index], element, all));
}

// Spreading is slow below the optimising compiler; the common arities are spelled out.
const nativeCall: Native["call"] = native.call;
function call(id: number, raw: readonly unknown[]): unknown {
  switch (raw.length) {
    case 1:
      return nativeCall(id, raw[0]);
    case 2:
      return nativeCall(id, raw[0], raw[1]);
    case 3:
      return nativeCall(id, raw[0], raw[1], raw[2]);
    default:
      return nativeCall(id, ...raw);
  }
}

// Asking for the constructor costs a tenth of asking for the prototype.
const isOptions = (value: unknown): value is Options =>
  typeof value === "object" && value !== null && value.constructor === Object;

/** Calls the first overload whose arguments fit. A trailing plain object, which no operator takes as a value, is the options. */
export function runOverloaded(overloads: readonly Operator[], values: unknown[]): unknown {
  const last = values[values.length - 1];
  const options = isOptions(last) ? last : undefined;
  if (last === undefined || options) values.pop();
  for (const operator of overloads)
    if (operator.accepts(values, options)) return run(operator, values, options);
  throw noOverload(overloads as [Operator, ...Operator[]], values, options);
}

function noOverload(
  overloads: readonly [Operator, ...Operator[]],
  values: readonly unknown[],
  options: Options = {},
): TorchError {
  const keywords = Object.keys(options);
  const unknown = keywords.find((keyword) => overloads.every((form) => form.position(keyword) === undefined));
  if (unknown !== undefined) return unknownKeyword(overloads, unknown);
  const given = [...values.map(describeValue), ...(keywords.length ? [`{ ${keywords.join(", ")} }`] : [])];
  const schemas = overloads.map(({ schema }) => `  ${schema}`);
  return new TorchError(`no form of it takes (${given.join(", ")}):\n${schemas.join("\n")}`, {
    operator: overloads[0].label,
  });
}

/** Calls a binary operator with a tensor or with a number: the commonest case, decided without looking at schemas. */
export function runBinary(
  [withTensor, withScalar]: readonly [Operator, Operator],
  self: unknown,
  other: unknown,
  options?: Options,
): unknown {
  if (other instanceof OwnedTensor) return run(withTensor, [self, other], options);
  if (fits(Kind.Scalar, other, 0)) return run(withScalar, [self, other], options);
  throw mismatch(withScalar, "other", "a tensor or a number", other);
}

const generic = new Map<string, Operator>();

/**
 * Calls any operator of libtorch by its schema name, such as `callOperator("aten::add.Tensor", [a, b], { alpha: 2 })`.
 * The typed methods cover what `ops.txt` lists; this reaches the rest. Arguments without a default come first, in
 * schema order; those with one, and keyword-only ones, by name in camelCase.
 */
export function callOperator(name: string, values: readonly unknown[] = [], options?: Options): unknown {
  let operator = generic.get(name);
  if (!operator) {
    operator = declare(name);
    generic.set(name, operator);
  }
  return run(operator, values, options);
}

function declare(name: string): Operator {
  const [base = "", overload = ""] = name.split(".");
  const id = native.resolve(base, overload);
  if (id < 0) {
    const similar = native
      .operators()
      .filter((other) => other.split(".")[0]?.endsWith(base.includes("::") ? base : `::${base}`))
      .sort();
    throw new TorchError(
      similar.length
        ? `there is no such overload; there are ${similar.slice(0, 12).join(", ")}`
        : "libtorch has no such operator",
      { operator: name },
    );
  }
  const { arguments: declared } = native.schema(id);
  const isPositional = (index: number) =>
    declared[index]?.default === undefined && !declared[index]?.keywordOnly;
  const indices = declared.map((_, index) => index);
  const ordered = [...indices.filter(isPositional), ...indices.filter((index) => !isPositional(index))];
  const names = ordered.map((index) => declared[index]?.name ?? "");
  return new Operator(name, name, names, indices.filter(isPositional).length);
}

/** Every operator name that the loaded libtorch knows, such as `aten::add.Tensor`. */
export const operatorNames = (): string[] => native.operators().sort();
