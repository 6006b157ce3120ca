// Renders the typed operator surface: a method of TensorOperators for every operator whose first argument is a tensor,
// a function for the others, one TypeScript overload for each form.

import { camelCase } from "../names.js";
import { Kind } from "../operator.js";
import type { ListedOperator } from "./operator-list.js";
import type { Argument, Schema } from "./schema.js";

const banner = `// Generated from ops.txt by src/codegen. Do not edit: change ops.txt and run \`npm run generate-ops\`.
`;

const tsType = (argument: Argument): string => {
  const type = baseType(argument);
  return argument.nullable ? `${type} | null` : type;
};

function baseType({ kind, type, fixedLength }: Argument): string {
  switch (kind) {
    case Kind.Tensor:
      return "Tensor";
    case Kind.TensorList:
      return "readonly Tensor[]";
    case Kind.OptionalTensorList:
      return "readonly (Tensor | null)[]";
    case Kind.Int:
      return "number";
    case Kind.IntList:
      return fixedLength > 0 ? "number | readonly number[]" : "readonly number[]";
    case Kind.Float:
      return "number";
    case Kind.FloatList:
      return "readonly number[]";
    case Kind.Bool:
      return "boolean";
    case Kind.BoolList:
      return "readonly boolean[]";
    case Kind.Scalar:
      return "Scalar";
    case Kind.ScalarList:
      return "readonly Scalar[]";
    case Kind.String:
      return "string";
    case Kind.Device:
      return "Device";
    case Kind.DType:
      return "DType";
    case Kind.MemoryFormat:
      return "MemoryFormat";
    default:
      throw new Error(`internal: argument type ${type} is not offered`);
  }
}

function returnType(schema: Schema, isMethod: boolean): string {
  const types = schema.returns.map(({ type, alias }) => {
    if (alias === 0 && isMethod) return "this";
    if (type === "Tensor") return "Tensor";
    if (type === "Tensor[]") return "Tensor[]";
    return type === "bool" ? "boolean" : "number";
  });
  if (types.length === 0) return "void";
  return types.length === 1 ? (types[0] as string) : `[${types.join(", ")}]`;
}

const reserved = new Set(["this", "function", "in", "var", "new", "delete"]);
const identifier = (name: string): string => {
  const camel = camelCase(name);
  return reserved.has(camel) ? `${camel}_` : camel;
};

function optionsType(options: readonly Argument[]): string {
  return `{ ${options.map((a) => `${camelCase(a.name)}?: ${tsType(a)} | undefined`).join("; ")} }`;
}

function signature(schema: Schema, isMethod: boolean): string {
  const [self, ...rest] = schema.arguments;
  const given = isMethod || !self ? rest : [self, ...rest];
  const positional = given.filter((a) => !a.keyword).map((a) => `${identifier(a.name)}: ${tsType(a)}`);
  const options = given.filter((a) => a.keyword);
  if (options.length) positional.push(`options?: ${optionsType(options)}`);
  return `(${positional.join(", ")}): ${returnType(schema, isMethod)}`;
}

/** A default as TypeScript would write it; undefined where there is none worth telling. */
function defaultText({ kind, default: value }: Argument): string | undefined {
  if (value === "None") return undefined;
  if (value === "True" || value === "False") return value.toLowerCase();
  return kind === Kind.MemoryFormat && value !== undefined ? "contiguous" : value;
}

const docs = (operator: ListedOperator, schemas: readonly Schema[], indent: string): string => {
  const defaults = new Map<string, string>();
  for (const schema of schemas) {
    for (const argument of schema.arguments) {
      const value = defaultText(argument);
      if (value) defaults.set(camelCase(argument.name), value);
    }
  }
  const lines = [operator.description];
  if (defaults.size)
    lines.push(`Defaults: ${[...defaults].map(([name, value]) => `${name} ${value}`).join(", ")}.`);
  lines.push("", ...schemas.map((schema) => `\`${schema.text}\``));
  return [
    `${indent}/**`,
    ...lines.map((line) => `${indent} *${line ? ` ${line}` : ""}`),
    `${indent} */`,
  ].join("\n");
};

const constant = (name: string): string => `${camelCase(name)}Op`;

