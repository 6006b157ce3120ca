// Loads a model into this thread of a browser: files by fetch, graphs by onnxruntime-web, whose own files are fetched from where
// they are served and never bundled: its threads are workers that load them again.

import type { ExportedModel } from "@pinmem/core/formats";
import { fetchedFiles } from "../fetched-files.js";
import { GraphRunner } from "../graph-runner.js";
import { ModelError } from "../model-error.js";
import { type ModelParts, type ReadOptions, readModel, readWithoutGraphs } from "../model-files.js";
import { firstLine, type OnnxRuntime } from "../onnx.js";
import type { Runner } from "../runner.js";
import { openSessions } from "../sessions.js";
import { fromBase64 } from "./base64.js";
import type { LoadSettings } from "./messages.js";
import { RemoteSession } from "./remote-session.js";
import { selfTestProblem } from "./self-test.js";

export interface LoadedHere {
  readonly description: ExportedModel;
  readonly rows: Float32Array | null;
  readonly runner: Runner;
}

/** @throws ModelError where there is no such model, or onnxruntime-web is not found */
export async function loadHere(settings: LoadSettings, options: ReadOptions): Promise<LoadedHere> {
  if (settings.compute !== null) return await loadForServer(settings, settings.compute, options);
  const starting = start(settings);
  starting.catch(() => {}); // Heard of once the model's files are there, whose errors come first.
  const parts = await readModel(fetchedFiles(settings.source), options);
  const { model: description, rows } = parts;
  const started = await starting;
  const tried = started === "webgpu" ? await tryWebGpu(parts, settings) : started;
  if (tried instanceof GraphRunner) return { description, rows, runner: tried };
  const wasm = "runtime" in tried ? tried : { ...tried, runtime: await startWasm(settings) };
  return { description, rows, runner: await openWasm(parts, settings, wasm) };
}

/** onnxruntime-web ready to compute by WebAssembly, and why WebGPU does not; null where nobody asked for it. */
interface StartedWasm {
  readonly runtime: OnnxRuntime;
  readonly reason: string | null;
}

/** Which device to try. WebAssembly is compiled at once, while the model's files arrive. */
async function start(settings: LoadSettings): Promise<"webgpu" | StartedWasm> {
  const refused = settings.device === "wasm" ? { reason: null } : await refusesWebGpu(settings);
  return refused === null ? "webgpu" : { ...refused, runtime: await startWasm(settings) };
}

/** What a server computes needs no graphs here. */
async function loadForServer(
  { source, memory }: LoadSettings,
  address: string,
  options: ReadOptions,
): Promise<LoadedHere> {
  const { model, graphs, rows } = await readWithoutGraphs(fetchedFiles(source), options);
  const engine = { kind: "server", threads: 0, version: address, reason: null } as const;
  const [encode, decode] = (["encode", "decode"] as const).map(
    (name) => new RemoteSession(graphs[name], `${address}/${name}`),
  ) as [RemoteSession, RemoteSession];
  return { description: model, rows, runner: new GraphRunner({ model, encode, decode, engine, memory }) };
}

interface Refused {
  readonly reason: string;
}

interface Gpu {
  requestAdapter(): Promise<{
    readonly info?: { readonly architecture?: string; readonly isFallbackAdapter?: boolean };
  } | null>;
}

/** Milliseconds for opening and self-test, where nobody asked for WebGPU by name. */
const PATIENCE = 30_000;

/** Null where it is worth a try. */
async function refusesWebGpu(settings: LoadSettings): Promise<Refused | null> {
  const { gpu } = navigator as { readonly gpu?: Gpu };
  if (!gpu) return { reason: "this browser offers no WebGPU to this page" };
  const adapter = await gpu.requestAdapter().catch(() => null);
  if (!adapter) return { reason: "WebGPU finds no adapter" };
  if (settings.device === "webgpu") return null;
  const { isFallbackAdapter, architecture } = adapter.info ?? {};
  if (isFallbackAdapter || architecture === "swiftshader")
    return { reason: "WebGPU is played by the processor here, which WebAssembly does faster" };
  return null;
}

