// Renders the typed operator surface: a method of TensorOperators for every operator whose first argument is a tensor, a
// function for the others and for those that PyTorch offers as functions too, one TypeScript overload for each form.
//
// Arguments without a default are given by position, the others by name in an object behind them; a few that PyTorch's users
// give by position, such as `dim`, may be given either way.

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

/** Arguments with a default that may be given by position all the same, as long as none before them is left out. */
const eitherWay = new Set([
  ...["dim", "dims", "dim0", "dim1", "dim2", "start_dim", "end_dim", "diagonal", "offset"],
  ...["min", "max", "mean", "std", "from", "to", "p", "lambd"],
]);

const isRequired = (argument: Argument): boolean => !argument.keyword;

/** How many of the arguments with a default may be given by position. */
function alsoByPosition(schema: Schema): number {
  const optional = schema.arguments.filter((a) => a.keyword);
  const end = optional.findIndex((a) => a.keywordOnly || !eitherWay.has(a.name));
  return end < 0 ? optional.length : end;
}

/** Whether a required `dim` may be given by name: it is the last one, and there are options to stand with. */
function dimByName(schema: Schema): boolean {
  const last = schema.arguments.filter(isRequired).at(-1);
  return last?.name === "dim" && schema.arguments.some((a) => a.keyword);
}

/** Whether arguments may be given in more than one way. */
const isFlexible = (schema: Schema): boolean => alsoByPosition(schema) > 0 || dimByName(schema);

const positionalParameter = (a: Argument): string => `${identifier(a.name)}: ${tsType(a)}`;

function optionsType(options: readonly Argument[]): string {
  const fields = options.map((a) =>
    a.keyword ? `${camelCase(a.name)}?: ${tsType(a)} | undefined` : `${camelCase(a.name)}: ${tsType(a)}`,
  );
  return `{ ${fields.join("; ")} }`;
}

/** The arguments behind the receiver; `input` is the tensor of a function that is a method too. */
const given = (schema: Schema, isMethod: boolean): readonly Argument[] =>
  isMethod ? schema.arguments.slice(1) : schema.arguments;

/** Every way to give the arguments of one form: parameters and result, most by position first. */
function signatures(schema: Schema, isMethod: boolean): string[] {
  const all = given(schema, isMethod);
  const required = all.filter(isRequired);
  const optional = all.filter((a) => a.keyword);
  const result = returnType(schema, isMethod);
  const ways: string[][] = [];
  for (let count = alsoByPosition(schema); count >= 0; count--) {
    const named = optional.slice(count);
    ways.push([
      ...[...required, ...optional.slice(0, count)].map(positionalParameter),
      ...(named.length ? [`options?: ${optionsType(named)}`] : []),
    ]);
  }
  if (dimByName(schema)) {
    const named = all.slice(required.length - 1);
    ways.push([...required.slice(0, -1).map(positionalParameter), `options: ${optionsType(named)}`]);
  }
  return ways.map((parameters) => `(${parameters.join(", ")}): ${result}`);
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
  const overloads = schemas.map((schema) => {
    const { schemaName, arguments: args } = schema;
    const names = args.map(({ name }) => JSON.stringify(name)).join(", ");
    const required = args.filter(isRequired).length;
    const more = alsoByPosition(schema);
    const counts = more ? `${required}, ${required + more}` : `${required}`;
    return `new Operator("${schemaName}", "${label}", [${names}], ${counts})`;
  });
  const value = overloads.length === 1 ? overloads[0] : `[\n  ${overloads.join(",\n  ")},\n] as const`;
  return `const ${constant(operator.name)} = ${value};`;
}

/** Two forms of a binary operator, with a tensor and with a number: the commonest case, worth a short cut. */
const isBinary = (schemas: readonly Schema[]): boolean =>
  schemas.length === 2 &&
  schemas.every(
    ({ arguments: args }) => args[0]?.kind === Kind.Tensor && args.filter(isRequired).length === 2,
  ) &&
  schemas[0]?.arguments[1]?.kind === Kind.Tensor &&
  schemas[1]?.arguments[1]?.kind === Kind.Scalar;

