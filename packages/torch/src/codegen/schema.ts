// What the generator needs to know of an operator's schema, asked from the loaded libtorch.

import { type NativeSchema, native } from "../native.js";
import { Kind } from "../operator.js";
import type { ListedOperator } from "./operator-list.js";

export interface Argument {
  readonly name: string;
  readonly kind: number;
  /** As the schema spells it: `int[2]`, `Tensor?`, `ScalarType`. */
  readonly type: string;
  readonly nullable: boolean;
  readonly fixedLength: number;
  readonly default: string | undefined;
  /** Need not be given. */
  readonly keyword: boolean;
  /** Behind the asterisk of the schema: Python takes it by name only. */
  readonly keywordOnly: boolean;
}

export interface Schema {
  readonly schemaName: string;
  readonly text: string;
  readonly arguments: readonly Argument[];
  readonly returns: NativeSchema["returns"];
}

/** Random generators are seeded globally; every tensor here is strided and unpinned. */
const hidden = (argument: Argument): boolean =>
  argument.kind === Kind.Generator || argument.name === "pin_memory" || argument.name === "layout";

function readSchema(name: string, overload: string): Schema {
  const schemaName = `aten::${name}${overload ? `.${overload}` : ""}`;
  const id = native.resolve(`aten::${name}`, overload);
  if (id < 0)
    throw new Error(`ops.txt: libtorch ${native.buildInfo().compiledFor} has no operator ${schemaName}`);
  const { text, arguments: declared, returns } = native.schema(id);
  const all = declared.map((argument) => ({
    name: argument.name,
    kind: argument.kind,
    type: argument.type,
    nullable: argument.optional,
    fixedLength: argument.fixedLength,
    default: argument.default,
    keyword: argument.keywordOnly || argument.default !== undefined,
    keywordOnly: argument.keywordOnly,
  }));
  const visible = all.filter((argument) => !hidden(argument));
  return {
    schemaName,
    text,
    arguments: [...visible.filter((a) => !a.keyword), ...visible.filter((a) => a.keyword)],
    returns,
  };
}

export const readSchemas = (operators: readonly ListedOperator[]): Map<string, Schema[]> =>
  new Map(
    operators.map(({ name, overloads }) => [name, overloads.map((overload) => readSchema(name, overload))]),
  );
