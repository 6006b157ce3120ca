// Loading named tensors into others: all names and shapes are compared before the first value is copied.

import { noGrad } from "../autograd.js";
import { TorchError } from "../errors.js";
import { Tensor } from "../tensor.js";
import { describeValue } from "../values.js";

export type StateDict = ReadonlyMap<string, Tensor> | Readonly<Record<string, Tensor>>;

export interface LoadOptions {
  /** Default true: every name must be on both sides. With false, missing and unexpected names are reported, not refused. */
  strict?: boolean;
  /** Default false. With true, tensors whose shapes differ are skipped and reported. */
  skipMismatched?: boolean;
}

/** @internal */
export const loadDefaults: Required<LoadOptions> = { strict: true, skipMismatched: false };

export interface Mismatch {
  readonly name: string;
  readonly expected: readonly number[];
  readonly found: readonly number[];
}

export interface LoadReport {
  readonly loaded: readonly string[];
  readonly missing: readonly string[];
  readonly unexpected: readonly string[];
  readonly mismatched: readonly Mismatch[];
}

/** A state dict that does not fit; the report has the whole lists, the message the first of each. */
export class StateDictError extends TorchError {
  override readonly name = "StateDictError";

  constructor(
    module: string,
    readonly report: LoadReport,
    { strict, skipMismatched }: Required<LoadOptions>,
  ) {
    const lines = [
      ...(strict ? section("missing in the state dict", report.missing) : []),
      ...(strict ? section("unexpected in the state dict", report.unexpected) : []),
      ...(skipMismatched ? [] : section("of another shape", report.mismatched.map(describeMismatch))),
    ];
    super(`the state dict does not fit ${module}:\n${lines.join("\n")}`, {
      operator: "loadStateDict",
      argument: "state",
    });
  }
}

const SHOWN = 12;

const section = (title: string, names: readonly string[]): string[] =>
  names.length === 0
    ? []
    : [
        `  ${names.length} ${title}:`,
        ...names.slice(0, SHOWN).map((name) => `    ${name}`),
        ...(names.length > SHOWN ? [`    ... and ${names.length - SHOWN} more`] : []),
      ];

const describeMismatch = ({ name, expected, found }: Mismatch): string =>
  `${name}: [${expected.join(", ")}] expected, [${found.join(", ")}] found`;

/** The tensors of a map or a plain object by name; anything else in it is an error. */
export function namedTensors(
  state: StateDict,
  operator: string,
  argument: string,
): ReadonlyMap<string, Tensor> {
  const given = new Map<string, Tensor>(state instanceof Map ? state : Object.entries(state));
  for (const [name, value] of given) {
    if (value instanceof Tensor) continue;
    throw new TorchError(
      `'${name}' in argument '${argument}' must be a tensor, got ${describeValue(value)}`,
      { operator, argument },
    );
  }
  return given;
}

export function copyState(
  module: string,
  target: ReadonlyMap<string, Tensor>,
  state: StateDict,
  { strict, skipMismatched }: Required<LoadOptions>,
): LoadReport {
  const source = namedTensors(state, "loadStateDict", "state");
  const loaded: string[] = [];
  const mismatched: Mismatch[] = [];
  for (const [name, tensor] of target) {
    const found = source.get(name)?.shape;
    if (!found) continue;
    const expected = tensor.shape;
    if (expected.length === found.length && expected.every((size, index) => size === found[index]))
      loaded.push(name);
    else mismatched.push({ name, expected, found });
  }
  const report: LoadReport = {
    loaded,
    missing: [...target.keys()].filter((name) => !source.has(name)),
    unexpected: [...source.keys()].filter((name) => !target.has(name)),
    mismatched,
  };
  const incomplete = report.missing.length > 0 || report.unexpected.length > 0;
  if ((strict && incomplete) || (!skipMismatched && mismatched.length > 0)) {
    throw new StateDictError(module, report, { strict, skipMismatched });
  }
  noGrad(() => {
    for (const name of loaded) target.get(name)?.copy_(source.get(name) as Tensor);
  });
  return report;
}