/** The parameters of the implementation behind several signatures, and the body. A trailing plain object is the options. */
function implementation(
  operator: ListedOperator,
  schemas: readonly Schema[],
  isMethod: boolean,
): { head: string | undefined; body: string } {
  const [only] = schemas as [Schema];
  const op = constant(operator.name);
  const self = isMethod ? "this" : "input";
  const result = returnType(only, isMethod);
  const cast = result === "void" ? "" : ` as ${result}`;
  const back = result === "void" ? "" : "return ";
  const all = given(only, isMethod);
  if (schemas.length === 1 && !isFlexible(only)) {
    const values = [...(isMethod ? ["this"] : []), ...all.filter(isRequired).map((a) => identifier(a.name))];
    const options = all.some((a) => a.keyword) ? ", options" : "";
    return { head: undefined, body: `${back}run(${op}, [${values.join(", ")}]${options})${cast};` };
  }
  if (schemas.length === 1) {
    const required = all.filter(isRequired);
    const optional = all.filter((a) => a.keyword);
    const names = [...required, ...optional.slice(0, alsoByPosition(only))].map((a) => identifier(a.name));
    const parameters = [...names, "options"].map((name) => `${name}?: unknown`);
    const values = [...(isMethod ? ["this"] : []), ...names, "options"];
    return {
      head: `(${parameters.join(", ")}): ${result}`,
      body: `${back}runByPosition(${op}, [${values.join(", ")}])${cast};`,
    };
  }
  if (isBinary(schemas)) {
    const receiver = isMethod ? "" : "input: unknown, ";
    return {
      head: `(${receiver}other: unknown, options?: Record<string, unknown>): unknown`,
      body: `return runBinary(${op}, ${self}, other, options);`,
    };
  }
  return {
    head: "(...values: unknown[]): unknown",
    body: `return runOverloaded(${op}, ${isMethod ? "[this, ...values]" : "values"}) as never;`,
  };
}

function member(
  operator: ListedOperator,
  schemas: readonly Schema[],
  isMethod: boolean,
  comment = docs(operator, schemas, isMethod ? "  " : ""),
): string {
  const indent = isMethod ? "  " : "";
  const name = isMethod ? camelCase(operator.name) : `export function ${camelCase(operator.name)}`;
  const { head, body } = implementation(operator, schemas, isMethod);
  const declared = [...new Set(schemas.flatMap((schema) => signatures(schema, isMethod)))];
  const lines = [comment];
  if (head === undefined) {
    lines.push(`${indent}${name}${declared[0]} {`);
  } else {
    for (const way of declared) lines.push(`${indent}${name}${way};`);
    lines.push(`${indent}${name}${head} {`);
  }
  lines.push(`${indent}  ${body}`, `${indent}}`);
  return lines.join("\n");
}

/** Methods that PyTorch does not offer as functions of the package, but as methods only or in `nn.functional`. */
const methodsOnly = new Set([
  ...["contiguous", "to", "view", "expand", "expand_as", "repeat", "unfold", "im2col", "pad", "nll_loss_nd"],
  ...[
    "upsample_bilinear2d",
    "upsample_nearest2d",
    "upsample_bicubic2d",
    "hardtanh",
    "leaky_relu",
    "elu",
    "gelu",
  ],
  ...[
    "silu",
    "hardswish",
    "softplus",
    "relu6",
    "cross_entropy_loss",
    "mse_loss",
    "l1_loss",
    "smooth_l1_loss",
  ],
  ...[
    "huber_loss",
    "binary_cross_entropy",
    "linear",
    "one_hot",
    "adaptive_avg_pool2d",
    "adaptive_max_pool2d",
  ],
  ...["adaptive_avg_pool1d", "avg_pool1d", "avg_pool2d", "hardsigmoid", "mish", "log_sigmoid", "linalg_inv"],
  ...["linalg_eigh", "linalg_vector_norm", "affine_grid_generator", "grid_sampler"],
]);

/** Functions whose method has another receiver than the first argument: it is written by hand (src/tensor.ts). */
const functionsOnly = new Set(["where"]);

const isFunctionToo = ({ name }: ListedOperator): boolean =>
  !name.startsWith("_") && !name.endsWith("_") && !methodsOnly.has(name) && !reserved.has(name);

/** A form with its receiver under the name that PyTorch's functions give it. */
const asFunction = (schema: Schema): Schema => ({
  ...schema,
  arguments: schema.arguments.map((a) => (a.name === "self" ? { ...a, name: "input" } : a)),
  returns: schema.returns,
});

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
    if (!isMethod || functionsOnly.has(operator.name))
      functions.push(member(operator, forms.map(asFunction), false));
    else {
      methods.push(member(operator, forms, true));
      const comment = `/** ${operator.description} As the method of \`Tensor\`. */`;
      if (isFunctionToo(operator)) functions.push(member(operator, forms.map(asFunction), false, comment));
    }
  }
  return `${banner}
import { run, runBinary, runByPosition, runOverloaded } from "../dispatch.js";
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
