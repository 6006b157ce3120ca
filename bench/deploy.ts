// npm run bench -- deploy: milliseconds a picture, from pixels to labels, of one network by libtorch (prepared for inference), by
// onnxruntime-node, and in a page by WebAssembly on one thread and on two; the first result after a cold load; what a stroke
// written into the memory costs; megabytes. Networks were trained for one step: what they say does not matter, but all sides have
// to say the same.

import { spawnSync } from "node:child_process";
import { cpSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { brotliCompressSync, constants } from "node:zlib";
import { renderStreet } from "@pinmem/streets";
import type { Edited, Measured, OwnTime, PictureFile } from "./lib/deploy-side.js";
import { benchOptions, misuse, positive } from "./lib/options.js";
import { type Figure, report } from "./lib/report.js";
import { type Answer, Side } from "./lib/side.js";
import { median, medianRatio } from "./lib/statistics.js";
import { temporaryFolder } from "./lib/temporary-folder.js";

const chosen = benchOptions({
  name: "deploy",
  about:
    "Exported models in Node and in a page, against libtorch: milliseconds a picture, first result, megabytes.",
  lines: [
    "--quick           few rounds",
    "--networks NAMES  mobilenet_v2, resnet18, or both with a comma between them (default)",
    "--sizes SIZES     of the pictures (default: 512x256,1024x512)",
    "CHROMIUM=PATH     the browser (default: the system's)",
  ],
  options: {
    quick: { type: "boolean", default: false },
    networks: { type: "string", default: "mobilenet_v2,resnet18" },
    sizes: { type: "string", default: "512x256,1024x512" },
  },
});

const ROUNDS = chosen.quick ? 2 : 7;
const strides: Readonly<Record<string, number>> = { mobilenet_v2: 16, resnet18: 32 };
const networks = chosen.networks.split(",");
const unknown = networks.find((name) => strides[name] === undefined);
if (unknown !== undefined)
  misuse("deploy", `--networks names "${unknown}"; there are ${Object.keys(strides).join(", ")}`);
const sizes = chosen.sizes.split(",").map((text) => {
  const [width = "", height = "", ...more] = text.split("x");
  if (more.length > 0) misuse("deploy", `--sizes has "${text}", but must be like 512x256`);
  return { width: positive("deploy", "--sizes", width), height: positive("deploy", "--sizes", height) };
});

const here = (path: string): string => fileURLToPath(new URL(path, import.meta.url));
const start = (name: string, script: string): Side =>
  new Side(name, process.execPath, [here(`sides/deploy-${script}.js`)]);

/** Sides by what they are; the threads of libtorch and onnxruntime-node are one, as those of the page that is beside them. */
const kinds = {
  libtorch: { script: "torch", threads: 1 },
  node: { script: "node", threads: 1 },
  wasm: { script: "page", threads: 1 },
  "wasm, 2 threads": { script: "page", threads: 2 },
} as const;
type Kind = keyof typeof kinds;
const names = Object.keys(kinds) as Kind[];

const site = temporaryFolder("deploy");
const page = makeSite();
const pictures = sizes.map((size) => makePicture(size));
const rows: Record<string, string | number>[] = [];
const figures: Record<string, Figure> = {};
const versions: Record<string, string> = {};
const notes = new Set<string>();
for (const network of networks) await measureNetwork(network);

report({
  name: "deploy",
  versions,
  settings: { rounds: ROUNDS, sizes: chosen.sizes, networks: chosen.networks, classes: 19 },
  rows,
  figures: { ...figures, ...pageFigures() },
  notes: [
    "ms: from pixels to labels, median over rounds in which every side has its turn; libtorch and onnxruntime-node on one thread",
    "first result: since the process or the page began (Chromium runs already), files from this machine, at the first size",
    "own code: share of a picture's time that is not within onnxruntime's sessions; in a page measured in its own thread",
    "edit: a stroke written into the memory and the picture decoded again, as a share of segmenting it",
    ...notes,
  ],
});

async function measureNetwork(network: string): Promise<void> {
  const folder = join(site, network);
  mkdirSync(folder);
  await make(network, folder);
  const first = pictures[0] as PictureFile;
  const cold = {} as Record<Kind, number>;
  for (const kind of names) cold[kind] = await firstResult(kind, folder, first);
  const sides = {} as Record<Kind, Side>;
  try {
    for (const kind of names) {
      sides[kind] = start(kind, kinds[kind].script);
      await sides[kind].ask({ task: "open", folder, threads: kinds[kind].threads });
    }
    for (const picture of pictures) await measurePicture({ network, picture, sides, cold });
  } finally {
    await Promise.all(Object.values(sides).map((side) => side.close()));
  }
}

async function make(backbone: string, folder: string): Promise<void> {
  const side = start("libtorch", "torch");
  try {
    const { libtorch, node } = await side.ask({ task: "versions" });
    Object.assign(versions, { libtorch, node });
    const bytes = await side.ask({ task: "make", folder, backbone, outputStride: strides[backbone] });
    figures[`${backbone}.exported-MB`] = { value: Number(bytes.whole) / 1e6 };
    figures[`${backbone}.exported-half-MB`] = { value: Number(bytes.half) / 1e6 };
  } finally {
    await side.close();
  }
}

/** In a process that starts for it. */
async function firstResult(kind: Kind, folder: string, picture: PictureFile): Promise<number> {
  const { script, threads } = kinds[kind];
  const side = start(kind, script);
  try {
    const { version } = await side.ask({ task: "open", folder, threads });
    if (version !== undefined)
      versions[script === "node" ? "onnxruntime-node" : "onnxruntime-web"] = `${version}`;
    return (await ask<Measured>(side, "segment", picture)).sinceStart;
  } finally {
    await side.close();
  }
}

async function ask<T>(side: Side, task: string, picture: PictureFile): Promise<T> {
  return (await side.ask({ task, ...picture } as unknown as Answer)) as unknown as T;
}

interface Task {
  readonly network: string;
  readonly picture: PictureFile;
  readonly sides: Readonly<Record<Kind, Side>>;
  readonly cold: Readonly<Record<Kind, number>>;
}

async function measurePicture({ network, picture, sides, cold }: Task): Promise<void> {
  const size = `${picture.width}x${picture.height}`;
  const ms = byKind();
  const edits = { node: [] as number[], wasm: [] as number[] };
  const writes = { node: [] as number[], wasm: [] as number[] };
  const own = { node: [] as number[], wasm: [] as number[] };
  await requireSame(network, picture, sides);
  for (const side of ["libtorch", "node"] as const) sides[side].resetPeakMemory();
  for (let round = 0; round < ROUNDS; round++) {
    for (const kind of names) {
      const measured = await ask<Measured & Partial<OwnTime>>(sides[kind], "segment", picture);
      ms[kind].push(measured.ms);
      if (kind === "node") own.node.push(1 - (measured.sessionMs ?? 0) / measured.ms);
      if (kind !== "node" && kind !== "wasm") continue;
      const { writeMs, decodeMs } = await ask<Edited>(sides[kind], "edit", picture);
      edits[kind].push(writeMs + decodeMs);
      writes[kind].push(writeMs);
    }
    const inThread = await ask<OwnTime>(sides.wasm, "own", picture);
    if (round > 0) own.wasm.push(1 - inThread.sessionMs / inThread.ms); // the first one warms up
  }
  for (const kind of names) {
    const isPage = kinds[kind].script === "page";
    const edited = kind === "node" || kind === "wasm" ? kind : null;
    rows.push({
      network,
      size,
      side: kind,
      "ms a picture": fixed(median(ms[kind])),
      "own code": edited ? fixed(median(own[edited])) : "",
      "write ms": edited ? fixed(median(writes[edited])) : "",
      "write + decode ms": edited ? fixed(median(edits[edited])) : "",
      "first result ms": picture === pictures[0] ? fixed(cold[kind]) : "",
      "peak MiB": isPage ? "" : Math.round(sides[kind].peakMemory / 2 ** 20),
    });
  }
  const name = `${network}.${size}`;
  const most = (limit: number) => ({ at: "most", limit }) as const;
  figures[`${name}.node-over-libtorch`] = { value: medianRatio(ms.node, ms.libtorch), goal: most(1.05) };
  figures[`${name}.two-threads-over-one`] = {
    value: medianRatio(ms["wasm, 2 threads"], ms.wasm),
    goal: most(0.6),
  };
  for (const kind of ["node", "wasm"] as const) {
    figures[`${name}.${kind}-own-code`] = { value: median(own[kind]), goal: most(0.05) };
    figures[`${name}.${kind}-edit`] = { value: medianRatio(edits[kind], ms[kind]), goal: most(0.5) };
  }
}

function byKind(): Record<Kind, number[]> {
  return { libtorch: [], node: [], wasm: [], "wasm, 2 threads": [] };
}

function fixed(value: number): number {
  return Number(value.toPrecision(4));
}

/** Asks every side for the labels, which warms it up. */
async function requireSame(network: string, picture: PictureFile, sides: Task["sides"]): Promise<void> {
  const asked = { ...picture, wantsLabels: true };
  let expected: Buffer | undefined;
  for (const kind of names) {
    const { labels } = await ask<Measured>(sides[kind], "segment", asked);
    const found = Buffer.from(labels ?? "", "base64");
    expected ??= found;
    const other = found.filter((label, at) => label !== expected?.[at]).length;
    if (found.length !== picture.width * picture.height || other > 1e-3 * found.length)
      throw new Error(
        `${network}, ${picture.width}x${picture.height}: ${kind} has ${other} labels that libtorch does not`,
      );
    if (other > 0)
      notes.add(
        `${network}, ${picture.width}x${picture.height}: ${other} labels of ${kind} are not libtorch's`,
      );
  }
}

/** What a page loads: this package's scripts and onnxruntime's files. */
function makeSite(): { readonly scripts: readonly string[] } {
  const runtime = here("../../packages/runtime");
  const bundled = spawnSync(process.execPath, [join(runtime, "scripts/bundle.mjs")], { encoding: "utf8" });
  if (bundled.status !== 0) throw new Error(`@pinmem/runtime cannot be bundled: ${bundled.stderr}`);
  const pinmem = join(site, "pinmem");
  cpSync(join(runtime, "dist/page"), pinmem, { recursive: true, filter: (path) => !path.endsWith(".map") });
  const ort = dirname(createRequire(import.meta.url).resolve("onnxruntime-web"));
  const files = ["ort.wasm.min.mjs", "ort-wasm-simd-threaded.mjs", "ort-wasm-simd-threaded.wasm"];
  for (const file of files) cpSync(join(ort, file), join(pinmem, "ort", file));
  writeFileSync(join(site, "index.html"), "<!doctype html><title>deploy</title>");
  const own = readdirSync(pinmem).filter((name) => name.endsWith(".js"));
  return { scripts: [...own, ...files.map((file) => `ort/${file}`)].map((file) => join(pinmem, file)) };
}

function pageFigures(): Record<string, Figure> {
  const bytes = page.scripts.map((file) => readFileSync(file));
  const packed = bytes.map((content) =>
    brotliCompressSync(content, { params: { [constants.BROTLI_PARAM_QUALITY]: 9 } }),
  );
  const sum = (all: readonly Uint8Array[]) => all.reduce((total, { length }) => total + length, 0) / 1e6;
  return { "page.scripts-MB": { value: sum(bytes) }, "page.scripts-brotli-MB": { value: sum(packed) } };
}

function makePicture({ width, height }: { readonly width: number; readonly height: number }): PictureFile {
  const file = join(site, `${width}x${height}.rgb`);
  writeFileSync(file, renderStreet({ domain: "boulevard", seed: 18, index: 0, width, height }).image);
  return { file, width, height, wantsLabels: false };
}
