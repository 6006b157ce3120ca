// Options of classes and functions, as JavaScript gives them or a cast lets them through: a name that stands for none, or a word
// that means nothing, is refused instead of passed over. @pinmem/torch does the same for its own.

import { orWhat } from "@pinmem/core";
import { TorchError } from "@pinmem/torch";

/**
 * @param within what holds the options, such as "read."
 * @throws TorchError naming an option that there is not
 */
export function refuseUnknown(
  operator: string,
  options: object,
  known: readonly string[],
  within = "",
): void {
  for (const name of Object.keys(options)) {
    if (known.includes(name)) continue;
    const argument = `${within}${name}`;
    throw new TorchError(`there is no option '${argument}'; ${orWhat(name, known)}`, { operator, argument });
  }
}

/** @throws TorchError where an option is none of the words that it may be */
export function requireOneOf(
  operator: string,
  option: string,
  value: unknown,
  allowed: readonly string[],
): void {
  if (allowed.some((one) => one === value)) return;
  const words = allowed.map((one) => `"${one}"`).join(" or ");
  throw new TorchError(`option '${option}' must be ${words}, got ${JSON.stringify(value)}`, {
    operator,
    argument: option,
  });
}
