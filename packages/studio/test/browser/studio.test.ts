// The studio end to end, in headless Chromium: the command's own pieces behind the server, the built page before it.

import { appendFileSync, existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { INSPECTION_FORMAT } from "@pinmem/core/formats";
import type { Browser } from "playwright-core";
import sharp from "sharp";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { exportRun } from "../../../pinmem/src/export/export-run.js";
import { writeRgbPng } from "../../../pinmem/src/images/write-png.js";
import { TensorBoard } from "../../../pinmem/src/training/events/tensorboard.js";
import { calibrateBy } from "../../../pinmem/test/calibrate-by.js";
import { temporaryFolder } from "../../../pinmem/test/data-fixtures.js";
import { miniRecipe } from "../../../pinmem/test/mini-recipe.js";
import { untrainedRun } from "../../../pinmem/test/untrained-run.js";
import { load } from "../../../runtime/src/index.js";
import { launch, noChromium } from "../../../runtime/test/browser/chromium.js";
import { serve } from "../../../runtime/test/browser/static-server.js";
import { noRuntime, street, transformer } from "../../../runtime/test/exported.js";
import { appFolder } from "../../src/app-folder.js";
import { filesBelow } from "../../src/files.js";
import { exportStudio, type Studio, startStudio } from "../../src/index.js";
import { openPage, segmented, studioContent, violations } from "./studio-page.js";

const root = temporaryFolder();

describe.skipIf(noChromium !== null || noRuntime !== null)("the studio", () => {
  let browser: Browser;
  let studio: Studio;
  let path: string;
  let other: string;
  let third: string;
  const wrong: string[] = [];
  const content = (more: Parameters<typeof studioContent>[2] = {}) =>
    studioContent([path, other, third], { limit: 2 }, more);
  beforeAll(async () => {
    path = untrainedRun(join(root, "run"));
    other = untrainedRun(join(root, "other"), { recipe: miniRecipe({ name: "other" }), seed: 4 });
    third = untrainedRun(join(root, "third"), {
      recipe: miniRecipe({ ...transformer, name: "third" }),
      seed: 5,
    });
    writeFileSync(
      join(path, "events.jsonl"),
      `${JSON.stringify({ event: "start", step: 0, steps: 9, name: "mini" })}\n`,
    );
    await writeRgbPng(join(root, "photo.png"), street(64, 48));
    studio = await startStudio(await content());
    browser = await launch();
  });
  afterAll(async () => {
    await browser?.close();
    await studio?.[Symbol.asyncDispose]();
  });

  const open = (address: string, options = {}) => openPage(browser, address, wrong, options);

  for (const [how, engine, normalize] of [
    ["the page", "page", { kind: "trained" }],
    ["libtorch", "torch", { kind: "trained" }],
    ["libtorch with own statistics", "torch", { kind: "image", weight: 0.3 }],
  ] as const)
    it(`segments pictures of the run and dropped ones, and saves the PNG that Node would, computed by ${how}`, async () => {
      const more = { engine, normalize };
      await using own = engine === "torch" ? await startStudio(await content(more)) : null;
      const page = await open(own?.address ?? studio.address);
      await segmented(page);
      await page.getByText(engine === "torch" ? "libtorch, on the server" : "wasm · ").waitFor();
      const { pixels } = street(64, 48);
      const png = await sharp(pixels, { raw: { width: 64, height: 48, channels: 3 } })
        .png()
        .toBuffer();
      await page.setInputFiles("input[type=file]", { name: "mine.png", mimeType: "image/png", buffer: png });
      await page.waitForSelector("canvas.classes[width='64'][data-ready=true]");
      if (normalize.kind === "image") {
        const before = await page.locator(".legend .figure").allInnerTexts();
        await page.getByLabel("Own statistics").fill("0.8");
        await expect.poll(() => page.locator(".legend .figure").allInnerTexts()).not.toEqual(before);
      }
      const [download] = await Promise.all([
        page.waitForEvent("download"),
        page.getByRole("button", { name: "train-ids" }).click(),
      ]);
      const file = await download.path();
      expect(await sharp(file).metadata()).toMatchObject({ channels: 1, depth: "uchar" });
      const saved = await sharp(file).toColourspace("b-w").raw().toBuffer({ resolveWithObject: true });
      expect(saved.info).toMatchObject({ width: 64, height: 48, channels: 1 });
      const [run] = (await content(more)).runs;
      await using model = await load((await run?.model(() => {})) as string, { threads: 1 });
      if (normalize.kind === "image") model.normalize = 0.8;
      const { labels } = await model.segment({ width: 64, height: 48, pixels });
      expect(saved.data.filter((label, at) => label !== labels[at]).length).toBeLessThan(10);
      await page.keyboard.press("2");
      await page.locator(".stage").click();
      const pixel = (await page.getByText(/^Pixel \d+, \d+/).textContent()) ?? "";
      const [x = 0, y = 0] = (pixel.match(/\d+/g) ?? []).map(Number);
      const read = await model.read(x, y);
      const shares = await page.locator(".bars td:nth-child(2) .figure").allTextContents();
      expect(Number.parseFloat(shares[0] as string)).toBeCloseTo(100 * Math.max(...read), 0);
      expect(await violations(page)).toEqual([]);
      await page.close();
    });

  it("lets each picture decide where the run is calibrated, says how it is seen, and takes one weight instead", async () => {
    const deciding = untrainedRun(join(root, "deciding"));
    await calibrateBy(deciding, { threshold: 0, information: 0, departure: 0, weight: 3000 });
    await using own = await startStudio(await studioContent([deciding], { limit: 1 }, { normalize: null }));
    const page = await open(own.address);
    await segmented(page);
    await page
      .getByText(/^This picture looks unlike those of training\. It is the mean of what is seen/)
      .waitFor();
    const shares = () => page.locator(".legend .figure").allInnerTexts();
    const decided = await shares();
    expect(await violations(page)).toEqual([]);
    await page.getByLabel("Each picture decides").uncheck();
    await page.getByLabel("Own statistics").fill("0");
    await expect.poll(shares).not.toEqual(decided);
    await page.getByLabel("Each picture decides").check();
    await expect.poll(shares).toEqual(decided);
    await page.close();
  });

  it("shows classes as they are set, and tells which is below the pointer and how sure it is", async () => {
    const page = await open(studio.address);
    await segmented(page);
    const drawn = async () => (await page.evaluate(countColors)) as Record<string, number>;
    const total = async () => Object.values(await drawn()).reduce((sum, count) => sum + count, 0);
    const nothing = "0,0,0,0";
    await page.getByLabel("Opacity").fill("1");
    await expect.poll(async () => Object.keys(await drawn()).every((one) => one.endsWith(",255"))).toBe(true);
    const [all, pixels] = [await drawn(), await total()];
    const shown = page.locator(".legend li:not(.absent)");
    expect(Object.keys(all).length).toBe(await shown.count());
    const name = (await shown.first().locator(".name").textContent()) ?? "";
    await shown.first().locator("input").fill("#0a141e");
    await expect.poll(async () => (await drawn())["10,20,30,255"] ?? 0).toBeGreaterThan(0);
    const mine = (await drawn())["10,20,30,255"] as number;
    await page.getByRole("button", { name: `Only ${name}` }).click();
    await expect
      .poll(drawn)
      .toEqual({ "10,20,30,255": mine, ...(mine < pixels && { [nothing]: pixels - mine }) });
    await page.getByRole("button", { name: `Only ${name}` }).click();
    await page.getByRole("button", { name, exact: true }).click();
    await expect.poll(async () => (await drawn())[nothing] ?? 0).toBe(mine);
    await page.getByRole("button", { name, exact: true }).click();
    await page.keyboard.press("o");
    await expect.poll(async () => (await drawn())[nothing] ?? 0).toBeGreaterThan(pixels / 2);
    await page.keyboard.press("o");
    await page.locator(".stage").hover();
    const pointed = page.locator(".pointed");
    await expect.poll(() => pointed.textContent()).toMatch(/^[a-z ]+\d+ %\d+, \d+$/);
    await page.getByLabel("Unsure below").fill("1");
    await expect.poll(() => pointed.textContent()).toMatch(/^unsure\(at best [a-z ]+\)/);
    await expect
      .poll(async () => Object.keys(await drawn()).every((one) => /^(12[789],){3}/.test(one)))
      .toBe(true);
    await page.close();
  });

  it("tells what a pixel reads, maps a row, shows the map of an inspection, and has no fault that axe knows", async () => {
    const point = (at: number, domain: string | null) => ({ x: at / 4, y: 0.5, class: "road", domain });
    const embedding = {
      method: "t-SNE",
      seed: 0,
      classes: ["road"],
      points: [point(0, "fog"), point(1, "night"), point(2, "night"), point(3, null)],
      nearestIsOwnRow: [{ domain: "night", share: 0.5 }],
    };
    mkdirSync(join(path, "inspection"), { recursive: true });
    writeFileSync(
      join(path, "inspection/inspection.json"),
      JSON.stringify({ format: INSPECTION_FORMAT, figures: { embedding } }),
    );
    const page = await open(studio.address, { colorScheme: "dark" });
    await segmented(page);
    await page.keyboard.press("2");
    await page.locator(".stage").click();
    await page.getByText(/Pixel \d+, \d+/).waitFor();
    await page.selectOption("[aria-label=Row]", "0");
    await page.getByText("Nearest rows").waitFor();
    await page.getByText("How alike rows are").waitFor();
    expect(await page.locator("svg.map circle").count()).toBe(3);
    await page.selectOption("[aria-label='Domain of the features']", "night");
    await page.getByText("50 % of these features are nearest to the row of their class").waitFor();
    expect(await page.locator("svg.map circle").count()).toBe(2);
    expect(await page.locator("svg.map .rowpoint").count()).toBe(1);
    expect(await violations(page)).toEqual([]);
    await page.close();
  });

  it("compares runs: side by side, how many pixels differ, pictures in order, confusion that leads to them", async () => {
    const page = await open(studio.address);
    await segmented(page);
    await page.keyboard.press("4");
    await page.selectOption("[aria-label='Run beside']", "1");
    await page.selectOption("[aria-label='Run beside, 2']", "2");
    await page.locator("canvas.classes[data-ready=true]").nth(2).waitFor();
    await page.getByText(/% of the pixels differ/).waitFor();
    const zoomed = "[...document.querySelectorAll('.layers')].map((one) => one.style.transform)";
    await page.locator(".stage").press("+");
    expect(new Set((await page.evaluate(zoomed)) as string[])).toEqual(
      new Set(["translate(0px, 0px) scale(1.25)"]),
    );
    await page.getByRole("button", { name: "disagreement" }).click();
    await page.getByRole("button", { name: "swipe" }).click();
    await page.getByRole("button", { name: "Segment all" }).click();
    await page.getByText("True class by row, predicted by column").waitFor();
    await page.getByRole("button", { name: "Segment all" }).waitFor();
    const listed = page.locator(".list li");
    const all = await listed.count();
    expect(all).toBe(3);
    await page.selectOption("[aria-label='Order of pictures']", "boundary");
    expect(await listed.first().textContent()).toMatch(/\d+\.\d · \d+\.\d · \d+\.\d/);
    await page.getByRole("group", { name: "Run of the tables" }).getByText("other").click();
    await page.getByText("and the difference from run").waitFor();
    await page.locator(".confusion button:enabled").first().click();
    await page
      .getByText(/ taken for /)
      .first()
      .waitFor();
    expect(await listed.first().textContent()).toMatch(/[1-9]\d* px/);
    expect(await violations(page)).toEqual([]);
    await page.close();
  });

  it("follows a training as its events are written: curves, pictures and likeness of rows by one slider", async () => {
    const board = new TensorBoard(join(path, "tensorboard"));
    const picture = { event: "picture", name: "source/night", width: 8, height: 4 } as const;
    await board.write({ ...picture, step: 1, pixels: new Uint8Array(96).fill(20) });
    const page = await open(studio.address);
    await segmented(page);
    await page.keyboard.press("5");
    const write = (...events: object[]) =>
      appendFileSync(join(path, "events.jsonl"), events.map((one) => `${JSON.stringify(one)}\n`).join(""));
    const step = (at: number) => ({
      event: "step",
      step: at,
      losses: { train: { total: 1 / at } },
      learningRate: 0.1,
    });
    const rows = (at: number, cosine: number) => ({
      event: "memory",
      step: at,
      classes: ["road", "sky", "car"],
      cosine: [
        [1, cosine, 0],
        [cosine, 1, 0],
        [0, 0, 0],
      ],
    });
    const score = (at: number) => ({
      event: "evaluation",
      step: at,
      domain: "night",
      role: "source",
      meanIoU: 0.1 * at,
      classIoU: {},
      images: 1,
    });
    write(step(1), step(2), score(1), rows(1, 0.25));
    await page.getByText("finished at step 2 of 4").waitFor();
    await page.locator("svg.chart path").first().waitFor();
    await page.getByAltText("source/night at step 1").waitFor();
    await board.write({ ...picture, step: 3, pixels: new Uint8Array(96).fill(200) });
    board.close();
    write(step(3), score(3), rows(3, 0.75));
    appendFileSync(join(path, "events.jsonl"), '{"event":"st');
    await page.getByAltText("source/night at step 3").waitFor();
    await page.getByText("sky and road 0.75").waitFor();
    await page.getByRole("slider", { name: "Step" }).fill("0");
    await page.getByAltText("source/night at step 1").waitFor();
    await page.getByText("sky and road 0.25").waitFor();
    expect(await violations(page)).toEqual([]);
    await page.close();
  });

  it("plays a video and the camera, frame after frame, and keeps a frame as a picture", async () => {
    await using camera = await launch([
      "--use-fake-device-for-media-stream",
      "--use-fake-ui-for-media-stream",
    ]);
    const page = await openPage(camera, studio.address, wrong);
    await segmented(page);
    const webm = (await page.evaluate(recordVideo)) as string;
    const buffer = Buffer.from(webm, "base64");
    await page.setInputFiles("input[type=file]", { name: "drive.webm", mimeType: "video/webm", buffer });
    await page.waitForSelector("canvas.classes[width='64'][height='48'][data-ready=true]");
    await page.getByRole("button", { name: "Play" }).click();
    await page.getByText(/[1-9][\d.]* frames a second/).waitFor();
    await page.getByRole("button", { name: "Play" }).waitFor(); // It has come to its end.
    await page.getByRole("button", { name: "Keep frame" }).click();
    await page.getByText(/^drive\.webm-\d.*\.png$/).waitFor();
    await page.getByRole("button", { name: "Camera" }).click();
    await page.getByText(/[\d.]+ frames a second/).waitFor();
    await page.waitForSelector("canvas.classes[width='512'][data-ready=true]");
    expect(await violations(page)).toEqual([]);
    await page.getByRole("button", { name: "Stop" }).click();
    expect(await page.getByText("frames a second").count()).toBe(0);
    await page.close();
  });

  it("takes a folder that is dropped, with all below it", async () => {
    for (const at of [0, 1]) await writeRgbPng(join(root, `photos/sub/${at}.png`), street(64, 48, at));
    const page = await open(studio.address);
    await segmented(page);
    const client = await page.context().newCDPSession(page);
    const data = { items: [], files: [join(root, "photos")], dragOperationsMask: 1 };
    for (const type of ["dragEnter", "dragOver", "drop"] as const)
      await client.send("Input.dispatchDragEvent", { type, x: 500, y: 400, data });
    await page.waitForSelector("canvas.classes[width='64'][height='48'][data-ready=true]");
    for (const at of [0, 1]) await page.getByTitle(`photos/sub/${at}.png`, { exact: true }).waitFor();
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
      await page.locator("details.engine summary").click();
      const slow = page.getByText("One thread only, since the page is not isolated");
      expect(await slow.count()).toBe(isolated ? 0 : 1);
      expect(await page.getByText(/^Not by the graphics card: .*WebGPU/).count()).toBe(1);
      await page.close();
    }
    expect(readFileSync(join(out, "studio.json"), "utf8")).not.toContain(root);
  });

  it("leaves letters and digits to a list of choices that has the focus", async () => {
    const page = await open(studio.address);
    await segmented(page);
    const shown = page.locator("nav [aria-current=page]");
    await page.locator(".run select").focus();
    await page.keyboard.press("2");
    expect(await shown.textContent()).toBe("Segment");
    await page.getByLabel("Opacity").focus();
    await page.keyboard.press("2");
    await expect.poll(() => shown.textContent()).toBe("Inside");
    await page.close();
  });

  it("tells exported models by their folders that are called the same, and advises no inspection of them", async () => {
    const folders = ["one", "two"].map((name) => join(root, "exported", name));
    for (const out of folders) await exportRun(path, { out, verify: false });
    const content = await studioContent(folders, { limit: 1, pictures: [join(root, "photo.png")] });
    await using own = await startStudio(content);
    const page = await open(own.address);
    await segmented(page);
    expect(await page.locator(".run option").allTextContents()).toEqual(["mini (one)", "mini (two)"]);
    expect(await page.locator(".run select").getAttribute("title")).toBe(folders[0]);
    await page.keyboard.press("2");
    await page.getByText("this is an exported model").waitFor();
    expect(await page.getByText("pinmem inspect").count()).toBe(0);
    await page.close();
  });

  it("shows a narrow window, and asks nothing of another origin; no page said anything wrong", async () => {
    for (const width of [420, 360, 320]) {
      const page = await open(studio.address, { viewport: { width, height: 800 } });
      await segmented(page);
      for (const key of ["1", "2", "3", "4"]) {
        await page.keyboard.press(key);
        expect(await page.evaluate("document.documentElement.scrollWidth"), key).toBeLessThanOrEqual(width);
      }
      const hint =
        '(({ scrollWidth, clientWidth }) => scrollWidth - clientWidth)(document.querySelector(".pointed"))';
      expect(await page.evaluate(hint)).toBeLessThanOrEqual(0);
      await page.close();
    }
    expect(wrong).toEqual([]);
  });

  it("has at most 150 kB of code of its own", async () => {
    expect(existsSync(join(appFolder(), "index.html"))).toBe(true);
    const scripts = [...(await filesBelow(appFolder())).values()].filter((file) => /\.(js|css)$/.test(file));
    const size = scripts.reduce((sum, file) => sum + gzipSync(readFileSync(file)).length, 0);
    expect(size).toBeLessThan(150_000);
  });
});

