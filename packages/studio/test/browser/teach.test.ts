// Teaching in the page, end to end: strokes change rows and results, survive a reload, are saved as `pinmem adapt` would, and lift the score
// of pictures that nothing was brushed on, of a small network in a place where it was never trained.

import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { Browser } from "playwright-core";
import sharp from "sharp";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { train } from "../../../pinmem/src/runs/train.js";
import { temporaryFolder } from "../../../pinmem/test/data-fixtures.js";
import { miniRecipe } from "../../../pinmem/test/mini-recipe.js";
import { launch, noChromium } from "../../../runtime/test/browser/chromium.js";
import { noRuntime } from "../../../runtime/test/exported.js";
import type { BrushStroke } from "../../app/src/brush-stroke.js";
import { type Studio, startStudio } from "../../src/index.js";
import type { Site } from "../../src/site.js";
import { strokesFromLabels } from "./label-strokes.js";
import { openPage, segmented, studioContent, violations } from "./studio-page.js";

const root = temporaryFolder();

describe.skipIf(noChromium !== null || noRuntime !== null)("teaching", () => {
  let browser: Browser;
  let studio: Studio;
  const path = join(root, "run");
  const wrong: string[] = [];
  beforeAll(async () => {
    const recipe = miniRecipe({
      length: { steps: 60 },
      validation: { every: 60 },
      checkpoints: { every: 60, keep: 1 },
    });
    await train(recipe, { folder: path });
    studio = await startStudio(await studioContent([path], { on: ["streets:dusk"], limit: 12 }));
    browser = await launch();
  });
  afterAll(async () => {
    await browser?.close();
    await studio?.[Symbol.asyncDispose]();
    expect(wrong).toEqual([]);
  });

  it("teaches from strokes, keeps them over a reload, and saves the run that adapt makes", async () => {
    const page = await openPage(browser, studio.address, wrong);
    await segmented(page);
    await page.keyboard.press("3");
    const box = await page.locator(".stage").boundingBox();
    const [x, y] = [(box?.x ?? 0) + (box?.width ?? 0) / 2, (box?.y ?? 0) + (box?.height ?? 0) / 2];
    await page.mouse.move(x - 150, y + 60);
    await page.mouse.down();
    await page.mouse.move(x + 150, y + 60, { steps: 4 });
    await page.mouse.up();
    await page.getByText("Rows written: road; 1 picture.").waitFor();
    expect(await violations(page)).toEqual([]);
    const canvas = 'document.querySelector("canvas.classes").toDataURL()';
    const after = await page.evaluate(canvas);
    await page.getByLabel("Before | after").fill("0.5");
    await expect.poll(() => page.evaluate(canvas)).not.toBe(after);
    await page.getByLabel("Before | after").fill("0");
    await expect.poll(() => page.evaluate(canvas)).toBe(after);
    await page.reload();
    await segmented(page);
    await page.keyboard.press("3");
    await page.getByText("Rows written: road; 1 picture.").waitFor();
    await page.getByRole("button", { name: "Save as adapted run" }).click();
    await page.getByText(/^Saved: /).waitFor();
    const record = JSON.parse(readFileSync(join(path, "studio/here/adaptation.json"), "utf8"));
    expect(record).toMatchObject({ labeled: 1, vote: 10, weight: 0, written: ["road"] });
    expect(record).toMatchObject({ own: 0, classifier: 0, logitAdjustment: 0 });
    // Strokes and rows stay while the saved run joins the list.
    await page.getByText("Rows written: road; 1 picture.").waitFor();
    expect(await page.locator(".run option").allTextContents()).toEqual(["run", "here"]);
    await page.locator(".run select").selectOption("here");
    await segmented(page);
    await page.getByText("No row was written yet.").waitFor();
    await page.locator(".run select").selectOption("run");
    await segmented(page);
    await page.getByText("Rows written: road; 1 picture.").waitFor();
    await page.getByRole("button", { name: "Reset" }).click();
    await page.getByText("No row was written yet.").waitFor();
    await page.close();
  });

  it("is taught by keys alone, asks what a pixel reads by keys, and snaps strokes to superpixels", async () => {
    const page = await openPage(browser, studio.address, wrong);
    await segmented(page);
    const press = async (...keys: string[]) => {
      for (const key of keys) await page.keyboard.press(key);
    };
    const isAt = "document.activeElement.className";
    for (let at = 0; at < 60 && !/stage/.test((await page.evaluate(isAt)) as string); at++)
      await press("Tab");
    await press("2", "Shift+ArrowDown", "Enter");
    const middle = await page.getByText(/^Pixel \d+, \d+$/).textContent();
    await press("Shift+ArrowDown", "Enter");
    const below = page.getByText(/^Pixel \d+, \d+$/);
    await expect.poll(() => below.textContent()).not.toBe(middle);
    expect((await below.textContent())?.split(",")[0]).toBe(middle?.split(",")[0]);
    await press(
      "3",
      "Enter",
      "Shift+ArrowRight",
      "Escape",
      "Enter",
      "Shift+ArrowRight",
      "Shift+ArrowRight",
      "Enter",
    );
    await page.getByText("Rows written: road; 1 picture.").waitFor();
    await page.getByLabel("Snap to superpixels").check();
    await page.getByRole("button", { name: "sky", exact: true }).click();
    await page.locator(".stage").focus();
    await press("Shift+ArrowUp", "Shift+ArrowUp", "Enter", "Shift+ArrowLeft", "Shift+ArrowLeft", "Enter");
    await page.getByText("Rows written: road, sky; 1 picture.").waitFor();
    await page
      .getByRole("status")
      .getByText("Rows of road, sky are written from 2 strokes")
      .waitFor({ state: "attached" });
    const kept = (await page.evaluate("Object.values(localStorage)[0]")) as string;
    const [[, strokes]] = JSON.parse(kept) as [[string, BrushStroke[]]];
    expect(strokes.map(({ class: one, runs }) => [one, (runs?.length ?? 0) > 0])).toEqual([
      [0, false],
      [10, true],
    ]);
    expect(await violations(page)).toEqual([]);
    await page.getByRole("button", { name: "Undo" }).click();
    await page.getByText("Rows written: road; 1 picture.").waitFor();
    await page.getByRole("button", { name: "Reset" }).click();
    await page.close();
  });

  it("lifts the score of pictures that were left out by strokes on three", async () => {
    const site = (await (await fetch(`${studio.address}studio.json`)).json()) as Site;
    const strokes = [];
    for (const { group, name, label } of site.pictures.slice(0, 3)) {
      const png = await (await fetch(`${studio.address}${label}`)).arrayBuffer();
      const { data, info } = await sharp(png)
        .toColourspace("b-w")
        .raw()
        .toBuffer({ resolveWithObject: true });
      strokes.push([`site:${group}/${name}`, strokesFromLabels(data, info, [8, 4])]);
    }
    const { provenance } = await (await fetch(`${studio.address}runs/0/model/model.json`)).json();
    const page = await openPage(browser, studio.address, wrong);
    await segmented(page);
    const kept = [`pinmem-studio:strokes:${provenance.weights}`, JSON.stringify(strokes)];
    await page.evaluate(`localStorage.setItem(${kept.map((one) => JSON.stringify(one)).join()})`);
    await page.reload();
    await segmented(page);
    await page.keyboard.press("3");
    await page.getByText(/Rows written: .*; 3 pictures/).waitFor();
    const score = page.getByRole("button", { name: "Score 9 pictures" });
    await score.click();
    await page.getByRole("button", { name: "Stop" }).waitFor();
    await score.waitFor();
    const [count, before, after] = await page
      .locator(".panel tbody th .quiet, .panel tbody td")
      .allInnerTexts();
    expect(count).toBe("9");
    expect(Number(after)).toBeGreaterThan(Number(before) + 1);
    await page.getByLabel("Votes").fill("5");
    await page.getByText("Of earlier strokes or votes.").waitFor();
    expect(await violations(page)).toEqual([]);
    await page.close();
  });
});
