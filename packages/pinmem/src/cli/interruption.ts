// An end that somebody asks for: by Ctrl-C, by a batch system (SIGTERM), by closing the terminal (SIGHUP), or by ending the npx
// or launcher that started this. What is in work is finished, and what there is stays.

import { isatty } from "node:tty";
import { goOnUnread } from "./output.js";
import { watchParent } from "./parent.js";

/** Somebody asked for an end; the message says what is left to find. */
export class Interrupted extends Error {
  override readonly name = "Interrupted";
}

/** The exit code after an interruption. */
export const INTERRUPTED = 130;

export interface Interruption extends Disposable {
  readonly signal: AbortSignal;
  /** @throws Interrupted where an end was asked for; `outcome` says what there is then */
  check(outcome: string): void;
}

/** npx passes a Ctrl-C on that the terminal has sent already: within this time two are one. */
const ONE_MS = 500;

/** Without a terminal, bin/pinmem.mjs has SIGHUP ignored. */
const hasTerminal = () => [0, 1, 2].some((descriptor) => isatty(descriptor));

/**
 * The first Ctrl-C asks for an end; after it the system's own handling is back.
 * @param piece of work that is finished first
 */
export function interruption(piece: string): Interruption {
  const controller = new AbortController();
  const names: NodeJS.Signals[] = ["SIGINT", "SIGTERM", ...(hasTerminal() ? (["SIGHUP"] as const) : [])];
  let settling: NodeJS.Timeout | undefined;
  const stop = () => {
    clearTimeout(settling);
    unwatch();
    for (const name of names) process.removeListener(name, listener);
  };
  const ask = (why: string) => {
    if (controller.signal.aborted) return;
    settling = setTimeout(stop, ONE_MS).unref();
    console.error(`\n${why}stopping after this ${piece}; once more to stop at once`);
    controller.abort();
  };
  const listener = (name: NodeJS.Signals) => {
    if (name === "SIGHUP") goOnUnread();
    ask("");
  };
  for (const name of names) process.on(name, listener);
  const unwatch = watchParent((name) => ask(`the ${name} that started this is gone: `));
  return {
    signal: controller.signal,
    check: (outcome) => {
      if (controller.signal.aborted) throw new Interrupted(`interrupted; ${outcome}`);
    },
    [Symbol.dispose]: stop,
  };
}
