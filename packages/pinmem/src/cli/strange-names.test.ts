// Names in a stranger's folder that end lines and color terminals: every line that a command prints stays one.

import { mkdirSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { temporaryFolder } from "../../test/data-fixtures.js";
import { folderOfLabels, writeImage } from "../../test/label-folders.js";
import { runCli } from "../../test/run-cli.js";
import { untrainedRun } from "../../test/untrained-run.js";

const strange = "a\nall is well\u001b[32m";
const shown = "a\\nall is well\\x1b[32m";

it("pinmem data check lists files in a line each", async () => {
  const root = await folderOfLabels([
    [0, 1],
    [2, 3],
  ]);
  for (const kind of ["images", "labels"])
    renameSync(join(root, kind, "0.png"), join(root, kind, `${strange}.png`));
  writeFileSync(join(root, "images", `${strange}.png`), "no picture");
  await writeImage(join(root, "images", `${strange}-alone.png`), 8);
  const { out, code } = await runCli("data", "check", "folder", "--root", root, "--no-sheet");
  expect(code).toBe(1);
  const lines = out.split("\n");
  expect(lines).toContain(`  ${join(root, "images", `${shown}-alone.png`)}`);
  expect(lines.find((line) => line.includes(`${shown}.png: `))).toBeDefined();
  expect(lines.filter((line) => line.startsWith("all is well"))).toEqual([]);
  expect(out).not.toContain("\u001b");
});

it("pinmem predict lists what it could not use in a line each", async () => {
  const root = temporaryFolder();
  const run = untrainedRun(join(root, "run"));
  mkdirSync(join(root, "photos"));
  writeFileSync(join(root, "photos", `${strange}.jpg`), "no picture");
  const { err } = await runCli("predict", run, join(root, "photos"), "--out", join(root, "out"));
  const lines = err.trimEnd().split("\n");
  expect(lines).toHaveLength(2);
  expect(lines[1]).toContain(`${shown}.jpg: `);
  const none = await runCli("predict", run, join(root, strange), "--out", join(root, "out"));
  expect(none.err.trimEnd().split("\n")).toHaveLength(1);
});

it("pinmem evaluate names runs in a line each", async () => {
  const root = temporaryFolder();
  const run = untrainedRun(join(root, strange));
  const data = await folderOfLabels([[0, 1, 2, 3, 4, 5, 6, 7]]);
  const { out } = await runCli("evaluate", run, "--on", `folder=${data}`, "--protocol", "whole");
  expect(out.split("\n").filter((line) => line.startsWith("all is well"))).toEqual([]);
  expect(out).toContain(shown);
});
