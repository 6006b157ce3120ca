// Opens a model in this thread of a browser by onnxruntime-web, whose own files are fetched from where they are served and never
// bundled: its threads are workers that load them again.

import { GraphRunner } from "../graph-runner.js";
import { ModelError } from "../model-error.js";
import type { ArrivingGraphs, ArrivingModel, SplitModel } from "../model-files.js";
import { firstLine, type OnnxRuntime } from "../onnx.js";
import type { Runner } from "../runner.js";
import { openSessions } from "../sessions.js";
import { fromBase64 } from "./base64.js";
import type { LoadSettings } from "./messages.js";
import { RemoteSession } from "./remote-session.js";
import { selfTestProblem } from "./self-test.js";

type WithGraphs = ArrivingModel & { readonly graphs: ArrivingGraphs };

/**
 * Begins with what needs no model yet.
 * @returns what opens one whose files may still arrive; it throws ModelError where they do not, or onnxruntime-web is not found
 */
export function startHere(settings: LoadSettings): (arriving: ArrivingModel) => Promise<Runner> {
  const { compute } = settings;
  if (compute !== null) return async ({ model }) => serverRunner(model, settings, compute);
  const starting = start(settings);
  starting.catch(() => {}); // Heard of once there is a model, whose errors come first.
  return async ({ graphs, ...rest }) => {
    if (!graphs) throw new ModelError("internal: no graphs to open");
    const arriving = { ...rest, graphs };
    const started = await starting;
    const tried = started === "webgpu" ? await tryWebGpu(arriving, settings) : started;
    if (tried instanceof GraphRunner) return tried;
    const wasm = "runtime" in tried ? tried : { ...tried, runtime: await startWasm(settings) };
    return await openWasm(arriving, settings, wasm);
  };
}

/** onnxruntime-web ready to compute by WebAssembly, and why WebGPU does not; null where nobody asked for it. */
interface StartedWasm {
  readonly runtime: OnnxRuntime;
  readonly reason: string | null;
}

/** Which device to try. WebAssembly is compiled at once, while the model's files arrive. */
async function start(settings: LoadSettings): Promise<"webgpu" | StartedWasm> {
  if (settings.device !== "webgpu") fetchScripts(settings);
  const refused = settings.device === "wasm" ? { reason: null } : await refusesWebGpu(settings);
  return refused === null ? "webgpu" : { ...refused, runtime: await startWasm(settings) };
}

/** What a server computes needs no graphs here. */
function serverRunner(model: SplitModel, { memory }: LoadSettings, address: string): GraphRunner {
  const engine = { kind: "server", threads: 0, version: address, reason: null } as const;
  const [encode, decode] = (["encode", "decode"] as const).map(
    (name) => new RemoteSession(model.graphs[name], `${address}/${name}`),
  ) as [RemoteSession, RemoteSession];
  return new GraphRunner({ model, encode, decode, engine, memory });
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

async function tryWebGpu(arriving: WithGraphs, settings: LoadSettings): Promise<GraphRunner | Refused> {
  // How fast files arrive is not its fault.
  await Promise.all([arriving.graphs.encode, arriving.graphs.decode, arriving.rows]);
  const opening = openWebGpu(arriving, settings);
  if (settings.device === "webgpu") return await opening;
  const slow = { reason: `WebGPU takes longer than ${PATIENCE / 1000} s for the self-test` };
  let timer: ReturnType<typeof setTimeout> | undefined;
  const slowness = new Promise<Refused>((resolve) => {
    timer = setTimeout(resolve, PATIENCE, slow);
  });
  const first = await Promise.race([opening, slowness]);
  clearTimeout(timer);
  // What comes too late holds memory of the graphics card.
  if (first === slow) void opening.then((late) => (late instanceof GraphRunner ? late.dispose() : undefined));
  return first;
}

async function openWebGpu(arriving: WithGraphs, settings: LoadSettings): Promise<GraphRunner | Refused> {
  let runner: GraphRunner | null = null;
  let reason: string;
  try {
    const runtime = await loadRuntime(settings, "ort.webgpu.min.mjs");
    const sessions = await openSessions(runtime, arriving.model, arriving.graphs, {
      executionProviders: ["webgpu"],
    });
    const engine = { kind: "webgpu", threads: 1, version: versionOf(runtime), reason: null } as const;
    const { model } = arriving;
    runner = new GraphRunner({ ...sessions, model, engine, memory: settings.memory });
    const problem = await selfTestProblem(runner, { model, rows: await arriving.rows });
    if (problem === null) return runner;
    reason = `WebGPU computes wrongly here: ${problem}`;
  } catch (error) {
    reason = `WebGPU failed: ${firstLine(error)}`;
  }
  // A lost device may refuse even this, which changes nothing.
  await runner?.dispose().catch(() => {});
  return { reason };
}

const WASM_SCRIPT = "ort.wasm.min.mjs";

/** y = x, the smallest graph: a session of it has onnxruntime fetch and compile its WebAssembly. */
const SMALLEST_GRAPH = "CAg6NwoQCgF4EgF5IghJZGVudGl0eRIBZ1oPCgF4EgoKCAgBEgQKAggBYg8KAXkSCgoICAESBAoCCAFCAhAN";

/**
 * What WebAssembly needs and is small, all at once: onnxruntime asks for one after the other, and waits where the browser looks for an
 * adapter. What is wrong is said where they are needed.
 */
function fetchScripts({ ortPath }: LoadSettings): void {
  // Of another origin, onnxruntime fetches its threads' script otherwise.
  const isOwn = new URL(ortPath).origin === globalThis.location.origin;
  for (const file of [WASM_SCRIPT, ...(isOwn ? ["ort-wasm-simd-threaded.mjs"] : [])])
    import(/* webpackIgnore: true */ /* @vite-ignore */ `${ortPath}${file}`).catch(() => {});
}

async function startWasm(settings: LoadSettings): Promise<OnnxRuntime> {
  const runtime = await loadRuntime(settings, WASM_SCRIPT);
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

/**
 * Without the fusions of onnxruntime's higher levels: pictures take as long (MobileNetV2, ResNet-18, DINOv2 ViT-S/14), but the browser
 * optimizes the code that works fusions out just when the first picture is computed, which takes 0.2 s longer then.
 */
const WASM_OPTIONS = { executionProviders: ["wasm"], graphOptimizationLevel: "basic" } as const;

async function openWasm(
  arriving: WithGraphs,
  settings: LoadSettings,
  { runtime, reason }: StartedWasm,
): Promise<GraphRunner> {
  const sessions = await openSessions(runtime, arriving.model, arriving.graphs, WASM_OPTIONS);
  const threads = runtime.env.wasm.numThreads ?? 1;
  const engine = { kind: "wasm", threads, version: versionOf(runtime), reason } as const;
  return new GraphRunner({ ...sessions, model: arriving.model, engine, memory: settings.memory });
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
  const wanted = Math.min(threads ?? available, processors);
  runtime.env.wasm.numThreads = globalThis.crossOriginIsolated ? wanted : 1;
  runtime.env.wasm.wasmPaths = ortPath;
  return runtime;
}

const versionOf = ({ env }: OnnxRuntime): string => env.versions.web ?? env.versions.common ?? "unknown";
