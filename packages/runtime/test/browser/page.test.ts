// The built package in a page of headless Chromium, beside what the same model says in Node.

import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import type { Browser, Page } from "playwright-core";
import sharp from "sharp";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { temporaryFolder } from "../../../pinmem/test/data-fixtures.js";
import { load, type Model } from "../../src/index.js";
import { exportTiny, noRuntime, street } from "../exported.js";
import { launch, noChromium } from "./chromium.js";
import { type StaticServer, serve } from "./static-server.js";

const packageDir = join(import.meta.dirname, "../..");
const built = join(packageDir, "dist/page");
const ort = join(packageDir, "../../node_modules/onnxruntime-web/dist");
const root = temporaryFolder();

describe.skipIf(noChromium !== null || noRuntime !== null)("a model in a page", () => {
  let browser: Browser;
  let isolated: StaticServer;
  let plain: StaticServer;
  let node: Model;
  const image = street(96, 64);

  beforeAll(async () => {
    if (!existsSync(built)) throw new Error(`${built} is missing: npm run bundle -w @pinmem/runtime`);
    const { folder } = await exportTiny(root);
    const png = await sharp(image.pixels, { raw: { width: 96, height: 64, channels: 3 } })
      .png()
      .toBuffer();
    const damaged = new Uint8Array(readFileSync(join(folder, "decode.onnx")));
    damaged[100] = (damaged[100] ?? 0) ^ 1;
    const mounts = {
      "/index.html": { content: "<!doctype html><title>test</title>" },
      "/pinmem/": built,
      "/pinmem/ort/": ort,
      "/exported/": folder,
      "/damaged/": folder,
      "/damaged/decode.onnx": { content: damaged },
      "/incomplete/model.json": { content: readFileSync(join(folder, "model.json")) },
      "/street.png": { content: png },
      "/broken.png": { content: "no picture" },
    };
    isolated = await serve(mounts, { isolated: true });
    plain = await serve(mounts, { isolated: false });
    node = await load(folder, { threads: 1 });
    browser = await launch();
  });
  afterAll(async () => {
    await browser?.close();
    await isolated?.[Symbol.asyncDispose]();
    await plain?.[Symbol.asyncDispose]();
    await node?.dispose();
  });

  async function open(server: StaticServer, from = browser): Promise<Page> {
    const page = await from.newPage();
    await page.goto(server.address);
    await page.evaluate(`globalThis.runtime = import(location.origin + "/pinmem/index.js"); null`);
    return page;
  }

  /** Runs a body in a page, where `load` is the package's. */
  const inPage = <T>(page: Page, body: string): Promise<T> =>
    page.evaluate(`(async () => { const { load } = await runtime; ${body} })()`) as Promise<T>;

  const share = (one: readonly number[], other: Uint8Array) =>
    one.filter((label, at) => label !== other[at]).length / one.length;

  it("sees what it sees in Node, of every kind of picture, in a worker, with threads where the page is isolated", async () => {
    const page = await open(isolated);
    const { engine, labels, same, weights } = await inPage<{
      engine: Record<string, unknown>;
      labels: number[];
      same: Record<string, boolean>;
      weights: number[];
    }>(
      page,
      `const model = await load("exported", { threads: 2 });
      const { labels } = await model.segment("street.png");
      const blob = await (await fetch("street.png")).blob();
      const bitmap = await createImageBitmap(blob);
      const canvas = new OffscreenCanvas(96, 64);
      const context = canvas.getContext("2d");
      context.drawImage(bitmap, 0, 0);
      const element = new Image();
      element.src = "street.png";
      await element.decode();
      const frame = new VideoFrame(bitmap, { timestamp: 0 });
      const buffer = await blob.arrayBuffer();
      const same = {};
      for (const [name, picture] of Object.entries({ blob, buffer, bitmap, canvas, element, frame, data: context.getImageData(0, 0, 96, 64) })) {
        const other = (await model.segment(picture)).labels;
        same[name] = other.every((label, at) => label === labels[at]);
      }
      frame.close();
      const weights = [...(await model.read(50, 60))];
      await model.dispose();
      return { engine: model.engine, labels: [...labels], same, weights };`,
    );
    expect(share(labels, (await node.segment(image)).labels)).toBeLessThan(1e-3);
    expect(same).toEqual({
      blob: true,
      buffer: true,
      bitmap: true,
      canvas: true,
      element: true,
      frame: true,
      data: true,
    });
    expect(engine).toMatchObject({ kind: "wasm", threads: 2, reason: "WebGPU finds no adapter" });
    expect(weights[0]).toBeCloseTo((await node.read(50, 60))[0] as number, 4);
    await page.close();
  });

  it("writes the rows that it writes in Node, and decodes again; without isolation, on one thread; offline once loaded", async () => {
    const stroke = {
      class: "road",
      points: [
        [5, 50],
        [80, 60],
      ],
      width: 5,
    } as const;
    await node.segment(image);
    await node.write([stroke]);
    node.votes = 10;
    const expected = await node.decode();
    const { rows } = node.memory;
    node.reset();
    const page = await open(plain);
    const inBrowser = await inPage<{ threads: number; rows: number[]; labels: number[]; again: boolean }>(
      page,
      `const model = await load("exported/", { device: "wasm" });
      const first = await model.segment("street.png");
      globalThis.model = model;
      await model.write([${JSON.stringify(stroke)}]);
      model.votes = 10;
      const { labels } = await model.decode();
      const rows = [...model.memory.rows];
      model.reset();
      const again = (await model.decode()).labels.every((label, at) => label === first.labels[at]);
      return { threads: model.engine.threads, rows, labels: [...labels], again };`,
    );
    expect(inBrowser.threads).toBe(1);
    expect(inBrowser.again).toBe(true);
    const apart = inBrowser.rows.map((value, at) => Math.abs(value - (rows[at] ?? 9)));
    expect(Math.max(...apart)).toBeLessThan(1e-5);
    expect(share(inBrowser.labels, expected.labels)).toBeLessThan(1e-3);
    await page.context().setOffline(true);
    const offline = await inPage<number>(
      page,
      `const pixels = new Uint8Array(96 * 64 * 3).fill(99);
      return (await model.segment({ width: 96, height: 64, pixels })).labels.length;`,
    );
    expect(offline).toBe(96 * 64);
    await page.context().setOffline(false);
    await page.close();
  });

  it("tiles, tells how far it is, ends at an abort, and goes on", async () => {
    const page = await open(plain);
    const result = await inPage<{ told: string[]; error: string; after: number }>(
      page,
      `const model = await load("exported", { device: "wasm", memory: 90 });
      const picture = { width: 400, height: 256, pixels: new Uint8Array(400 * 256 * 3).fill(80) };
      const told = [];
      const controller = new AbortController();
      const onProgress = ({ done, total }) => {
        told.push(done + "/" + total);
        if (done === 1) controller.abort(new Error("enough"));
      };
      const error = await model.segment(picture, { signal: controller.signal, onProgress }).catch((error) => error.message);
      const after = (await model.segment("street.png")).labels.length;
      await model.dispose();
      return { told, error, after };`,
    );
    expect(result).toEqual({ told: ["0/2", "1/2"], error: "enough", after: 96 * 64 });
    await page.close();
  });

  it("says what is wrong: no model, a damaged file, no onnxruntime, no picture, a model that is gone", async () => {
    const page = await open(plain);
    const said = await inPage<string[]>(
      page,
      `const problem = (promise) => promise.then(() => "nothing", (error) => error.name + ": " + error.message);
      const model = await load("exported", { device: "wasm" });
      const said = [
        await problem(load("none")),
        await problem(load("damaged")),
        await problem(load("incomplete")),
        await problem(load("exported", { device: "wasm", ortPath: "nowhere" })),
        await problem(model.segment("missing.png")),
        await problem(model.segment("broken.png")),
        await problem(model.read(1, 1)),
      ];
      await model.dispose();
      said.push(await problem(model.segment("street.png")));
      return said;`,
    );
    const [none, damaged, incomplete, noOrt, missing, broken, noPicture, gone] = said;
    expect(none).toMatch(/^ModelError: http\S+\/none is no exported model: it has no model\.json/);
    expect(damaged).toMatch(/^ModelError: \S+\/damaged\/decode\.onnx is not the file that was exported/);
    expect(incomplete).toMatch(/^ModelError: \S+\/incomplete lacks encode\.onnx, which model\.json names/);
    expect(noOrt).toMatch(
      /^ModelError: onnxruntime-web is not found at \S+\/nowhere\/ort\.wasm\.min\.mjs .* option ortPath/,
    );
    expect(missing).toMatch(/^ModelError: missing\.png cannot be fetched: the server answered 404/);
    expect(broken).toMatch(/^ModelError: broken\.png cannot be decoded: /);
    expect(noPicture).toMatch(/^ModelError: read: there is no picture/);
    expect(gone).toMatch(/^ModelError: mini was disposed/);
    await page.close();
  });

  it("takes what is shown and what numbers are when it is called, and leaves them to the program", async () => {
    const page = await open(plain);
    const result = await inPage<{ same: boolean[]; length: number }>(
      page,
      `const model = await load("exported", { device: "wasm" });
      const { labels } = await model.segment("street.png");
      const bitmap = await createImageBitmap(await (await fetch("street.png")).blob());
      const canvas = new OffscreenCanvas(96, 64);
      const context = canvas.getContext("2d");
      context.drawImage(bitmap, 0, 0);
      const { data } = context.getImageData(0, 0, 96, 64);
      const pixels = data.filter((_, at) => at % 4 !== 3);
      const others = [model.segment("street.png"), model.segment(canvas), model.segment({ width: 96, height: 64, pixels })];
      context.clearRect(0, 0, 96, 64);
      pixels.fill(0);
      const found = await Promise.all(others);
      const same = found.map((one) => one.labels.every((label, at) => label === labels[at]));
      return { same, length: pixels.length };`,
    );
    expect(result).toEqual({ same: [true, true, true], length: 96 * 64 * 3 });
    await page.close();
  });

  it("says of elements that show nothing, and of what is no picture, what to do, and keeps the picture before", async () => {
    const page = await open(plain);
    const { said, written } = await inPage<{ said: Record<string, string>; written: string[] }>(
      page,
      `const model = await load("exported", { device: "wasm" });
      await model.segment("street.png");
      const closed = await createImageBitmap(await (await fetch("street.png")).blob());
      closed.close();
      const broken = new Image();
      broken.src = "broken.png";
      await broken.decode().catch(() => {});
      const pictures = {
        unloaded: new Image(), broken, closed, video: document.createElement("video"), canvas: new OffscreenCanvas(0, 5),
        div: document.createElement("div"), response: await fetch("street.png"), number: 7, object: {},
        svg: document.createElementNS("http://www.w3.org/2000/svg", "image"),
      };
      const said = {};
      for (const [name, picture] of Object.entries(pictures))
        said[name] = await model.segment(picture).then(() => "nothing", (error) => error.name + ": " + error.message);
      const written = await model.write([{ class: "road", points: [[5, 50]], width: 5 }]);
      return { said, written };`,
    );
    const none = "ModelError: segment: in a page a picture is an address, .*; got";
    const expected = {
      unloaded: "ModelError: segment: the HTMLImageElement shows no picture: it is not loaded yet .*",
      broken: "ModelError: segment: the HTMLImageElement shows no picture: .* its file is damaged",
      closed: "ModelError: segment: the ImageBitmap was closed: segment it before `close\\(\\)`",
      video: "ModelError: segment: the HTMLVideoElement shows no frame yet: wait for its event `loadeddata`",
      canvas: "ModelError: segment: the OffscreenCanvas has no pixels",
      div: `${none} HTMLDivElement`,
      response: `${none} Response; give \`await response.blob\\(\\)\``,
      number: `${none} 7`,
      object: `${none} a plain object`,
      svg: `${none} SVGImageElement`,
    };
    for (const [name, problem] of Object.entries(expected))
      expect(said[name]).toMatch(new RegExp(`^${problem}$`));
    expect(written).toEqual(["road"]);
    await page.close();
  });

  it("refuses options that are none, and starts no more threads than there are processors", async () => {
    const page = await open(isolated);
    const result = await inPage<{ said: string[]; threads: number; processors: number }>(
      page,
      `const problem = (promise) => promise.then(() => "nothing", (error) => error.message);
      const said = [
        await problem(load("exported", { threads: 0 })),
        await problem(load("exported", { device: "gpu" })),
        await problem(load("exported", { memory: "1024" })),
        await problem(load()),
        await problem(load("http://")),
      ];
      const model = await load("exported", { device: "wasm", threads: 64 });
      return { said, threads: model.engine.threads, processors: navigator.hardwareConcurrency };`,
    );
    expect(result.said).toEqual([
      "load: threads must be a whole number of at least 1, got 0",
      'load: device must be "auto", "webgpu" or "wasm", got the string "gpu"',
      'load: memory must be a positive number of MiB, got the string "1024"; Number() makes a number of it',
      "load: needs the folder that `pinmem export` wrote, or its address, got undefined",
      'load: the string "http://" is no address',
    ]);
    expect(result.threads).toBe(Math.min(64, result.processors));
    await page.close();
  });

  it("ends loading with the reason of its signal, also at the last byte, in a worker and here", async () => {
    const page = await open(plain);
    const said = await inPage<string[]>(
      page,
      `const loaded = async (worker, isThen) => {
        const controller = new AbortController();
        const onProgress = ({ done, total }) => isThen(done, total) && controller.abort("the user left");
        return await load("exported", { device: "wasm", worker, signal: controller.signal, onProgress }).then(() => "loaded", String);
      };
      const last = (done, total) => done === total;
      return [await loaded(true, last), await loaded(false, last), await loaded(true, () => true), await loaded(false, () => true)];`,
    );
    expect(said).toEqual(Array(4).fill("the user left"));
    await page.close();
  });

  it("computes in this thread where that is wanted, and without WebGPU where that fails", async () => {
    const page = await open(plain);
    const { engine, count } = await inPage<{ engine: Record<string, unknown>; count: number }>(
      page,
      `Object.defineProperty(navigator, "gpu", { value: { requestAdapter: async () => ({}) } });
      const model = await load("exported", { worker: false });
      return { engine: model.engine, count: (await model.segment("street.png")).labels.length };`,
    );
    expect(engine).toMatchObject({ kind: "wasm", threads: 1 });
    expect(engine.reason).toMatch(/^WebGPU failed: /);
    expect(count).toBe(96 * 64);
    await page.close();
  });

  it("tells a damaged file where a page comes from plain http, to which the browser gives no hashes", async () => {
    const other = await launch(["--host-resolver-rules=MAP plain.test 127.0.0.1"]);
    try {
      const page = await other.newPage();
      await page.goto(plain.address.replace("127.0.0.1", "plain.test"));
      await page.evaluate(`globalThis.runtime = import(location.origin + "/pinmem/index.js"); null`);
      const { isSecure, damaged, count } = await inPage<{
        isSecure: boolean;
        damaged: string;
        count: number;
      }>(
        page,
        `const damaged = await load("damaged").catch((error) => error.message);
        const model = await load("exported");
        return { isSecure: isSecureContext, damaged, count: (await model.segment("street.png")).labels.length };`,
      );
      expect(isSecure).toBe(false);
      expect(damaged).toMatch(/decode\.onnx is not the file that was exported: its SHA-256 is /);
      expect(count).toBe(96 * 64);
    } finally {
      await other.close();
    }
  });

  it("takes a single pixel, and says what to do where memory runs out", async () => {
    const page = await open(plain);
    const { one, error } = await inPage<{ one: number; error: string }>(
      page,
      `const one = await load("exported", { device: "wasm" });
      const { labels } = await one.segment({ width: 1, height: 1, pixels: new Uint8Array(3) });
      await one.dispose();
      // As on a device that has not the 4 GiB that WebAssembly may take.
      const { Memory } = WebAssembly;
      WebAssembly.Memory = class extends Memory {
        constructor(options) {
          super({ ...options, maximum: 2048 });
        }
      };
      const model = await load("exported", { device: "wasm", worker: false, memory: 4096 });
      const picture = { width: 2000, height: 2000, pixels: new Uint8Array(12_000_000) };
      const error = await model.segment(picture).then(() => "nothing", (error) => error.name + ": " + error.message);
      return { one: labels.length, error };`,
    );
    expect(one).toBe(1);
    expect(error).toMatch(
      /^ModelError: onnxruntime failed in \w+\.onnx: .*bad_alloc; it may want memory: give smaller/,
    );
    await page.close();
  });

  it("is small beside onnxruntime", () => {
    const scripts = readdirSync(built).filter((name) => name.endsWith(".js"));
    const size = scripts.reduce((sum, name) => sum + gzipSync(readFileSync(join(built, name))).length, 0);
    expect(size).toBeLessThan(60_000);
  });
});
