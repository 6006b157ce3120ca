// `pinmem` run in the process of a test.

import { vi } from "vitest";
import { main } from "../src/cli/main.js";

export interface CliResult {
  /** What went to standard output. */
  readonly out: string;
  /** What went to standard error. */
  readonly err: string;
  /** Both, in the order they came, without the last line's end. */
  readonly text: string;
  readonly code: number | string;
}

/** Runs the command line `pinmem …words`. */
export async function runCli(...words: readonly string[]): Promise<CliResult> {
  const printed: { to: "out" | "err"; text: string }[] = [];
  const note = (to: "out" | "err", text: unknown) => printed.push({ to, text: String(text) }) > 0;
  // Vitest's console does not write to the process's streams.
  const spies = [
    vi.spyOn(process.stdout, "write").mockImplementation((text) => note("out", text)),
    vi.spyOn(process.stderr, "write").mockImplementation((text) => note("err", text)),
    vi.spyOn(console, "log").mockImplementation((text) => void note("out", `${text}\n`)),
    vi.spyOn(console, "error").mockImplementation((text) => void note("err", `${text}\n`)),
  ];
  process.exitCode = undefined;
  try {
    await main(["node", "pinmem", ...words]);
    const all = (...streams: string[]) =>
      printed.flatMap(({ to, text }) => (streams.includes(to) ? [text] : [])).join("");
    return {
      out: all("out"),
      err: all("err"),
      text: all("out", "err").trimEnd(),
      code: process.exitCode ?? 0,
    };
  } finally {
    process.exitCode = undefined;
    for (const spy of spies) spy.mockRestore();
  }
}
