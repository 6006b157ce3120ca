import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { inFlags } from "./in-flags.js";

const source = join(import.meta.dirname, "..");

/** Without comments, which may speak of the command line. */
const codeOf = (file: string): string =>
  readFileSync(join(source, file), "utf8").replace(/^\s*(?:\/\/|\/?\*).*$/gm, "");

describe("messages of the library", () => {
  it("name no flag of the command line", () => {
    const files = (readdirSync(source, { recursive: true }) as string[]).filter(
      (name) => /\.ts$/.test(name) && !/\.test\.ts$|^cli\/|^report\/page\/style\.ts$/.test(name),
    );
    expect(files.length).toBeGreaterThan(200);
    const flags = files.flatMap((file) =>
      codeOf(file)
        .split("\n")
        .filter((line) => / --[a-z]/.test(line) || /[`'"]--[a-z-]+ /.test(line))
        .map((line) => `${file}: ${line.trim()}`),
    );
    expect(flags).toEqual([]);
  });

  it.each([
    [
      "runs/a already holds a run: continue it with `resume: true`, or choose another `folder`",
      "runs/a already holds a run: continue it with --resume, or choose another --out",
    ],
    [
      "runs/a holds no weights yet. Train `runs/a` on with `resume: true`",
      "runs/a holds no weights yet. Continue it with: npx pinmem train --resume runs/a",
    ],
    [
      "name data sets with `domains`, such as streets:night",
      "name data sets with --on, such as streets:night",
    ],
    ["add the change `method.name=pin-memory`", "add --set method.name=pin-memory"],
    ['take the change `method={"name":"erm"}`', `take --set 'method={"name":"erm"}'`],
    [
      "make the label images with `prepareIdd` first",
      "make the label images with npx pinmem data prepare idd --root DIR first",
    ],
    [
      "a.png is 4000x3000 pixels; the limit is 100 pixels (`maxPixels`)",
      "a.png is 4000x3000 pixels; the limit is 100 pixels (--max-pixels)",
    ],
    [
      "the memory budget is 1 MiB; allow more (option memory)",
      "the memory budget is 1 MiB; allow more (--memory)",
    ],
    ["predict at that `height`", "predict at that --height"],
    ["Run `npm run setup` first", "Run `npm run setup` first"],
  ])("%s", (library, commandLine) => {
    expect(inFlags(library)).toBe(commandLine);
  });
});
