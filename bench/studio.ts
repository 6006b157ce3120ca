// npm run bench -- studio: the web app under load, in headless Chromium: 50 runs, 2,000 pictures in a folder, one of twelve megapixels, a
// video of five minutes. When the first picture is segmented, how long the page takes to answer what people do, and its memory.

import { type ChildProcess, spawn } from "node:child_process";
import { existsSync, linkSync, mkdirSync, readdirSync, readFileSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";
import { renderStreet } from "@pinmem/streets";
import { type Browser, type BrowserContext, chromium, type Page } from "playwright-core";
import sharp from "sharp";
import { benchOptions, positive } from "./lib/options.js";
import { report } from "./lib/report.js";
import { Side } from "./lib/side.js";
import { median } from "./lib/statistics.js";
import { temporaryFolder } from "./lib/temporary-folder.js";
import { type EncodedFrame, webm } from "./lib/webm.js";

const chosen = benchOptions({
  name: "studio",
  about: "The studio under load: first picture, answers to what people do, memory of the page.",
  lines: [
    "--quick           few of everything, which tries it out",
    "--pictures COUNT  in the folder (default: 2000)",
    "--runs COUNT      beside one another (default: 50)",
    "CHROMIUM=PATH     the browser (default: the system's)",
  ],
  options: {
    quick: { type: "boolean", default: false },
    pictures: { type: "string" },
    runs: { type: "string" },
  },
});
const PICTURES = positive("studio", "--pictures", chosen.pictures ?? (chosen.quick ? "50" : "2000"));
const RUNS = positive("studio", "--runs", chosen.runs ?? (chosen.quick ? "3" : "50"));
const ROUNDS = chosen.quick ? 3 : 15;
const SECONDS = chosen.quick ? 10 : 300;
const FRAMES_A_SECOND = 5;
const LARGE = chosen.quick ? { width: 1200, height: 900 } : { width: 4000, height: 3000 };
const VIEWPORT = { width: 1440, height: 900 };
const VIDEO = { width: 640, height: 360 };

const here = (path: string): string => fileURLToPath(new URL(path, import.meta.url));
const folder = temporaryFolder("studio");
const pictures = join(folder, "pictures");
/** Milliseconds from opening to the end of the frame that shows classes; the page tells, since playwright looks twice a second only. */
const FIRST_SHOWN = `globalThis.firstShown = new Promise((resolve) => {
  const isReady = () => document.querySelector("canvas.classes[data-ready=true]") !== null;
  const observer = new MutationObserver(() => {
    if (!isReady()) return;
    observer.disconnect();
    requestAnimationFrame(() => {
      const { port1, port2 } = new MessageChannel();
      port1.onmessage = () => resolve(performance.now());
      port2.postMessage(null);
    });
  });
  observer.observe(document, { subtree: true, childList: true, attributes: true, attributeFilter: ["data-ready"] });
});`;

const rows: Record<string, string | number>[] = [];
const slowest: number[] = [];
const peaks: Record<string, number> = {};

const versions = await makeRuns();
await makePictures();
const browser = await launch();
const { process: server, address } = await startStudio();
try {
  await (await segmented(await openPage())).context().close(); // Exports the run, once.
  const first = await measureFirst();
  const page = await segmented(await openPage());
  await measureList(page);
  const teach = await measureTeach(page);
  await measureLarge(page);
  await measureVideo(page);
  report({
    name: "studio",
    versions: { ...versions, chromium: browser.version() },
    settings: { pictures: PICTURES, runs: RUNS, rounds: ROUNDS, videoSeconds: SECONDS, ...LARGE },
    rows,
    figures: {
      "first-picture-s": { value: first / 1000, goal: { at: "most", limit: 3 } },
      "slowest-interaction-ms": { value: Math.max(...slowest), goal: { at: "most", limit: 100 } },
      "teach-s": { value: teach / 1000, goal: { at: "most", limit: 1 } },
      "page-peak-MB": { value: Math.max(...Object.values(peaks)) / 1e6, goal: { at: "most", limit: 1000 } },
      "own-code-gz-kB": { value: ownCode() / 1000, goal: { at: "most", limit: 150 } },
    },
    notes: [
      "first picture: MobileNetV2, 512x256, exported before, from opening the page to its classes on the screen; the figure is that of browsers that never saw the page",
      "interactions: from the event to the end of the frame that shows it; median over rounds, of which the slowest is the figure",
      "teach: from the end of a stroke on a picture of 512x256 until rows are written and the picture is segmented with them; median",
      "memory: largest resident size of the page's process so far (code and libraries of Chromium included)",
      ...Object.entries(peaks).map(([what, bytes]) => `peak after ${what}: ${(bytes / 1e6).toFixed(0)} MB`),
    ],
  });
} finally {
  await browser.close();
  server.kill("SIGINT");
}

/** One that was trained for a step, and others whose weights are the same file. */
async function makeRuns(): Promise<Record<string, string>> {
  const side = new Side("libtorch", process.execPath, [here("sides/deploy-torch.js")]);
  const { libtorch, node } = await side.ask({ task: "versions" });
  await side.ask({ task: "make", folder, backbone: "mobilenet_v2", outputStride: 16 });
  await side.close();
  for (let at = 1; at < RUNS; at++) {
    const run = join(folder, `run-${at}`);
    mkdirSync(run);
    for (const name of ["recipe.json", "events.jsonl", "last.safetensors"])
      symlinkSync(join(folder, "run", name), join(run, name));
  }
  return { libtorch: String(libtorch), node: String(node) };
}

async function makePictures(): Promise<void> {
  mkdirSync(pictures);
  const kinds = 16;
  for (let at = 0; at < PICTURES; at++) {
    const file = join(pictures, `street-${String(at).padStart(4, "0")}.jpg`);
    if (at >= kinds) linkSync(join(pictures, `street-${String(at % kinds).padStart(4, "0")}.jpg`), file);
    else {
      const { image } = renderStreet({ domain: "boulevard", seed: 3, index: at, width: 512, height: 256 });
      await sharp(image, { raw: { width: 512, height: 256, channels: 3 } })
        .jpeg()
        .toFile(file);
    }
  }
}

async function launch(): Promise<Browser> {
  const usual = ["/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"];
  const executablePath = process.env.CHROMIUM ?? usual.find((path) => existsSync(path));
  if (executablePath === undefined)
    throw new Error("there is no Chromium; on Debian: apt-get install chromium, or set CHROMIUM");
  return await chromium.launch({ executablePath, args: ["--no-sandbox"] });
}

async function startStudio(): Promise<{ process: ChildProcess; address: string }> {
  const runs = ["run", ...Array.from({ length: RUNS - 1 }, (_, at) => `run-${at + 1}`)];
  const args = [
    here("../../packages/pinmem/bin/pinmem.mjs"),
    "studio",
    ...runs.map((name) => join(folder, name)),
    "--pictures",
    pictures,
  ];
  const child = spawn(process.execPath, args, { stdio: ["ignore", "pipe", "inherit"] });
  if (!child.stdout) throw new Error("internal: no pipe to the studio");
  for await (const line of createInterface({ input: child.stdout }))
    if (line.startsWith("http")) return { process: child, address: line };
  throw new Error("pinmem studio ended before it said its address");
}

/** @param context of the browser that it is opened in; default: a new one, which keeps nothing of those before */
async function openPage(context?: BrowserContext): Promise<Page> {
  const page = await (context ?? (await browser.newContext({ viewport: VIEWPORT }))).newPage();
  page.on("pageerror", (error) => {
    throw error;
  });
  await page.addInitScript(FIRST_SHOWN);
  await page.goto(address);
  return page;
}

async function segmented(page: Page): Promise<Page> {
  await page.waitForSelector("canvas.classes[data-ready=true]", { timeout: 300_000 });
  return page;
}

/** Median milliseconds to the first segmented picture in a new browser; and, as a row, in one that has shown the page before. */
async function measureFirst(): Promise<number> {
  const openings = chosen.quick ? 3 : 15;
  const known = await browser.newContext({ viewport: VIEWPORT });
  const measured = { new: [] as number[], again: [] as number[] };
  for (let round = -1; round < openings; round++) {
    for (const kind of ["new", "again"] as const) {
      const page = await openPage(kind === "new" ? undefined : known);
      const ms = (await page.evaluate("globalThis.firstShown")) as number;
      if (round >= 0) measured[kind].push(ms);
      await (kind === "new" ? page.context() : page).close();
    }
  }
  await known.close();
  for (const [kind, what] of [
    ["new", "first picture, in a new browser"],
    ["again", "first picture, opened again"],
  ] as const)
    rows.push({
      what,
      "median ms": Math.round(median(measured[kind])),
      "worst ms": Math.round(Math.max(...measured[kind])),
    });
  return median(measured.new);
}

/** Does something in the page, some times, and waits each time for the frame that shows it. */
async function measure(page: Page, what: string, act: string): Promise<void> {
  const ms: number[] = [];
  for (let round = 0; round < ROUNDS; round++) {
    const taken = await page.evaluate(`(async () => {
      const at = ${round};
      const start = performance.now();
      ${act}
      await new Promise((resolve) => requestAnimationFrame(() => {
        const { port1, port2 } = new MessageChannel();
        port1.onmessage = resolve;
        port2.postMessage(null);
      }));
      return performance.now() - start;
    })()`);
    ms.push(taken as number);
  }
  const value = median(ms);
  slowest.push(value);
  rows.push({ what, "median ms": Number(value.toFixed(1)), "worst ms": Number(Math.max(...ms).toFixed(1)) });
}

/** Sets a slider as a hand does, to another value each time. */
function slide(label: string): string {
  return `
  const label = [...document.querySelectorAll("label")].find((one) => one.textContent === ${JSON.stringify(label)});
  const input = document.getElementById(label.htmlFor);
  input.value = Number(input.min) + (Number(input.max) - Number(input.min)) * (0.3 + 0.4 * (at % 2));
  input.dispatchEvent(new Event("input", { bubbles: true }));`;
}

async function measureList(page: Page): Promise<void> {
  await measure(
    page,
    `list of ${PICTURES}: scroll`,
    'document.querySelector(".scroll").scrollTop = 1900 * (at + 1);',
  );
  await measure(
    page,
    `list of ${PICTURES}: filter`,
    `const input = document.querySelector(".pictures input[type=text]");
     input.value = "street-0" + at % 2;
     input.dispatchEvent(new Event("input", { bubbles: true }));`,
  );
  await page.fill(".pictures input[type=text]", "");
  await measure(page, "another view", 'document.querySelectorAll("nav button")[at % 4].click();');
  await page.getByRole("button", { name: "Segment", exact: true }).click();
  await note(page, "lists");
}

/** Median milliseconds of a stroke. */
async function measureTeach(page: Page): Promise<number> {
  await page.getByRole("button", { name: "Teach", exact: true }).click();
  const box = await page.locator("canvas.classes").boundingBox();
  if (!box) throw new Error("internal: no picture to brush on");
  const ms: number[] = [];
  for (let round = 0; round < ROUNDS; round++) {
    // The picture is in the middle of its canvas, over its whole width.
    const y = box.y + box.height * (0.4 + (0.2 * round) / ROUNDS);
    await page.mouse.move(box.x + box.width * 0.3, y);
    await page.mouse.down();
    await page.mouse.move(box.x + box.width * 0.7, y, { steps: 8 });
    const start = performance.now();
    await page.mouse.up();
    const told = new RegExp(`written from ${round + 1} strokes?$`);
    await page.getByText(told).waitFor({ state: "attached" });
    ms.push(performance.now() - start);
  }
  const value = median(ms);
  rows.push({
    what: "a stroke: rows and result",
    "median ms": Math.round(value),
    "worst ms": Math.round(Math.max(...ms)),
  });
  await page.getByRole("button", { name: "Reset", exact: true }).click();
  await page.getByRole("button", { name: "Segment", exact: true }).click();
  return value;
}

async function measureLarge(page: Page): Promise<void> {
  const { width, height } = LARGE;
  const buffer = await sharp(join(pictures, "street-0000.jpg"))
    .resize(width, height, { fit: "fill" })
    .jpeg()
    .toBuffer();
  const start = performance.now();
  await page.setInputFiles("input[type=file]", { name: "large.jpg", mimeType: "image/jpeg", buffer });
  await page.waitForSelector(`canvas.classes[data-size="${width}x${height}"]`, { timeout: 600_000 });
  const size = `${((width * height) / 1e6).toFixed(0)} megapixels`;
  rows.push({
    what: `${size}: segmented`,
    "median ms": Math.round(performance.now() - start),
    "worst ms": "",
  });
  await measure(page, `${size}: opacity`, slide("Opacity"));
  await measure(page, `${size}: unsure below`, slide("Unsure below"));
  await measure(page, `${size}: outlines`, 'document.querySelector(".check input").click();');
  await measure(page, `${size}: hide a class`, 'document.querySelector(".legend .name").click();');
  await measure(
    page,
    `${size}: enlarge`,
    'document.querySelector(".stage").dispatchEvent(new KeyboardEvent("keydown", { key: at % 2 ? "-" : "+", bubbles: true }));',
  );
  await note(page, size);
}

async function measureVideo(page: Page): Promise<void> {
  const buffer = webm(await encodeVideo(page), { ...VIDEO, duration: SECONDS * 1000 });
  await page.setInputFiles("input[type=file]", { name: "drive.webm", mimeType: "video/webm", buffer });
  await page.waitForSelector(`canvas.classes[data-size="${VIDEO.width}x${VIDEO.height}"]`, {
    timeout: 60_000,
  });
  await page.getByRole("button", { name: "Play" }).click();
  await page.getByText("frames a second").waitFor();
  const seconds = chosen.quick ? 3 : 60;
  await measure(page, "video: opacity while it plays", slide("Opacity"));
  await page.waitForTimeout(seconds * 1000);
  const rate = Number.parseFloat((await page.getByText("frames a second").textContent()) ?? "");
  rows.push({ what: "video: a segmented frame", "median ms": Math.round(1000 / rate), "worst ms": "" });
  await page.getByRole("slider", { name: "Time" }).fill(String(Math.round(0.9 * SECONDS)));
  await page.waitForTimeout(chosen.quick ? 1000 : 10_000);
  await note(page, `${SECONDS} s of video, ${seconds + 10} s played`);
}

/** Frames of a moving picture, encoded by the browser. */
async function encodeVideo(page: Page): Promise<EncodedFrame[]> {
  const frames = (await page.evaluate(`(async () => {
    const [width, height, seconds, rate] = ${JSON.stringify([VIDEO.width, VIDEO.height, SECONDS, FRAMES_A_SECOND])};
    const frames = [];
    const encoder = new VideoEncoder({
      error: (error) => { throw error; },
      output: (chunk) => {
        const bytes = new Uint8Array(chunk.byteLength);
        chunk.copyTo(bytes);
        let text = "";
        for (const byte of bytes) text += String.fromCharCode(byte);
        frames.push({ bytes: btoa(text), time: chunk.timestamp / 1000, isKey: chunk.type === "key" });
      },
    });
    encoder.configure({ codec: "vp8", width, height, bitrate: 300_000, framerate: rate });
    const canvas = new OffscreenCanvas(width, height);
    const context = canvas.getContext("2d");
    for (let at = 0; at < seconds * rate; at++) {
      context.fillStyle = "#8ab";
      context.fillRect(0, 0, width, height / 2);
      context.fillStyle = "#555";
      context.fillRect(0, height / 2, width, height / 2);
      context.fillStyle = "#a33";
      context.fillRect((at * 7) % width, height / 2, 80, 40);
      const frame = new VideoFrame(canvas, { timestamp: (at * 1e6) / rate });
      encoder.encode(frame, { keyFrame: at % (5 * rate) === 0 });
      frame.close();
      while (encoder.encodeQueueSize > 8) await new Promise((resolve) => setTimeout(resolve, 5));
    }
    await encoder.flush();
    return frames;
  })()`)) as { bytes: string; time: number; isKey: boolean }[];
  return frames.map((frame) => ({ ...frame, bytes: Buffer.from(frame.bytes, "base64") }));
}

/** Largest resident size so far of the process that the page is in: of those of pages, the largest (Linux). */
async function note(page: Page, what: string): Promise<void> {
  const session = await browser.newBrowserCDPSession();
  const { processInfo } = await session.send("SystemInfo.getProcessInfo");
  await session.detach();
  const sizes = processInfo
    .filter(({ type }) => type === "renderer")
    .map(
      ({ id }) => Number(/VmHWM:\s*(\d+)/.exec(readFileSync(`/proc/${id}/status`, "utf8"))?.[1] ?? 0) * 1024,
    );
  peaks[what] = Math.max(...sizes);
  await page.waitForTimeout(0);
}

function ownCode(): number {
  const app = here("../../packages/studio/dist/app");
  const files = readdirSync(app, { recursive: true, encoding: "utf8" }).filter((name) =>
    /\.(js|css)$/.test(name),
  );
  return files.reduce((sum, name) => sum + gzipSync(readFileSync(join(app, name))).length, 0);
}