function declaration(operator: ListedOperator, schemas: readonly Schema[]): string {
  const label = camelCase(operator.name);
  const overloads = schemas.map(({ schemaName, arguments: args }) => {
    const names = args.map(({ name }) => JSON.stringify(name)).join(", ");
    const positional = args.filter((a) => !a.keyword).length;
    return `new Operator("${schemaName}", "${label}", [${names}], ${positional})`;
  });
  const value = overloads.length === 1 ? overloads[0] : `[\n  ${overloads.join(",\n  ")},\n] as const`;
  return `const ${constant(operator.name)} = ${value};`;
}

/** Two forms of a binary operator, with a tensor and with a number: the commonest case, worth a short cut. */
const isBinary = (schemas: readonly Schema[], isMethod: boolean): boolean =>
  isMethod &&
  schemas.length === 2 &&
  schemas.every(({ arguments: args }) => args.filter((a) => !a.keyword).length === 2) &&
  schemas[0]?.arguments[1]?.kind === Kind.Tensor &&
  schemas[1]?.arguments[1]?.kind === Kind.Scalar;

/** The parameters of the implementation behind several signatures. */
const implementationParameters = (schemas: readonly Schema[], isMethod: boolean): string =>
  isBinary(schemas, isMethod) ? "other: unknown, options?: Record<string, unknown>" : "...values: unknown[]";

/** The body behind one or more signatures. A trailing plain object holds the options. */
function implementation(operator: ListedOperator, schemas: readonly Schema[], isMethod: boolean): string {
  const [only] = schemas as [Schema];
  const self = isMethod ? ["this"] : [];
  if (schemas.length === 1) {
    const given = only.arguments.slice(isMethod ? 1 : 0);
    const values = [...self, ...given.filter((a) => !a.keyword).map((a) => identifier(a.name))].join(", ");
    const options = given.some((a) => a.keyword) ? ", options" : "";
    const result = returnType(only, isMethod);
    const cast = result === "void" ? "" : ` as ${result}`;
    return `${result === "void" ? "" : "return "}run(${constant(operator.name)}, [${values}]${options})${cast};`;
  }
  if (isBinary(schemas, isMethod)) {
    return `return runBinary(${constant(operator.name)}, this, other, options);`;
  }
  return `return runOverloaded(${constant(operator.name)}, ${isMethod ? "[this, ...values]" : "values"}) as never;`;
}

function member(operator: ListedOperator, schemas: readonly Schema[], isMethod: boolean): string {
  const indent = isMethod ? "  " : "";
  const head = isMethod ? camelCase(operator.name) : `export function ${camelCase(operator.name)}`;
  const lines = [docs(operator, schemas, indent)];
  const body = implementation(operator, schemas, isMethod);
  if (schemas.length === 1) {
    lines.push(`${indent}${head}${signature(schemas[0] as Schema, isMethod)} {`);
  } else {
    for (const schema of schemas) lines.push(`${indent}${head}${signature(schema, isMethod)};`);
    lines.push(`${indent}${head}(${implementationParameters(schemas, isMethod)}): unknown {`);
  }
  lines.push(`${indent}  ${body}`, `${indent}}`);
  return lines.join("\n");
}

export function renderOperators(
  operators: readonly ListedOperator[],
  schemas: ReadonlyMap<string, Schema[]>,
): string {
  const declarations: string[] = [];
  const methods: string[] = [];
  const functions: string[] = [];
  for (const operator of operators) {
    const forms = schemas.get(operator.name) ?? [];
    const isMethod = forms.every((form) => form.arguments[0]?.kind === Kind.Tensor);
    declarations.push(declaration(operator, forms));
    (isMethod ? methods : functions).push(member(operator, forms, isMethod));
  }
  return `${banner}
import { run, runBinary, runOverloaded } from "../dispatch.js";
import type { DType } from "../dtype.js";
import { Operator } from "../operator.js";
import { OwnedTensor } from "../ownership.js";
import type { Tensor } from "../tensor.js";
import type { Device, MemoryFormat, Scalar } from "../values.js";

${declarations.join("\n")}

/** The operators that are methods of a tensor. */
export abstract class TensorOperators extends OwnedTensor {
${methods.join("\n\n")}
}

${functions.join("\n\n")}
`;
}
