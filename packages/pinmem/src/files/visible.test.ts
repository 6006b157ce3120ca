import { expect, it } from "vitest";
import { OutputError } from "../prediction/output-error.js";
import { DataError } from "./data-error.js";
import { StatusLine } from "./status-line.js";
import { visible, visibleLines } from "./visible.js";
import { WriteError } from "./write-error.js";

/** Ends its line, colors what follows, and is written backwards. */
const name = "night\n1.png: is fine\u001b[31m\u202egnp";
const shown = "night\\n1.png: is fine\\x1b[31m\\u202egnp";

it("writes what cannot be seen as programs do, and everything else as it is", () => {
  expect(visible(name)).toBe(shown);
  expect(visible("\r\t\0\u009b\u2028")).toBe("\\r\\t\\x00\\x9b\\u2028");
  expect(visible("Straße 夜 🌃 é \\n")).toBe("Straße 夜 🌃 é \\n");
  expect(visible(visible(name))).toBe(shown);
  expect(visibleLines([name, "b"])).toBe(`${shown}\nb`);
});

it("keeps errors about a file in one line, and the file's own name for programs", () => {
  const error = new DataError(name, `is damaged, unlike ${name}`);
  expect(error.message).toBe(`${shown}: is damaged, unlike ${shown}`);
  expect([error.file, error.problem]).toEqual([name, `is damaged, unlike ${shown}`]);
  expect(new WriteError(name, "EIO", "the disk reports an error").message).toBe(
    `${shown}: cannot be written: the disk reports an error`,
  );
  expect(new OutputError(name, "is full").message).toBe(`${shown}: is full`);
});

it("keeps a state in one line, on a terminal and in a log", () => {
  for (const isTTY of [true, false]) {
    const written: string[] = [];
    const output = { isTTY, columns: 200, write: (text: unknown) => written.push(String(text)) > 0 };
    new StatusLine({ output: output as never }).show(name, { force: true });
    expect(written.join("")).toContain(shown);
  }
});
