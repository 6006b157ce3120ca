// The examples of the README that are for a browser, as they stand there: the page without a bundler, and the program for Vite.

import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import type { Browser } from "playwright-core";
import sharp from "sharp";
import { build } from "vite";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { temporaryFolder } from "../../../pinmem/test/data-fixtures.js";
import { exportTiny, noRuntime, street } from "../exported.js";
import { launch, noChromium } from "./chromium.js";
import { serve } from "./static-server.js";

const packageDir = join(import.meta.dirname, "../..");
const ort = join(packageDir, "../../node_modules/onnxruntime-web/dist");
const text = readFileSync(join(packageDir, "README.md"), "utf8");
const blocksOf = (language: string) =>
  [...text.matchAll(new RegExp(`^\`\`\`${language}\\n([\\s\\S]*?)^\`\`\`$`, "gm"))].map(
    ([, content = ""]) => content,
  );
const root = temporaryFolder();

describe.skipIf(noChromium !== null || noRuntime !== null)("the README's", () => {
  let browser: Browser;
  let model: string;
  let photo: Buffer;
  beforeAll(async () => {
    ({ folder: model } = await exportTiny(root));
    const { width, height, pixels } = street(96, 64);
    photo = await sharp(pixels, { raw: { width, height, channels: 3 } })
      .jpeg()
      .toBuffer();
    browser = await launch();
  });
  afterAll(() => browser?.close());

  it("page segments a file and learns from a click", async () => {
    const [html = ""] = blocksOf("html");
    await using server = await serve(
      {
        "/index.html": { content: html },
        "/pinmem/": join(packageDir, "dist/page"),
        "/pinmem/ort/": ort,
        "/exported/NAME/": model,
      },
      { isolated: false },
    );
    const page = await browser.newPage();
    const wrong: string[] = [];
    page.on("pageerror", ({ message }) => wrong.push(message));
    await page.goto(server.address);
    await page.getByText("wasm, 1 threads").waitFor();
    await page.setInputFiles("input", { name: "photo.jpg", mimeType: "image/jpeg", buffer: photo });
    await page.waitForFunction("document.querySelector('canvas').width === 96");
    await page.click("canvas", { position: { x: 40, y: 55 } });
    await page.getByText("road written").waitFor();
    expect(wrong).toEqual([]);
    await page.close();
  });

  it("program for Vite segments in its worker, built, with threads where the page is isolated", async () => {
    // Inside the package, where it finds what is installed.
    const folder = mkdtempSync(join(packageDir, "test/.vite-"));
    try {
      for (const block of blocksOf("javascript")) {
        const [, path = ""] = /^\/\/ (\S+)\n/.exec(block) ?? [];
        mkdirSync(dirname(join(folder, path)), { recursive: true });
        writeFileSync(join(folder, path), block);
      }
      writeFileSync(
        join(folder, "index.html"),
        '<!doctype html><title>waits</title><script type="module" src="/src/main.js"></script>',
      );
      await build({ root: folder, configFile: join(folder, "vite.config.js"), logLevel: "error" });
      cpSync(model, join(folder, "dist/exported/NAME"), { recursive: true });
      await using server = await serve(
        { "/": join(folder, "dist"), "/ort/": ort, "/photo.jpg": { content: photo } },
        { isolated: true },
      );
      const page = await browser.newPage();
      await page.goto(server.address);
      await page.waitForFunction("document.title.startsWith('96x64, ')");
      expect(server.asked.some((path) => path === "/ort/ort-wasm-simd-threaded.wasm")).toBe(true);
      await page.close();
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});
