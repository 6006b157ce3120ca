// The choke point: every operator call passes here. It picks the overload, calls libtorch and wraps the results; errors get
// their context here, once.

import { fromNative, TorchError } from "./errors.js";
import { marshal, mismatch } from "./marshal.js";
import { camelCase } from "./names.js";
import { type Native, native } from "./native.js";
import { fits, Kind, type Operator, type Options, type Resolved } from "./operator.js";
import { byPosition, isOptions, unknownOption } from "./options.js";
import { OwnedTensor } from "./ownership.js";
import { madeBy } from "./unscoped.js";
import { describeValue } from "./values.js";
import { wrap } from "./wrap.js";

function received(operator: Operator, values: readonly unknown[]): string {
  return operator.names
    .map((name, index) =>
      values[index] === undefined ? "" : `  ${camelCase(name)}: ${describeValue(values[index])}`,
    )
    .filter(Boolean)
    .join("\n");
}

function withOptions(operator: Operator, values: readonly unknown[], options: Options): unknown[] {
  const { label, names, required } = operator;
  if (!isOptions(options)) throw tooMany(operator, [options]);
  const all = values.slice();
  for (const keyword of Object.keys(options)) {
    const position = operator.position(keyword);
    if (position === undefined) throw unknownOption(label, keyword, operator.keywords);
    if (position < values.length && values[position] !== undefined) {
      throw new TorchError(`argument '${keyword}' is given twice, by position and by name`, {
        operator: label,
        argument: keyword,
      });
    }
    while (all.length < position) all.push(undefined);
    all[position] = options[keyword];
  }
  for (let i = values.length; i < required; i++) {
    if (all[i] !== undefined) continue;
    const argument = camelCase(names[i] as string);
    throw new TorchError(`argument '${argument}' is missing: ${operator.schema}`, {
      operator: label,
      argument,
    });
  }
  return all;
}

/** Values behind those that may be given by position: they want names. */
const tooMany = ({ label, names, positional }: Operator, values: readonly unknown[]): TorchError =>
  byPosition(label, values, names.slice(positional).map(camelCase));

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

function checkCount(operator: Operator, values: readonly unknown[], options: Options | undefined): void {
  const { required, positional, label, schema } = operator;
  if (values.length > positional) throw tooMany(operator, values.slice(positional));
  if (values.length >= required || options !== undefined) return;
  throw new TorchError(`takes ${required} arguments before its options, got ${values.length}: ${schema}`, {
    operator: label,
  });
}

/** Calls one operator with positional values and named options. */
export function run(operator: Operator, values: readonly unknown[], options?: Options): unknown {
  const { id, results } = operator.resolved;
  if (values.length !== operator.required) checkCount(operator, values, options);
  const all = options === undefined ? values : withOptions(operator, values, options);
  const raw = marshal(operator, all);
  let result: unknown;
  try {
    result = call(id, raw);
  } catch (error) {
    throw fromNative(error, operator.label, received(operator, all));
  }
  madeBy(operator.label);
  if (results.length === 1) return wrapResult(results[0], result, all);
  if (results.length === 0) return undefined;
  return (result as unknown[]).map((element, index) => wrapResult(results[index], element, all));
}

// Spreading is slow below the optimizing compiler; the common arities are spelled out.
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

/** Calls an operator that takes any number of values by position: a plain object behind them is the options. */
export function runByPosition(operator: Operator, values: unknown[]): unknown {
  return run(operator, values, takeOptions(values));
}

/** Calls the first overload whose arguments fit. A trailing plain object, which no operator takes as a value, is the options. */
export function runOverloaded(overloads: readonly Operator[], values: unknown[]): unknown {
  const options = takeOptions(values);
  for (const operator of overloads)
    if (operator.accepts(values, options)) return run(operator, values, options);
  throw noOverload(overloads as [Operator, ...Operator[]], values, options);
}

/** Takes the options from the end of `values`, and what was not given at all. */
function takeOptions(values: unknown[]): Options | undefined {
  while (values.length && values[values.length - 1] === undefined) values.pop();
  if (!isOptions(values[values.length - 1])) return undefined;
  const options = values.pop() as Options;
  while (values.length && values[values.length - 1] === undefined) values.pop();
  return options;
}

function noOverload(
  overloads: readonly [Operator, ...Operator[]],
  values: readonly unknown[],
  options: Options = {},
): TorchError {
  const keywords = Object.keys(options);
  const unknown = keywords.find((keyword) => overloads.every((form) => form.position(keyword) === undefined));
  if (unknown !== undefined) {
    const known = new Set(overloads.flatMap((form) => form.keywords));
    return unknownOption(overloads[0].label, unknown, [...known]);
  }
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
