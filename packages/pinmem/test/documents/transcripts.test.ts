// Commands in the documents that take no run, no data and no minutes are run as they are printed; where the document shows what
// they print, the labels of its lines (not their values, which are the machine's) are compared.

import { spawnSync } from "node:child_process";
import { expect, test } from "vitest";
import { blocks, root } from "./documents.js";

/** By command; each stands in a document as a block of its own or as a line of one. */
const tried = [
  "npm run setup -- --help",
  "npx pinmem doctor",
  "npx pinmem --help",
  "npx pinmem recipes",
  "npx pinmem recipes recipes/gtav-synthia.mjs#isw-resnet50-official",
];

const lines = blocks.flatMap(({ language, text, output, place }) =>
  language === "sh"
    ? text
        .trim()
        .split("\n")
        .map((command) => ({ command, output, place }))
    : [],
);

/** First words of lines: what stays the same on every machine, but for notes about it. */
const labels = (text: string) =>
  text
    .trim()
    .split("\n")
    .filter((line) => !line.startsWith("note:"))
    .map((line) => /^(.+?)(?: {2,}|$)/.exec(line)?.[1] ?? "");

test.each(tried)("%s", (command) => {
  const shown = lines.filter((line) => line.command === command);
  expect(shown, "is in no document any more").not.toEqual([]);
  const [program = "", ...args] = command.split(" ");
  const { status, stdout, stderr } = spawnSync(program, args, { cwd: root, encoding: "utf8" });
  expect(status, stderr).toBe(0);
  expect(stdout.trim()).not.toBe("");
  for (const { output, place } of shown) {
    if (output !== undefined) expect(labels(stdout), place).toEqual(labels(output));
  }
});
