// The table of networks (parity-table.ts) in a page: by WebAssembly on one thread and on two. A few of them, all with
// PINMEM_TESTS=full.

import { join } from "node:path";
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { temporaryFolder } from "../../../pinmem/test/data-fixtures.js";
import { noRuntime, street } from "../exported.js";
import { expectSameLabels, openCase, parityCases, sizesOf } from "../parity-table.js";
import { launch, noChromium } from "./chromium.js";
import { serve } from "./static-server.js";

const packageDir = join(import.meta.dirname, "../..");

interface InPage {
  readonly threads: number;
  readonly labels: readonly string[];
}

describe.skipIf(noChromium !== null || noRuntime !== null)(
  "a model in a page says what libtorch says",
  () => {
    let browser: Browser;
    beforeAll(async () => {
      browser = await launch();
    });
    afterAll(() => browser?.close());

    it.each(parityCases().map((one) => [one.name, one] as const))(
      "%s",
      async (_, parityCase) => {
        using side = await openCase(temporaryFolder(), parityCase);
        const sizes = sizesOf(parityCase);
        await using server = await serve(
          {
            "/index.html": { content: "<!doctype html><title>test</title>" },
            "/pinmem/": join(packageDir, "dist/page"),
            "/pinmem/ort/": join(packageDir, "../../node_modules/onnxruntime-web/dist"),
            "/exported/": side.folder,
            ...Object.fromEntries(
              sizes.map(([width, height]) => [
                `/${width}x${height}.rgb`,
                { content: street(width, height).pixels },
              ]),
            ),
          },
          { isolated: true },
        );
        const page = await browser.newPage();
        await page.goto(server.address);
        for (const threads of [1, 2]) {
          const found = await segmentInPage(page, threads, sizes);
          expect(found.threads).toBe(threads);
          for (const [at, [width, height]] of sizes.entries()) {
            const labels = Buffer.from(found.labels[at] ?? "", "base64");
            expectSameLabels(labels, await side.expected(width, height));
          }
        }
        await page.close();
      },
      600_000,
    );
  },
);

/** Labels of streets of these sizes. */
const segmentInPage = (page: Page, threads: number, sizes: ReturnType<typeof sizesOf>): Promise<InPage> =>
  page.evaluate(`(async () => {
    const { load } = await import(location.origin + "/pinmem/index.js");
    const model = await load("exported", { device: "wasm", threads: ${threads} });
    const labels = [];
    for (const [width, height] of ${JSON.stringify(sizes)}) {
      const bytes = await (await fetch(width + "x" + height + ".rgb")).arrayBuffer();
      const found = await model.segment({ width, height, pixels: new Uint8Array(bytes) });
      labels.push(btoa(Array.from(found.labels, (label) => String.fromCharCode(label)).join("")));
    }
    await model.dispose();
    return { threads: model.engine.threads, labels };
  })()`);