const tryWebGpu = (parts: ModelParts, settings: LoadSettings): Promise<GraphRunner | Refused> =>
  settings.device === "webgpu"
    ? openWebGpu(parts, settings)
    : Promise.race([openWebGpu(parts, settings), slowness()]);

const slowness = (): Promise<Refused> =>
  new Promise((resolve) =>
    setTimeout(resolve, PATIENCE, {
      reason: `WebGPU takes longer than ${PATIENCE / 1000} s for the self-test`,
    }),
  );

async function openWebGpu(parts: ModelParts, settings: LoadSettings): Promise<GraphRunner | Refused> {
  try {
    const runtime = await loadRuntime(settings, "ort.webgpu.min.mjs");
    const sessions = await openSessions(runtime, parts, { executionProviders: ["webgpu"] });
    const engine = { kind: "webgpu", threads: 1, version: versionOf(runtime), reason: null } as const;
    const runner = new GraphRunner({ ...sessions, model: parts.model, engine, memory: settings.memory });
    const problem = await selfTestProblem(runner, parts);
    if (problem === null) return runner;
    await runner.dispose();
    return { reason: `WebGPU computes wrongly here: ${problem}` };
  } catch (error) {
    return { reason: `WebGPU failed: ${firstLine(error)}` };
  }
}

/** y = x, the smallest graph: a session of it has onnxruntime fetch and compile its WebAssembly. */
const SMALLEST_GRAPH = "CAg6NwoQCgF4EgF5IghJZGVudGl0eRIBZ1oPCgF4EgoKCAgBEgQKAggBYg8KAXkSCgoICAESBAoCCAFCAhAN";

async function startWasm(settings: LoadSettings): Promise<OnnxRuntime> {
  const runtime = await loadRuntime(settings, "ort.wasm.min.mjs");
  try {
    const session = await runtime.InferenceSession.create(fromBase64(SMALLEST_GRAPH), {
      executionProviders: ["wasm"],
    });
    await session.release();
  } catch {
    // What is wrong is said where the model's own graphs are opened.
  }
  return runtime;
}

async function openWasm(
  parts: ModelParts,
  settings: LoadSettings,
  { runtime, reason }: StartedWasm,
): Promise<GraphRunner> {
  const sessions = await openSessions(runtime, parts, { executionProviders: ["wasm"] });
  const threads = runtime.env.wasm.numThreads ?? 1;
  const engine = { kind: "wasm", threads, version: versionOf(runtime), reason } as const;
  return new GraphRunner({ ...sessions, model: parts.model, engine, memory: settings.memory });
}

const MOST_THREADS = 4;

async function loadRuntime({ ortPath, threads }: LoadSettings, file: string): Promise<OnnxRuntime> {
  const url = `${ortPath}${file}`;
  let runtime: OnnxRuntime;
  try {
    runtime = (await import(/* webpackIgnore: true */ /* @vite-ignore */ url)) as OnnxRuntime;
  } catch (cause) {
    throw new ModelError(
      `onnxruntime-web is not found at ${url} (${firstLine(cause)}): serve the folder dist of the package onnxruntime-web, and give its address as the option ortPath`,
      { cause },
    );
  }
  const processors = navigator.hardwareConcurrency || 1;
  // Of two, both: the page itself has little to do meanwhile.
  const available = Math.min(MOST_THREADS, Math.max(Math.min(2, processors), Math.ceil(processors / 2)));
  runtime.env.wasm.numThreads = globalThis.crossOriginIsolated ? (threads ?? available) : 1;
  runtime.env.wasm.wasmPaths = ortPath;
  return runtime;
}

const versionOf = ({ env }: OnnxRuntime): string => env.versions.web ?? env.versions.common ?? "unknown";
