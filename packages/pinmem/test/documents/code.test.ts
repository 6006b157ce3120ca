// Every block of TypeScript and JavaScript in the documents compiles as strict TypeScript against the packages as they are
// built, and runs: where it needs a run or a photograph, `runs/NAME`, `photo.jpg` and the like lie in the folder where it is
// started. What it prints is what the block after it shows.
//
// A block that opens with the path of a file (`// packages/…`) is a file that the reader is to write: it is compiled as if it
// stood there, and used by a test of its own (own-parts.test.ts).

import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { full } from "../scope.js";
import { CodeFolder, pathOfFile } from "./code-folder.js";
import { type Block, blocks } from "./documents.js";

const code = blocks.filter(({ language }) => /^(ts|js)$/.test(language));

let folder: CodeFolder;
beforeAll(async () => {
  folder = CodeFolder.create(code);
  await folder.furnish();
});
afterAll(() => folder.remove());

test("all of it compiles", () => {
  expect(folder.complaints).toEqual([]);
  expect(code.length).toBeGreaterThan(3);
});

test("what does not compile is told with its place", () => {
  const block = { place: "README.md:1", path: "README.md", language: "ts", output: undefined };
  const wrong = CodeFolder.create([
    {
      ...block,
      text: 'import { openRun } from "pinmem";\nconst run = openRun("x");\nconsole.log(run.network);\n',
    },
    { ...block, text: "const [first] = [1, 2];\nexport const next: number = [1, 2][first];\n" },
  ]);
  wrong.remove();
  expect(wrong.complaints).toEqual([
    expect.stringMatching(/^README\.md:4: .*'network' does not exist on type 'Promise/),
    expect.stringMatching(/^README\.md:3: .*'number \| undefined'/),
  ]);
});

// What trains takes long: without `full` it is only compiled.
const brief = ({ text }: (typeof code)[number]): boolean => full || !/\btrain\(/.test(text);

describe("runs", () => {
  const programs = code.filter((block) => pathOfFile(block) === null && brief(block));
  // Those that count what is alive in their process have one of their own; all others share one.
  const counts = ({ text }: Block): boolean => /\bliveTensors\(/.test(text);
  const groups = [programs.filter((block) => !counts(block)), ...programs.filter(counts).map((one) => [one])];
  const said = new Map<Block, { stdout: string; stderr: string }>();
  const ends: (number | null)[] = [];
  beforeAll(() => {
    for (const group of groups) {
      const ran = folder.runAll(group);
      ends.push(ran.status);
      for (const [at, block] of group.entries()) said.set(block, ran.said[at] as (typeof ran.said)[number]);
    }
  }, 300_000);

  test.each(programs.map((block) => [block.place, block] as const))("%s", (_, block) => {
    expect(said.get(block)?.stderr).toBe("");
    if (block.output !== undefined) expect(said.get(block)?.stdout).toBe(block.output);
  });

  test("to their end", () => {
    expect(groups.length).toBeGreaterThan(1);
    expect(ends).toEqual(groups.map(() => 0));
  });
});