/** In a page: how many pixels are drawn in each color over the picture. */
const countColors = `(() => {
  const canvas = document.querySelector("canvas.classes");
  const copy = new OffscreenCanvas(canvas.width, canvas.height).getContext("2d", { willReadFrequently: true });
  copy.drawImage(canvas, 0, 0);
  const { data } = copy.getImageData(0, 0, canvas.width, canvas.height);
  const counts = {};
  for (let at = 0; at < data.length; at += 4) {
    const color = data.slice(at, at + 4).join();
    counts[color] = (counts[color] ?? 0) + 1;
  }
  return counts;
})()`;

/** In a page: a short video of a canvas that changes, in base64. */
const recordVideo = `(async () => {
  const canvas = Object.assign(document.createElement("canvas"), { width: 64, height: 48 });
  const context = canvas.getContext("2d");
  const recorder = new MediaRecorder(canvas.captureStream(20), { mimeType: "video/webm;codecs=vp8" });
  const parts = [];
  recorder.ondataavailable = ({ data }) => parts.push(data);
  recorder.start();
  for (let at = 0; at < 20; at++) {
    context.fillStyle = "rgb(" + at * 12 + " 90 200)";
    context.fillRect(0, 0, 64, 48);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  await new Promise((resolve) => {
    recorder.onstop = resolve;
    recorder.stop();
  });
  const bytes = new Uint8Array(await new Blob(parts).arrayBuffer());
  return btoa(bytes.reduce((text, byte) => text + String.fromCharCode(byte), ""));
})()`;
