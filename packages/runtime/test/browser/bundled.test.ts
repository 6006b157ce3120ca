// A page that a bundler makes which does not know workers, esbuild, and what bundlers find in the package.

import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { build } from "esbuild";
import type { Browser } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { temporaryFolder } from "../../../pinmem/test/data-fixtures.js";
import { exportTiny, noRuntime } from "../exported.js";
import { launch, noChromium } from "./chromium.js";
import { serve } from "./static-server.js";

const packageDir = join(import.meta.dirname, "../..");
const dist = join(packageDir, "dist");
const root = temporaryFolder();

/** Bundles a program that lies where it finds what is installed. */
async function bundled(program: string, entries: Record<string, string>): Promise<Record<string, string>> {
  const folder = mkdtempSync(join(packageDir, "test/.esbuild-"));
  try {
    const main = join(folder, "main.js");
    writeFileSync(main, program);
    const { outputFiles } = await build({
      entryPoints: { main, ...entries },
      outdir: folder,
      bundle: true,
      format: "esm",
      write: false,
      logLevel: "silent",
    });
    return Object.fromEntries(outputFiles.map(({ path, text }) => [path.slice(folder.length), text]));
  } finally {
    rmSync(folder, { recursive: true });
  }
}

it("is left out of a program that uses nothing of it, but for its worker", async () => {
  const unused = await bundled('import "@pinmem/runtime/browser";\nconsole.log(1);\n', {});
  expect(unused["/main.js"]?.length).toBeLessThan(200);
  const worker = await bundled(`import ${JSON.stringify(join(dist, "browser/worker.js"))};\n`, {});
  expect(worker["/main.js"]).toContain("postMessage");
});

it("has maps that hold the sources, which are not in the package", () => {
  const maps = readdirSync(dist, { recursive: true, encoding: "utf8" }).filter((file) =>
    file.endsWith(".js.map"),
  );
  expect(maps.length).toBeGreaterThan(40);
  const without = maps.filter((file) => {
    const { sourcesContent } = JSON.parse(readFileSync(join(dist, file), "utf8"));
    return !sourcesContent?.every((content: unknown) => typeof content === "string");
  });
  expect(without).toEqual([]);
});

describe.skipIf(noChromium !== null || noRuntime !== null)("a page that esbuild made", () => {
  let browser: Browser;
  let model: string;
  beforeAll(async () => {
    ({ folder: model } = await exportTiny(root));
    browser = await launch();
  });
  afterAll(() => browser?.close());

  it.each<[string, Record<string, string>, RegExp]>([
    [
      "starts its worker where that is a second entry point",
      { worker: join(dist, "browser/worker.js") },
      /^wasm$/,
    ],
    [
      "without it says where the worker was looked for, and what to do",
      {},
      /^the worker of @pinmem\/runtime did not start: is http:\S+\/app\/worker\.js served, .* second entry point, or load with `worker: false`/,
    ],
  ])("%s", async (_, entries, said) => {
    const program = `import { load } from "@pinmem/runtime/browser";
      load("/exported", { device: "wasm", ortPath: "/ort" }).then(
        ({ engine }) => { document.title = engine.kind; },
        (error) => { document.title = error.message; },
      );`;
    const scripts = await bundled(program, entries);
    const page = '<!doctype html><title>waits</title><script type="module" src="/app/main.js"></script>';
    await using server = await serve(
      {
        "/index.html": { content: page },
        "/ort/": join(packageDir, "../../node_modules/onnxruntime-web/dist"),
        "/exported/": model,
        ...Object.fromEntries(Object.entries(scripts).map(([path, content]) => [`/app${path}`, { content }])),
      },
      { isolated: false },
    );
    const tab = await browser.newPage();
    await tab.goto(server.address);
    await tab.waitForFunction("document.title !== 'waits'");
    expect(await tab.title()).toMatch(said);
    await tab.close();
  });
});
