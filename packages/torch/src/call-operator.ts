// Any operator of libtorch by its schema name; the typed methods cover what `ops.txt` lists, this reaches the rest.

import { run } from "./dispatch.js";
import { TorchError } from "./errors.js";
import { native } from "./native.js";
import { Operator, type Options } from "./operator.js";

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
