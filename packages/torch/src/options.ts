// Options by name: one object with defaults, checked against them. From JavaScript, or through a cast, an option may be
// misspelled, in Python's spelling or given by position; each is refused by name with the right way to write it.
//
// Layers and functions that take options declare them as `...rest` behind a typed signature, so that positions too many are
// seen. The check costs nothing where no options are given, and a look at each key where they are.

import { TorchError } from "./errors.js";
import { camelCase } from "./names.js";
import { describeValue } from "./values.js";

/** True for the plain objects that options are. */
// Asking for the constructor costs a tenth of asking for the prototype.
export const isOptions = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === "object" &&
  value !== null &&
  (value.constructor === Object || value.constructor === undefined);

/** The refusal of an option that does not exist. */
export function unknownOption(operator: string, name: string, known: readonly string[]): TorchError {
  const spelled = camelCase(name).toLowerCase();
  const meant = known.find((one) => one.toLowerCase() === spelled);
  const takes = known.length ? `it takes ${known.join(", ")}` : "it takes no options";
  return new TorchError(
    meant
      ? `there is no option '${name}', did you mean ${meant}? ${takes.replace("it", "It")}`
      : `there is no option '${name}'${known.length ? "; " : ": "}${takes}`,
    { operator, argument: name },
  );
}

const asCode = (value: unknown): string =>
  typeof value === "number" || typeof value === "boolean" || typeof value === "string" || value === null
    ? JSON.stringify(value)
    : Array.isArray(value)
      ? `[${value.map(asCode).join(", ")}]`
      : "…";

/** The refusal of values by position, with the same values by name: names stand in PyTorch's order. */
export function byPosition(
  operator: string,
  values: readonly unknown[],
  known: readonly string[],
): TorchError {
  const given = values.filter((value) => value !== undefined);
  const got = given.map((value) => (isOptions(value) ? "an object" : describeValue(value))).join(", ");
  if (known.length === 0) return new TorchError(`takes no further arguments, got ${got}`, { operator });
  const positions = values.map((value, index) => [known[index], value] as const);
  const named = positions
    .filter(([name, value]) => name !== undefined && value !== undefined && !isOptions(value))
    .map(([name, value]) => `${name}: ${asCode(value)}`);
  return new TorchError(
    `takes its other arguments by name, { ${known.join(", ")} }, got ${got} after the positional ones` +
      (named.length ? `: write { ${named.join(", ")} }` : ""),
    { operator },
  );
}

/**
 * The options in `rest` (what stands behind the positional arguments), with defaults for those not given.
 *
 * @param operator the function or class that takes them, for messages
 * @param defaults every option, in PyTorch's order
 * @throws TorchError for an unknown option, and for values by position
 */
export function readOptions<Options extends object>(
  operator: string,
  rest: readonly unknown[],
  defaults: Options,
): Options {
  if (rest.length === 0) return defaults;
  const [given] = rest;
  if (rest.length > 1 ? rest.some((value, index) => index > 0 && value !== undefined) : false) {
    throw byPosition(operator, rest, Object.keys(defaults));
  }
  if (given === undefined) return defaults;
  if (!isOptions(given)) throw byPosition(operator, rest, Object.keys(defaults));
  const options = { ...defaults } as Record<string, unknown>;
  for (const name in given) {
    if (!Object.hasOwn(defaults, name)) throw unknownOption(operator, name, Object.keys(defaults));
    if (given[name] !== undefined) options[name] = given[name];
  }
  return options as Options;
}

/** The refusal of options without one that has no default. */
export const missingOption = (operator: string, name: string, example: string): TorchError =>
  new TorchError(`argument '${name}' is missing: pass { ${name}: ${example} }`, { operator, argument: name });
