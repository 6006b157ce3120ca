// The browser side of `npm run bench -- deploy`: an exported model by @pinmem/runtime and onnxruntime-web's WebAssembly, in a page of
// headless Chromium that is isolated, so that it has threads. The page computes in its worker, as pages do; what is ours is told from
// what is onnxruntime's in the page's own thread, where sessions can be timed.

import { existsSync } from "node:fs";
import { basename, join } from "node:path";
import { type Browser, chromium, type Page } from "playwright-core";
import { type PreviewServer, preview } from "vite";
import { answer } from "../lib/answer.js";
import {
  type Edited,
  type Measured,
  type Opening,
  type OwnTime,
  type PictureFile,
  strokeOn,
  VOTES,
} from "../lib/deploy-side.js";

const usual = ["/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"];

interface Opened {
  readonly browser: Browser;
  readonly server: PreviewServer;
  readonly page: Page;
}

let opened: Opened | undefined;

/** Serves the folder above a network's, where the page's scripts lie too; opens a page there and loads the model. */
async function open({ folder, threads }: Opening): Promise<Record<string, unknown>> {
  await close();
  const executablePath = process.env.CHROMIUM ?? usual.find((path) => existsSync(path));
  if (executablePath === undefined)
    throw new Error("there is no Chromium; on Debian: apt-get install chromium, or set CHROMIUM");
  const server = await preview({
    root: join(folder, ".."),
    configFile: false,
    logLevel: "error",
    build: { outDir: "." },
    preview: {
      port: 0,
      headers: {
        "Cross-Origin-Opener-Policy": "same-origin",
        "Cross-Origin-Embedder-Policy": "require-corp",
      },
    },
  });
  const browser = await chromium.launch({ executablePath, args: ["--no-sandbox"] });
  const page = await browser.newPage();
  opened = { browser, server, page };
  await page.goto(server.resolvedUrls?.local[0] ?? "");
  const options = { device: "wasm", threads };
  return await inPage(`
    const { load } = await import(location.origin + "/pinmem/index.js");
    globalThis.source = ${JSON.stringify(`/${basename(folder)}/whole`)};
    globalThis.model = await load(source, ${JSON.stringify(options)});
    const { version, threads } = model.engine;
    return { version, threads };`);
}

const inPage = <T>(body: string): Promise<T> =>
  (opened as Opened).page.evaluate(`(async () => { ${body} })()`) as Promise<T>;

/** Code that has the picture. */
const picture = ({ file, width, height }: PictureFile): string => `
  const bytes = await (await fetch(${JSON.stringify(`/${basename(file)}`)})).arrayBuffer();
  const image = { width: ${width}, height: ${height}, pixels: new Uint8Array(bytes) };`;

const segment = (task: PictureFile): Promise<Measured> =>
  inPage(`${picture(task)}
    const start = performance.now();
    const { labels } = await model.segment(image);
    const now = performance.now();
    let text = "";
    if (${task.wantsLabels}) for (const label of labels) text += String.fromCharCode(label);
    return { ms: now - start, sinceStart: now, labels: text ? btoa(text) : null };`);

const edit = (task: PictureFile): Promise<Edited> =>
  inPage(`
    const start = performance.now();
    await model.write([${JSON.stringify(strokeOn(task))}]);
    model.votes = ${VOTES};
    const written = performance.now();
    await model.decode();
    const decoded = performance.now();
    model.reset();
    return { writeMs: written - start, decodeMs: decoded - written };`);

/** In the page's own thread. The model is loaded there once, on one thread, with sessions that say how long they take. */
const own = (task: PictureFile): Promise<OwnTime> =>
  inPage(`${picture(task)}
    if (!globalThis.timed) {
      const { InferenceSession } = await import(location.origin + "/pinmem/ort/ort.wasm.min.mjs");
      const create = InferenceSession.create.bind(InferenceSession);
      InferenceSession.create = async (...given) => {
        const session = await create(...given);
        const run = session.run.bind(session);
        session.run = async (...task) => {
          const start = performance.now();
          const result = await run(...task);
          globalThis.sessionMs += performance.now() - start;
          return result;
        };
        return session;
      };
      const { load } = await import(location.origin + "/pinmem/index.js");
      globalThis.timed = await load(source, { device: "wasm", threads: 1, worker: false });
    }
    globalThis.sessionMs = 0;
    const start = performance.now();
    await timed.segment(image);
    return { ms: performance.now() - start, sessionMs };`);

async function close(): Promise<void> {
  await opened?.browser.close();
  await opened?.server.close();
  opened = undefined;
}

await answer((request) => {
  const { task } = request;
  if (task === "open") return open(request as unknown as Opening);
  const handle = { segment, edit, own }[task as "segment" | "edit" | "own"];
  return handle(request as unknown as PictureFile);
});
await close();
