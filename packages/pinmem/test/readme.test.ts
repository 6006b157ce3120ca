// The READMEs say what is true now: every command in them is run here, except those that would run the tests again or
// need a machine of their own, and what they print is compared with what the README shows.

import { spawnSync } from "node:child_process";
import { existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, onTestFinished, test } from "vitest";

const root = fileURLToPath(new URL("../../../", import.meta.url));
const readmes = [
  "README.md",
  ...readdirSync(join(root, "packages")).map((name) => join("packages", name, "README.md")),
];

/** Commands that are not run here, and why. */
const elsewhere: Readonly<Record<string, string>> = {
  "npm test": "it is what is running",
  "npm run demo": "takes minutes; see demo.test.ts",
  "npm run setup -- --libtorch ~/libtorch": "needs a libtorch in that folder; see ensure-addon.test.ts",
  "LIBTORCH=~/libtorch npm test": "needs a libtorch in that folder",
  "npx pinmem train RECIPE --set learningRate.base=0.002": "needs a recipe and its data; see train.test.ts",
  "npx pinmem train --resume runs/NAME-TIME": "needs a run; see train.test.ts",
  "npx pinmem train recipes/demo.mjs": "takes minutes; see recipes.test.ts",
  "npx pinmem evaluate runs/NAME --on streets:night,streets:fog": "needs a run; see evaluate.test.ts",
  "npx pinmem evaluate runs/A runs/B --on camvid=/data/camvid --protocol sliding --crop 512":
    "needs runs and data; see evaluate.test.ts",
  "npx pinmem predict runs/NAME photos/ --write overlay,train-ids --out predicted":
    "needs a run; see predict.test.ts",
  "npx pinmem inspect runs/demo --baseline runs/demo-erm": "needs runs; see inspect-run.test.ts",
  "npx pinmem report runs/erm-1 runs/erm-2 runs/pin-memory-1 --out comparison.html":
    "needs runs; see report.test.ts",
  "npx pinmem ablate RECIPE --studies framework,losses --seeds 1,2,3":
    "needs a recipe and its data; see ablate.test.ts",
  "npx pinmem weights inspect FILE": "needs weights; see weights.test.ts",
  "npx pinmem weights convert authors.pth --recipe recipes/gtav-synthia.mjs#pin-memory-resnet50-official --out model.safetensors":
    "needs weights; see weights.test.ts",
};

interface Block {
  readonly language: string;
  readonly text: string;
  /** The block of text right after it: what it prints. */
  readonly output: string | undefined;
}

function blocksOf(markdown: string): Block[] {
  const found = [...markdown.matchAll(/^```(\w+)\n([\s\S]*?)^```$/gm)];
  return found.map(([, language = "", text = ""], index) => {
    const next = found[index + 1];
    return { language, text, output: next?.[1] === "text" ? next[2] : undefined };
  });
}

const documents = readmes.map((path) => ({ path, text: readFileSync(join(root, path), "utf8") }));
const blocks = documents.flatMap(({ path, text }) => blocksOf(text).map((block) => ({ path, ...block })));
const commands = blocks
  .filter(({ language }) => language === "sh")
  .flatMap(({ path, text, output }) =>
    text
      .trim()
      .split("\n")
      .map((command) => ({ path, command, output })),
  );
const examples = blocks.filter(({ language }) => language === "js");

/** First words of lines: what stays the same on every machine, but for notes about it. */
const labels = (text: string) =>
  text
    .split("\n")
    .filter((line) => !line.startsWith("note:"))
    .map((line) => /^(.+?)(?: {2,}|$)/.exec(line)?.[1] ?? "");

describe("commands in the READMEs", () => {
  const run = commands.filter(({ command }) => !(command in elsewhere));

  test("are found, and those left out are still there", () => {
    expect(run.length).toBeGreaterThan(2);
    expect(
      Object.keys(elsewhere).filter((name) => !commands.some(({ command }) => command === name)),
    ).toEqual([]);
  });

  test.each(run)("$path: $command", ({ command, output }) => {
    const [program = "", ...args] = command.split(" ");
    const { status, stdout, stderr } = spawnSync(program, args, { cwd: root, encoding: "utf8" });
    expect(status, stderr).toBe(0);
    expect(stdout.trim()).not.toBe("");
    if (output !== undefined) expect(labels(stdout.trim())).toEqual(labels(output.trim()));
  });
});

describe("examples in the READMEs", () => {
  test.each(examples)("$path", ({ path, text, output }) => {
    const file = join(root, dirname(path), `.readme-${process.pid}.mjs`);
    onTestFinished(() => rmSync(file, { force: true }));
    writeFileSync(file, text);
    const { stdout, stderr } = spawnSync(process.execPath, [file], { encoding: "utf8" });
    expect(stderr).toBe("");
    expect(stdout).toBe(output);
  });
});

test("folders and files that the READMEs link to exist", () => {
  const links = documents.flatMap(({ path, text }) =>
    [...text.matchAll(/\]\((?!https?:)([^)#]+)\)/g)].map(([, target = ""]) => join(dirname(path), target)),
  );
  expect(links.length).toBeGreaterThan(3);
  expect(links.filter((link) => !existsSync(join(root, link)))).toEqual([]);
});
