// The command itself, as a process of its own: says its address, answers, computes by libtorch with own statistics, leaves the run as it is but
// for `studio/`, and ends at a signal although somebody follows.

import { spawn } from "node:child_process";
import { once } from "node:events";
import { readdirSync, statSync } from "node:fs";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import type { Browser } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { writeRgbPng } from "../../../pinmem/src/images/write-png.js";
import { temporaryFolder } from "../../../pinmem/test/data-fixtures.js";
import { miniRecipe, ownProcess } from "../../../pinmem/test/mini-recipe.js";
import { untrainedRun } from "../../../pinmem/test/untrained-run.js";
import { launch, noChromium } from "../../../runtime/test/browser/chromium.js";
import { noRuntime, street } from "../../../runtime/test/exported.js";
import { openPage, segmented } from "./studio-page.js";

const bin = fileURLToPath(new URL("../../../pinmem/bin/pinmem.mjs", import.meta.url));
const root = temporaryFolder();

describe.skipIf(noChromium !== null || noRuntime !== null)("pinmem studio", () => {
  let browser: Browser;
  let run: string;
  const wrong: string[] = [];
  beforeAll(async () => {
    run = untrainedRun(join(root, "run"), { recipe: miniRecipe(ownProcess) });
    for (const at of [0, 1]) await writeRgbPng(join(root, `photos/sub/${at}.png`), street(64, 48, at));
    browser = await launch();
  });
  afterAll(async () => {
    await browser?.close();
    expect(wrong).toEqual([]);
  });

  const filesOf = (folder: string) =>
    readdirSync(folder, { recursive: true, withFileTypes: true }).flatMap((one) => {
      const file = join(one.parentPath, one.name);
      return one.isFile() ? [`${file} ${statSync(file).mtimeMs}`] : [];
    });

  it("opens a run and pictures, computes by libtorch, writes nothing but its own folder, and ends at Ctrl-C", async () => {
    const before = filesOf(run);
    const words = [
      "studio",
      run,
      "--pictures",
      join(root, "photos"),
      "--engine",
      "torch",
      "--normalize",
      "image:0.3",
    ];
    const child = spawn(process.execPath, [bin, ...words], { stdio: ["ignore", "pipe", "pipe"] });
    const ended = once(child, "exit");
    try {
      const [address] = (await once(createInterface(child.stdout), "line")) as [string];
      expect(address).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/$/);
      const page = await openPage(browser, address, wrong);
      await segmented(page);
      await page.getByText("libtorch, on the server").waitFor();
      await page.getByLabel("Own statistics").fill("1");
      expect(await page.locator(".pictures li button").count()).toBe(2);
      await page.keyboard.press("5"); // Follows: a connection that stays.
      expect(
        filesOf(run)
          .filter((file) => !before.includes(file))
          .every((file) => file.startsWith(join(run, "studio/"))),
      ).toBe(true);
      expect(filesOf(run)).toEqual(expect.arrayContaining(before));
      child.kill("SIGINT");
      expect((await ended)[0]).toBe(130);
      await page.close();
    } finally {
      child.kill("SIGKILL");
    }
  });
});
