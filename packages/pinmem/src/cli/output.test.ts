import { Writable } from "node:stream";
import { expect, it } from "vitest";
import { StatusLine } from "../files/status-line.js";
import { guardOutput } from "./output.js";

function guarded(isTTY: boolean) {
  const written: string[] = [];
  const stream = new Writable({
    write(chunk, _, done) {
      written.push(String(chunk));
      done();
    },
  });
  const output = Object.assign(stream, { fd: -1, isTTY });
  guardOutput([output]);
  return { output, written };
}

/** Clears the screen, and puts a command into the clipboard. */
const name = "\u001b[2J\u001b]52;c;cm0gLXJm\u0007\u009bnight\t1.png";

it("shows a terminal what it would obey, and lets lines end", () => {
  const { output, written } = guarded(true);
  output.write(`${name}: is damaged\n`);
  expect(written).toEqual(["\\x1b[2J\\x1b]52;c;cm0gLXJm\\x07\\x9bnight\t1.png: is damaged\n"]);
});

it("lets status lines be redrawn all the same, without what is in their names", () => {
  const { output, written } = guarded(true);
  new StatusLine({ output }).show(name);
  expect(written.join("")).toBe("\r\u001b[2K\\x1b[2J\\x1b]52;c;cm0gLXJm\\x07\\x9bnight\\t1.png");
});

it("gives files and other programs names as they are, and bytes to all", () => {
  const [pipe, terminal] = [guarded(false), guarded(true)];
  pipe.output.write(name);
  expect(pipe.written).toEqual([name]);
  terminal.output.write(Buffer.from("\u001b"));
  expect(terminal.written).toEqual(["\u001b"]);
});
