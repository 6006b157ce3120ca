// WebGPU that opens a model and then fails, played by a module in place of onnxruntime-web: what it holds of the card is given back.

import { mkdirSync, writeFileSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { afterEach, describe, expect, it, vi } from "vitest";
import { temporaryFolder } from "../../pinmem/test/data-fixtures.js";
import { startHere } from "../src/browser/open-here.js";
import { beginReading } from "../src/model-files.js";
import { exportTiny, noRuntime } from "./exported.js";

interface Played {
  readonly opened: string[];
  readonly released: string[];
}

/** Sessions of WebGPU that open, but fail when they run. */
const player = `
export const env = { wasm: {}, versions: {} };
export class Tensor {}
export const InferenceSession = {
  async create(_, { executionProviders: [provider] }) {
    globalThis.played.opened.push(provider);
    return {
      run: async () => { throw new Error("the device is lost"); },
      release: async () => void globalThis.played.released.push(provider),
    };
  },
};`;

describe.skipIf(noRuntime !== null)("WebGPU", () => {
  afterEach(() => {
    vi.unstubAllGlobals();
  });

  it("whose self-test fails holds nothing of the card while WebAssembly computes", async () => {
    const root = temporaryFolder();
    const { folder } = await exportTiny(root);
    const ort = join(root, "ort");
    mkdirSync(ort);
    for (const file of ["ort.webgpu.min.mjs", "ort.wasm.min.mjs"]) writeFileSync(join(ort, file), player);
    const played: Played = { opened: [], released: [] };
    vi.stubGlobal("played", played);
    vi.stubGlobal("navigator", { hardwareConcurrency: 2, gpu: { requestAdapter: async () => ({}) } });
    const open = startHere({
      source: "",
      memory: 1024,
      threads: null,
      device: "webgpu",
      ortPath: `${pathToFileURL(ort).href}/`,
      compute: null,
    });
    const arriving = await beginReading({ place: folder, read: (file) => readFile(join(folder, file)) });
    const { engine } = await open(arriving);
    expect(engine.kind).toBe("wasm");
    expect(engine.reason).toMatch(/^WebGPU failed: .*the device is lost/);
    const ofCard = (one: string) => one === "webgpu";
    expect(played.opened.filter(ofCard).length).toBe(2);
    expect(played.released.filter(ofCard).length).toBe(2);
  });
});
