// The studio end to end, in headless Chromium: the command's own pieces behind the server, the built page before it.

import { appendFileSync, existsSync, readFileSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import type { Browser, Page } from "playwright-core";
import sharp from "sharp";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { openStudioPictures } from "../../../pinmem/src/cli/studio/studio-pictures.js";
import { openStudioRun } from "../../../pinmem/src/cli/studio/studio-run.js";
import { temporaryFolder } from "../../../pinmem/test/data-fixtures.js";
import { miniRecipe } from "../../../pinmem/test/mini-recipe.js";
import { untrainedRun } from "../../../pinmem/test/untrained-run.js";
import { load } from "../../../runtime/src/index.js";
import { launch, noChromium } from "../../../runtime/test/browser/chromium.js";
import { serve } from "../../../runtime/test/browser/static-server.js";
import { noRuntime } from "../../../runtime/test/exported.js";
import { appFolder } from "../../src/app-folder.js";
import { filesBelow } from "../../src/files.js";
import { exportStudio, type Studio, startStudio } from "../../src/index.js";

const root = temporaryFolder();
const axe = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");

describe.skipIf(noChromium !== null || noRuntime !== null)("the studio", () => {
  let browser: Browser;
  let studio: Studio;
  let path: string;
  let other: string;
  const wrong: string[] = [];
  const content = async () => {
    const options = { normalize: { kind: "trained" }, place: null } as const;
    const runs = await Promise.all([path, other].map((one) => openStudioRun(one, options)));
    const { pictures } = await openStudioPictures([path], { limit: 2 });
    return { runs, pictures, version: "0.0.0" };
  };
  beforeAll(async () => {
    path = untrainedRun(join(root, "run"));
    other = untrainedRun(join(root, "other"), { recipe: miniRecipe({ name: "other" }) });
    writeFileSync(
      join(path, "events.jsonl"),
      `${JSON.stringify({ event: "start", step: 0, steps: 9, name: "mini" })}\n`,
    );
    studio = await startStudio(await content());
    browser = await launch();
  });
  afterAll(async () => {
    await browser?.close();
    await studio?.[Symbol.asyncDispose]();
  });

  async function open(address: string, options = {}): Promise<Page> {
    const page = await browser.newPage({ viewport: { width: 1280, height: 800 }, ...options });
    page.on("pageerror", ({ message }) => wrong.push(message));
    page.on("console", (message) => {
      if (message.type() === "error") wrong.push(message.text());
    });
    page.on("request", (request) => {
      const { protocol, origin } = new URL(request.url());
      if (protocol === "http:" && origin !== new URL(address).origin) wrong.push(request.url());
    });
    await page.goto(address);
    return page;
  }
  const segmented = (page: Page) => page.waitForSelector("canvas[data-ready=true]");
  const violations = async (page: Page): Promise<string[]> => {
    await page.evaluate(axe);
    const { violations: found } = (await page.evaluate("axe.run()")) as {
      violations: { id: string; nodes: { html: string }[] }[];
    };
    return found.map(({ id, nodes }) => `${id}: ${nodes[0]?.html}`);
  };

  it("segments pictures of the run and dropped ones, and saves the PNG that Node would", async () => {
    const page = await open(studio.address);
    await segmented(page);
    await page.getByText("wasm · ").waitFor();
    const pixels = Buffer.alloc(64 * 48 * 3, 90);
    const png = await sharp(pixels, { raw: { width: 64, height: 48, channels: 3 } })
      .png()
      .toBuffer();
    await page.setInputFiles("input[type=file]", { name: "mine.png", mimeType: "image/png", buffer: png });
    await page.waitForSelector("canvas.classes[width='64'][data-ready=true]");
    const [download] = await Promise.all([
      page.waitForEvent("download"),
      page.getByRole("button", { name: "train-ids" }).click(),
    ]);
    const file = await download.path();
    expect(await sharp(file).metadata()).toMatchObject({ channels: 1, depth: "uchar" });
    const saved = await sharp(file).toColourspace("b-w").raw().toBuffer({ resolveWithObject: true });
    expect(saved.info).toMatchObject({ width: 64, height: 48, channels: 1 });
    const [run] = (await content()).runs;
    await using model = await load((await run?.model(() => {})) as string, { threads: 1 });
    const { labels } = await model.segment({ width: 64, height: 48, pixels });
    expect(saved.data.filter((label, at) => label !== labels[at]).length).toBeLessThan(10);
    expect(await violations(page)).toEqual([]);
    await page.close();
  });

  it("says what a picture is that cannot be decoded, and goes on", async () => {
    const page = await open(studio.address);
    await segmented(page);
    const buffer = Buffer.from("no picture");
    await page.setInputFiles("input[type=file]", { name: "bad.png", mimeType: "image/png", buffer });
    await page.getByText("bad.png cannot be decoded").waitFor();
    await page.locator(".scroll button").first().click();
    await segmented(page);
    expect(await page.getByRole("alert").count()).toBe(0);
    await page.close();
  });

  it("tells what a pixel reads, maps a row, and has no fault that axe knows", async () => {
    const page = await open(studio.address, { colorScheme: "dark" });
    await segmented(page);
    await page.keyboard.press("2");
    await page.locator(".stage").click();
    await page.getByText(/Pixel \d+, \d+/).waitFor();
    await page.selectOption("[aria-label=Row]", "0");
    await page.getByText("How alike rows are").waitFor();
    expect(await violations(page)).toEqual([]);
    await page.close();
  });

  it("teaches from strokes, keeps them over a reload, and saves the run that adapt makes", async () => {
    const page = await open(studio.address);
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
    await page.reload();
    await segmented(page);
    await page.keyboard.press("3");
    await page.getByText("Rows written: road; 1 picture.").waitFor();
    await page.getByRole("button", { name: "Save as adapted run" }).click();
    await page.getByText(/^Saved: /).waitFor();
    const record = JSON.parse(readFileSync(join(path, "studio/here/adaptation.json"), "utf8"));
    expect(record).toMatchObject({ labeled: 1, vote: 10, weight: 0, written: ["road"] });
    await page.getByRole("button", { name: "Reset" }).click();
    await page.getByText("No row was written yet.").waitFor();
    await page.close();
  });

  it("compares runs: how many pixels differ, pictures by score, confusion that leads to them", async () => {
    const page = await open(studio.address);
    await segmented(page);
    await page.keyboard.press("4");
    await page.selectOption("[aria-label='Run beside']", "1");
    await page.getByText(/% of the pixels differ/).waitFor();
    await page.getByRole("button", { name: "Segment all" }).click();
    await page.getByText("True class by row, predicted by column").waitFor();
    await page.getByRole("button", { name: "Segment all" }).waitFor();
    await page.locator(".confusion button:enabled").first().click();
    await page
      .getByText(/ taken for /)
      .first()
      .waitFor();
    expect(await page.locator(".list li").count()).toBeGreaterThan(0);
    expect(await violations(page)).toEqual([]);
    await page.close();
  });

  it("follows a training as its events are written", async () => {
    const page = await open(studio.address);
    await segmented(page);
    await page.keyboard.press("5");
    const step = (at: number) =>
      `${JSON.stringify({ event: "step", step: at, epoch: 0, losses: { train: { total: 1 / at } }, learningRate: 0.1, gradientNorm: 1, timing: {} })}\n`;
    appendFileSync(join(path, "events.jsonl"), step(1) + step(2));
    await page.getByText("step 2 of 9").waitFor();
    await page.locator("svg.chart path").first().waitFor();
    appendFileSync(join(path, "events.jsonl"), `${step(3)}{"event":"st`);
    await page.getByText("step 3 of 9").waitFor();
    expect(await violations(page)).toEqual([]);
    await page.close();
  });

  it("is a static site that works from a subfolder, with headers that isolate and without", async () => {
    const out = join(root, "site");
    const { lines } = await exportStudio({ ...(await content()), out });
    expect(lines.join("\n")).toContain("Cross-Origin-Opener-Policy");
    for (const isolated of [true, false]) {
      await using server = await serve({ "/some/where/": out, "/": out }, { isolated });
      const page = await open(`${server.address}/some/where/index.html`);
      await segmented(page);
      await page.close();
    }
    expect(readFileSync(join(out, "studio.json"), "utf8")).not.toContain(root);
  });

  it("shows a narrow window, and asks nothing of another origin; no page said anything wrong", async () => {
    const page = await open(studio.address, { viewport: { width: 420, height: 800 } });
    await segmented(page);
    expect(await page.evaluate("document.documentElement.scrollWidth")).toBeLessThanOrEqual(420);
    await page.close();
    expect(wrong).toEqual([]);
  });

  it("has at most 150 kB of code of its own", async () => {
    expect(existsSync(join(appFolder(), "index.html"))).toBe(true);
    const scripts = [...(await filesBelow(appFolder())).values()].filter((file) => /\.(js|css)$/.test(file));
    const size = scripts.reduce((sum, file) => sum + gzipSync(readFileSync(file)).length, 0);
    expect(size).toBeLessThan(150_000);
  });
});
