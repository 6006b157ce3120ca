// What goes wrong, said in the page where it happens, with what to do.

import { appendFileSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import type { Browser } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { RunFolder } from "../../../pinmem/src/runs/run-folder.js";
import { temporaryFolder } from "../../../pinmem/test/data-fixtures.js";
import { miniRecipe } from "../../../pinmem/test/mini-recipe.js";
import { untrainedRun } from "../../../pinmem/test/untrained-run.js";
import { launch, noChromium } from "../../../runtime/test/browser/chromium.js";
import { noRuntime } from "../../../runtime/test/exported.js";
import { type Studio, startStudio } from "../../src/index.js";
import { openPage, segmented, studioContent } from "./studio-page.js";

const root = temporaryFolder();

describe.skipIf(noChromium !== null || noRuntime !== null)("trouble in the studio", () => {
  let browser: Browser;
  let studio: Studio;
  let path: string;
  const wrong: string[] = [];
  beforeAll(async () => {
    path = untrainedRun(join(root, "run"));
    studio = await startStudio(await studioContent([path]));
    browser = await launch();
  });
  afterAll(async () => {
    await browser?.close();
    await studio?.[Symbol.asyncDispose]();
    expect(wrong).toEqual([]);
  });
  const open = (address = studio.address, options = {}) => openPage(browser, address, wrong, options);

  it("says what a picture is that cannot be decoded, and goes on", async () => {
    const page = await open();
    await segmented(page);
    const buffer = Buffer.from("no picture");
    await page.setInputFiles("input[type=file]", { name: "bad.png", mimeType: "image/png", buffer });
    await page
      .getByRole("alert")
      .getByText(/^bad\.png cannot be decoded/)
      .waitFor();
    // What cannot be shown is not offered.
    expect(await page.locator(".scroll li").getByText("bad.png").count()).toBe(0);
    await page.locator(".scroll button").first().click();
    await segmented(page);
    expect(await page.getByRole("alert").count()).toBe(0);
    await page.close();
  });

  it("says that strokes cannot be kept where the storage is full, and asks before the page is left", async () => {
    const page = await open();
    const content =
      'Storage.prototype.setItem = () => { throw new DOMException("full", "QuotaExceededError"); };';
    await page.addInitScript({ content });
    await page.reload();
    await segmented(page);
    await page.keyboard.press("3");
    await page.locator(".stage").click();
    await page.getByText("The browser's storage is full or refused").waitFor();
    await page.getByText(/Rows written: /).waitFor();
    const isAsked = () => !dispatchEvent(new Event("beforeunload", { cancelable: true }));
    expect(await page.evaluate(isAsked)).toBe(true);
    await page.getByRole("button", { name: "Reset" }).click();
    await page.getByText("No row was written yet.").waitFor();
    expect(await page.evaluate(isAsked)).toBe(false);
    await page.close();
  });

  it("watches a run that is not finished, says when it breaks, and that it cannot be looked at before", async () => {
    const folder = new RunFolder(join(root, "begun"));
    const unlock = folder.lock();
    const line = (step: number) =>
      `${JSON.stringify({ event: "step", step, losses: { train: { total: 1 } }, learningRate: 0.1 })}\n`;
    await folder.write(miniRecipe());
    writeFileSync(folder.events, line(1));
    await using watched = await startStudio(await studioContent([folder.path], { limit: 0 }));
    const page = await open(watched.address);
    await page.getByText("step 1 of 4").waitFor();
    expect(await page.getByRole("option", { name: "begun (not finished)" }).isDisabled()).toBe(true);
    appendFileSync(folder.events, line(2));
    await page.getByText("step 2 of 4").waitFor();
    mkdirSync(folder.diagnostics);
    unlock();
    await page
      .getByText(/stopped at step 2 of 4: what went wrong lies in .*; pinmem train --resume/)
      .waitFor();
    await page.close();
  });

  it("says that the server is gone, keeps what came, and goes on when it is back", async () => {
    const folder = new RunFolder(path);
    writeFileSync(
      folder.events,
      `${JSON.stringify({ event: "step", step: 3, losses: { train: { total: 1 } }, learningRate: 0.1 })}\n`,
    );
    let server = await startStudio(await studioContent([path]));
    const { port } = new URL(server.address);
    const allowed: string[] = [];
    const page = await openPage(browser, server.address, allowed);
    await segmented(page);
    await page.keyboard.press("5");
    await page.getByText("step 3 of 4").waitFor();
    await page.keyboard.press("3");
    await page.locator(".stage").click();
    await page.getByText(/Rows written: /).waitFor();
    await page.keyboard.press("5");
    await page.getByText("step 3 of 4").waitFor();
    await page.keyboard.press("3");
    await server[Symbol.asyncDispose]();
    await page.keyboard.press("5");
    await page
      .getByText(`step 3 · the server is gone: start pinmem studio again with --port ${port}, and go on here`)
      .waitFor();
    await page.locator("svg.chart circle").first().waitFor({ state: "attached" });
    await page.keyboard.press("1");
    await page.locator(".scroll button").nth(1).click();
    await page.getByText(`The server is gone: start pinmem studio again with --port ${port}`).waitFor();
    await page.keyboard.press("3");
    await page.getByRole("button", { name: "Save as adapted run" }).click();
    await page
      .getByText(`Not saved: the server is gone: start pinmem studio again with --port ${port}`)
      .waitFor();
    await page.getByText("The strokes are kept in this browser").waitFor();
    server = await startStudio({ ...(await studioContent([path])), port: Number(port) });
    await page.locator(".scroll button").nth(0).click();
    await segmented(page);
    expect(await page.getByRole("alert").count()).toBe(0);
    await page.reload();
    await segmented(page);
    await page.keyboard.press("3");
    await page.getByText(/Rows written: /).waitFor();
    await page.getByRole("button", { name: "Save as adapted run" }).click();
    await page.getByText(/^Saved: /).waitFor();
    await server[Symbol.asyncDispose]();
    await page.close();
  });

  it("says that a model is of another version, and what to do", async () => {
    const [run] = (await studioContent([path])).runs;
    const file = join((await run?.model(() => {})) as string, "model.json");
    const text = readFileSync(file, "utf8");
    const model = JSON.parse(text);
    writeFileSync(file, JSON.stringify({ ...model, format: model.format + 1 }));
    try {
      await expect(studioContent([dirname(file)])).rejects.toThrow(/newer/);
      const page = await open();
      await page.getByRole("alert").getByText(/newer/).waitFor();
      await page.close();
    } finally {
      writeFileSync(file, text);
    }
  });

  it("says why there is no camera, where it was asked for", async () => {
    const page = await open();
    await segmented(page);
    await page.getByRole("button", { name: "Camera" }).click();
    await page
      .locator(".pictures [role=alert]")
      .getByText(/camera/i)
      .waitFor();
    await page.evaluate(
      'navigator.mediaDevices.getUserMedia = () => Promise.reject(new DOMException("", "NotAllowedError"))',
    );
    await page.getByRole("button", { name: "Camera" }).click();
    await page.getByText("The camera was refused. Allow it for this page").waitFor();
    await page.close();
  });
});
