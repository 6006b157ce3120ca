import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { temporaryFolder } from "../../test/data-fixtures.js";
import { linesOf } from "./lines.js";

const file = join(temporaryFolder(), "lines");

async function linesIn(content: string, longest: number): Promise<string[]> {
  writeFileSync(file, content);
  const lines: string[] = [];
  for await (const line of linesOf(file, longest)) lines.push(line);
  return lines;
}

it("gives every line, the last with or without its end", async () => {
  expect(await linesIn("one\n\ntwo\n", 10)).toEqual(["one", "", "two"]);
  expect(await linesIn("one\ntwo", 10)).toEqual(["one", "two"]);
  expect(await linesIn("", 10)).toEqual([]);
});

it("gives lines whole that the parts of a file cut in two, and signs of several bytes", async () => {
  const lines = Array.from({ length: 30_000 }, (_, at) => `${at} ${"é€😀".repeat(at % 9)}`);
  expect(await linesIn(lines.join("\n"), 100)).toEqual(lines);
});

it("gives no more than a character too many of a line that is too long, and those behind it", async () => {
  const endless = "x".repeat(2 ** 20);
  expect(await linesIn(`a\n${endless}\nb\n${endless}`, 5)).toEqual(["a", "xxxxxx", "b", "xxxxxx"]);
});
