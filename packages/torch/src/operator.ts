// One overload of one operator: resolved by name on first use, its arguments matched by name with the schema of the libtorch
// that is loaded, so that one generated surface serves versions whose schemas differ.

import { TorchError } from "./errors.js";
import { camelCase } from "./names.js";
import { type NativeSchema, native } from "./native.js";
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

/** Arguments given by name. */
export type Options = Readonly<Record<string, unknown>>;

export interface Resolved {
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
   * @param names declared arguments in schema spelling; those that must be given first
   * @param required how many of them must be given
   * @param positional how many of them may be given by position; any but the tensor itself may be given by name
   */
  constructor(
    readonly schemaName: string,
    readonly label: string,
    readonly names: readonly string[],
    readonly required: number,
    readonly positional: number = required,
  ) {
    const byName = names.map((name, index): [string, number] => [camelCase(name), index]);
    this.#positions = new Map(names[0] === "self" ? byName.slice(1) : byName);
  }

  /** The arguments that need not be given, as options are named. */
  get keywords(): string[] {
    return this.names.slice(this.required).map(camelCase);
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
    const given = values.length;
    if (given > this.positional) return false;
    for (let i = 0; i < given; i++) if (!this.#fits(i, values[i])) return false;
    let missing = this.required - given;
    for (const keyword in options) {
      const position = this.#positions.get(keyword);
      if (position === undefined || position < given || !this.#fits(position, options[keyword])) return false;
      if (position < this.required) missing--;
    }
    return missing <= 0;
  }

  #fits(index: number, value: unknown): boolean {
    const { kinds, fixedLengths, nullable } = this.resolved;
    if (value === undefined) return index >= this.required || nullable[index] === true;
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

/** Whether a value can stand for an argument of a kind; `undefined` and `null` are told apart before. */
export function fits(kind: number, value: unknown, fixedLength: number): boolean {
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
