// WebGPU, by SwiftShader on the processor: left by itself, since WebAssembly is faster; where it is asked for, taken if it computes
// the self-test of the model, and left with a reason if not. That takes minutes: PINMEM_TESTS=full npm run test:browser.

import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { ExportedModel } from "@pinmem/core/formats";
import type { Browser } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { temporaryFolder } from "../../../pinmem/test/data-fixtures.js";
import { full } from "../../../pinmem/test/scope.js";
import { type Engine, load } from "../../src/index.js";
import { exportTiny, noRuntime, street } from "../exported.js";
import { expectSameLabels, openCase, parityCases } from "../parity-table.js";
import { launch, noChromium } from "./chromium.js";
import { type StaticServer, serve } from "./static-server.js";

const packageDir = join(import.meta.dirname, "../..");
const root = temporaryFolder();

describe.skipIf(noChromium !== null || noRuntime !== null)("WebGPU", () => {
  let browser: Browser;
  let server: StaticServer;
  let folder: string;
  beforeAll(async () => {
    ({ folder } = await exportTiny(root));
    const model = JSON.parse(readFileSync(join(folder, "model.json"), "utf8")) as ExportedModel;
    const labels = Buffer.from(model.selfTest.labels, "base64").map((label) =>
      label === 255 ? 255 : 18 - label,
    );
    const selfTest = { ...model.selfTest, labels: Buffer.from(labels).toString("base64") };
    server = await serve(
      {
        "/index.html": { content: "<!doctype html><title>test</title>" },
        "/pinmem/": join(packageDir, "dist/page"),
        "/pinmem/ort/": join(packageDir, "../../node_modules/onnxruntime-web/dist"),
        "/exported/": folder,
        "/wrong/": folder,
        "/wrong/model.json": { content: JSON.stringify({ ...model, selfTest }) },
      },
      { isolated: false },
    );
    browser = await launch(["--enable-unsafe-webgpu", "--use-webgpu-adapter=swiftshader"]);
  });
  afterAll(async () => {
    await browser?.close();
    await server?.[Symbol.asyncDispose]();
  });

  it("is left to itself where a processor plays it", async () => {
    const page = await browser.newPage();
    await page.goto(server.address);
    const engine = (await page.evaluate(`(async () => {
      const { load } = await import(location.origin + "/pinmem/index.js");
      return (await load("exported")).engine;
    })()`)) as Engine;
    expect(engine.kind).toBe("wasm");
    expect(engine.reason).toMatch(/^WebGPU (is played by the processor here|finds no adapter)/);
    await page.close();
  });

  it.runIf(full)(
    "is taken where the self-test has its labels, and sees what Node sees; otherwise WebAssembly is",
    async (context) => {
      const page = await browser.newPage();
      await page.goto(server.address);
      const image = street(64, 48, 1);
      const { right, wrong, labels } = (await page.evaluate(`(async () => {
        const { load } = await import(location.origin + "/pinmem/index.js");
        const right = await load("exported", { device: "webgpu" });
        const pixels = Uint8Array.from(${JSON.stringify([...image.pixels])});
        const { labels } = await right.segment({ width: 64, height: 48, pixels });
        const wrong = await load("wrong", { device: "webgpu" });
        return { right: right.engine, wrong: wrong.engine, labels: [...labels] };
      })()`)) as { right: Engine; wrong: Engine; labels: number[] };
      if (right.reason === "WebGPU finds no adapter") context.skip("this Chromium has no SwiftShader");
      expect(right).toMatchObject({ kind: "webgpu", reason: null });
      expect(wrong.kind).toBe("wasm");
      expect(wrong.reason).toMatch(/^WebGPU computes wrongly here: \d+ of 3072 pixels of the self-test/);
      await using node = await load(folder, { threads: 1 });
      const expected = (await node.segment(image)).labels;
      expect(labels.filter((label, at) => label !== expected[at]).length).toBeLessThan(4);
      await page.close();
    },
    600_000,
  );

  it.runIf(full).each(parityCases(false).map((one) => [one.name, one] as const))(
    "says what libtorch says: %s",
    async (_, parityCase) => {
      using side = await openCase(temporaryFolder(), parityCase);
      const [width, height] = [33, 47];
      await using own = await serve(
        {
          "/index.html": { content: "<!doctype html><title>test</title>" },
          "/pinmem/": join(packageDir, "dist/page"),
          "/pinmem/ort/": join(packageDir, "../../node_modules/onnxruntime-web/dist"),
          "/exported/": side.folder,
          "/street.rgb": { content: street(width, height).pixels },
        },
        { isolated: false },
      );
      const page = await browser.newPage();
      await page.goto(own.address);
      const { kind, reason, labels } = (await page.evaluate(`(async () => {
        const { load } = await import(location.origin + "/pinmem/index.js");
        const model = await load("exported", { device: "webgpu" });
        const pixels = new Uint8Array(await (await fetch("street.rgb")).arrayBuffer());
        const { labels } = await model.segment({ width: ${width}, height: ${height}, pixels });
        return { ...model.engine, labels: [...labels] };
      })()`)) as { kind: string; reason: string | null; labels: number[] };
      expect([kind, reason]).toEqual(["webgpu", null]);
      expectSameLabels(labels, await side.expected(width, height));
      await page.close();
    },
    600_000,
  );
});
