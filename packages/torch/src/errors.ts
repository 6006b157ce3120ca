// What goes wrong at the seam to libtorch. Every failure of an operator arrives as one TorchError that names the
// operator, the argument where it is known, and what the arguments were; a C++ exception never crosses.

import { camelCase } from "./names.js";
import { translated } from "./translate.js";

export interface TorchErrorOptions {
  /** The operator or function that failed, in the spelling of this package. */
  readonly operator: string;
  /** The argument that did not fit, where it is known. */
  readonly argument?: string | undefined;
  /** One line per argument: name, dtype, shape and device. */
  readonly received?: string | undefined;
  readonly cause?: unknown;
}

/** An operator that could not be carried out: its name, the argument where one is to blame, and why. */
export class TorchError extends Error {
  override readonly name: string = "TorchError";
  readonly operator: string;
  readonly argument: string | undefined;

  constructor(message: string, { operator, argument, received, cause }: TorchErrorOptions) {
    super(`${operator}: ${message}${received ? `\n${received}` : ""}`, cause === undefined ? {} : { cause });
    this.operator = operator;
    this.argument = argument;
  }
}

/** The one mistake that everybody makes: using a tensor whose scope has ended or that was disposed by hand. */
export class DisposedTensorError extends TorchError {
  override readonly name = "DisposedTensorError";

  constructor(operator: string, argument?: string) {
    super(
      `${argument ? `argument '${argument}'` : "this"} is a tensor that was disposed. Return it from the scope that made it, ` +
        "or keep() it, to use it afterwards",
      { operator, argument },
    );
  }
}

/** libtorch or the addon is missing, too old, or does not fit: says what was looked for and how to mend it. */
export class LibtorchNotFoundError extends Error {
  override readonly name = "LibtorchNotFoundError";
}

const GIB = 2 ** 30;

/** libtorch's message without what only its own developers can use. */
function readable(message: string): string {
  const bytes = /can't allocate memory: you tried to allocate (\d+) bytes/.exec(message)?.[1];
  if (bytes)
    return `out of memory: tried to allocate ${bytes} bytes (${(Number(bytes) / GIB).toFixed(1)} GiB)`;
  // A device that is always there does not open where the process may open nothing more.
  if (message.includes("Unable to open /dev/urandom")) {
    return (
      "too many files are open: libtorch cannot read /dev/urandom. Raise the limit (ulimit -n), " +
      "or start fewer worker threads, each of which keeps some open"
    );
  }
  // What follows is the list of all backends, with source files and lines.
  const whole = message.split(" This could be because the operator doesn't exist")[0]?.trim() ?? message;
  return translated(whole);
}

const foreign = new WeakSet<Error>();

/** @internal Marks what a callback threw inside the addon: it is the caller's own and reaches them as it is. */
export function passedOn(error: unknown): unknown {
  if (error instanceof Error) foreign.add(error);
  return error;
}

/** @internal What the addon threw, as a TorchError; errors of ours and of callbacks pass unchanged. */
export function fromNative(error: unknown, operator: string, received?: string): unknown {
  if (error instanceof TorchError || !(error instanceof Error) || foreign.has(error)) return error;
  const schemaName = (error as { argument?: string }).argument;
  const argument = schemaName && camelCase(schemaName);
  const message = readable(error.message);
  return new TorchError(message, { operator, argument, received });
}

/** @internal Runs `body`, which calls the addon, so that its errors name the operator and what it was given. */
export function withContext<T>(operator: string, body: () => T, received?: () => string): T {
  try {
    return body();
  } catch (error) {
    throw fromNative(error, operator, received?.());
  }
}
