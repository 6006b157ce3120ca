// The six parts once more on photographs, with runs that were trained on some: CamVid, where it lies beside the repository
// (shared/camvid) or in the folder that CAMVID names. Files are JPEG there, as people's are, and larger than the crops of training.

import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { Browser, Page } from "playwright-core";
import sharp from "sharp";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { RecipeInput } from "../../../pinmem/src/recipes/recipe.js";
import { train } from "../../../pinmem/src/runs/train.js";
import { temporaryFolder } from "../../../pinmem/test/data-fixtures.js";
import { miniRecipe } from "../../../pinmem/test/mini-recipe.js";
import { load } from "../../../runtime/src/index.js";
import { launch, noChromium } from "../../../runtime/test/browser/chromium.js";
import { serve } from "../../../runtime/test/browser/static-server.js";
import { noRuntime } from "../../../runtime/test/exported.js";
import { exportStudio, type Studio, startStudio } from "../../src/index.js";
import { openPage, segmented, studioContent, violations } from "./studio-page.js";

const camvid = process.env.CAMVID ?? fileURLToPath(new URL("../../../../../shared/camvid", import.meta.url));
const isThere = existsSync(join(camvid, "images/0001TP"));
if (!isThere) console.warn(`Tests with photographs are left out: ${camvid} is not there`);

const root = temporaryFolder();

describe.skipIf(!isThere || noChromium !== null || noRuntime !== null)("the studio with photographs", () => {
  let browser: Browser;
  let studio: Studio;
  let page: Page;
  const paths = ["with-memory", "without"].map((name) => join(root, name)) as [string, string];
  const wrong: string[] = [];
  const content = () => studioContent(paths, { on: [`camvid:0001TP@all=${camvid}`], limit: 4 });
  beforeAll(async () => {
    const drive = (subset: string, limit: number) => ({
      name: "camvid" as const,
      root: camvid,
      split: "all" as const,
      subset,
      limit,
    });
    const data: RecipeInput["data"] = {
      sources: [drive("0006R0", 4), drive("0016E5", 4)],
      validation: [drive("0006R0", 1)],
      targets: [drive("0001TP", 1)],
      crop: { width: 96, height: 96 },
      scale: [0.3, 0.6],
      perDomain: 2,
      workers: 0,
    };
    const common = {
      data,
      length: { steps: 12 },
      validation: { every: 6 },
      checkpoints: { every: 12, keep: 1 },
    } as const;
    await train(miniRecipe({ ...common, name: "with-memory" }), { folder: paths[0] });
    await train(miniRecipe({ ...common, name: "without", method: { name: "erm" } }), { folder: paths[1] });
    studio = await startStudio(await content());
    browser = await launch();
    page = await openPage(browser, studio.address, wrong);
    await segmented(page);
  });
  afterAll(async () => {
    await browser?.close();
    await studio?.[Symbol.asyncDispose]();
    expect(wrong).toEqual([]);
  });

  it("segments one that is dropped as Node does, and looks inside", async () => {
    const folder = join(camvid, "images/0006R0");
    const file = join(folder, readdirSync(folder).sort()[0] as string);
    await page.setInputFiles("input[type=file]", file);
    await page.waitForSelector("canvas.classes[width='480'][height='360'][data-ready=true]");
    const [download] = await Promise.all([
      page.waitForEvent("download"),
      page.getByRole("button", { name: "train-ids" }).click(),
    ]);
    const saved = await sharp(await download.path())
      .toColourspace("b-w")
      .raw()
      .toBuffer();
    const [run] = (await content()).runs;
    await using model = await load((await run?.model(() => {})) as string, { threads: 1 });
    const { labels } = await model.segment(readFileSync(file));
    expect(new Set(labels).size).toBeGreaterThan(1);
    expect(saved.filter((label, at) => label !== labels[at]).length / labels.length).toBeLessThan(1e-3);
    await page.keyboard.press("2");
    await page.locator(".stage").click();
    await page.getByText(/^Pixel \d+, \d+/).waitFor();
    await page.selectOption("[aria-label=Row]", "0");
    await page.getByText("Nearest rows").waitFor();
    expect(await violations(page)).toEqual([]);
  });

  it("teaches from strokes on one at dusk, scores the others, and saves", async () => {
    await page.keyboard.press("3");
    await page.locator(".pictures li button").first().click();
    await segmented(page);
    for (const [name, height] of [
      ["sky", 0.15],
      ["road", 0.85],
    ] as const) {
      await page.locator(".brushes").getByRole("button", { name, exact: true }).click();
      const box = await page.locator("canvas.classes").boundingBox();
      const [x, y, width] = [box?.x ?? 0, (box?.y ?? 0) + (box?.height ?? 0) * height, box?.width ?? 0];
      await page.mouse.move(x + width * 0.4, y);
      await page.mouse.down();
      await page.mouse.move(x + width * 0.6, y, { steps: 3 });
      await page.mouse.up();
    }
    await page.getByText("Rows written: road, sky; 1 picture.").waitFor();
    await page.getByRole("button", { name: "Score 3 pictures" }).click();
    await page.getByRole("button", { name: "Score 3 pictures" }).waitFor();
    const figures = await page.locator(".panel tbody td").allTextContents();
    expect(
      figures
        .slice(0, 2)
        .map(Number)
        .every((score) => score > 0),
    ).toBe(true);
    await page.getByRole("button", { name: "Save as adapted run" }).click();
    await page.getByText(/^Saved: /).waitFor();
    const record = JSON.parse(readFileSync(join(paths[0], "studio/here/adaptation.json"), "utf8"));
    expect(record).toMatchObject({ labeled: 1, written: ["road", "sky"] });
    expect(await violations(page)).toEqual([]);
  });

  it("compares runs on them, and follows what their training wrote", async () => {
    await page.keyboard.press("4");
    await page.selectOption("[aria-label='Run beside']", "1");
    await page.getByText(/% of the pixels differ/).waitFor();
    await page.getByRole("button", { name: "errors" }).click();
    await page.getByRole("button", { name: "Segment all" }).click();
    await page.getByText("True class by row, predicted by column").waitFor();
    await page.getByRole("button", { name: "Segment all" }).waitFor();
    await page.selectOption("[aria-label='Order of pictures']", "score");
    await page.locator(".confusion button:enabled").first().click();
    await page
      .getByText(/ taken for /)
      .first()
      .waitFor();
    expect(await violations(page)).toEqual([]);
    await page.keyboard.press("5");
    await page.getByText("finished at step 12 of 12").waitFor();
    await page.locator("svg.chart path").first().waitFor();
    await page
      .getByAltText(/0006R0.* at step 12/)
      .first()
      .waitFor();
    expect(await violations(page)).toEqual([]);
  });

  it("is shared as a static site", async () => {
    const out = join(root, "site");
    await exportStudio({ ...(await content()), out });
    await using server = await serve({ "/here/": out, "/": out }, { isolated: true });
    const shared = await openPage(browser, `${server.address}/here/index.html`, wrong);
    await segmented(shared);
    expect(await shared.locator("canvas.classes").getAttribute("data-size")).toBe("480x360");
    await shared.close();
  });
});
