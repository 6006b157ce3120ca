// The worker of a page: loads a model and runs it. Requests are answered one after the other; an abort goes at once to the one
// that it is about.

import type { Runner, RunOptions } from "../runner.js";
import { loadHere } from "./load-here.js";
import type { Request, Response } from "./messages.js";

const scope = globalThis as unknown as DedicatedWorkerGlobalScope;
const controllers = new Map<number, AbortController>();
let runner: Runner | null = null;
let last: Promise<void> = Promise.resolve();

const tell = (response: Response, transfer: Transferable[] = []): void =>
  scope.postMessage(response, transfer);

scope.addEventListener("message", ({ data: request }: MessageEvent<Request>) => {
  if (request.kind === "abort") {
    controllers.get(request.id)?.abort();
    return;
  }
  controllers.set(request.id, new AbortController());
  last = last.then(() => answer(request));
});

async function answer(request: Exclude<Request, { kind: "abort" }>): Promise<void> {
  const { id } = request;
  try {
    const output = await outputOf(request);
    const isLabels = typeof output === "object" && output !== null && "labels" in output;
    tell({ id, kind: "done", output }, isLabels ? [(output.labels as Uint8Array).buffer as ArrayBuffer] : []);
  } catch (error) {
    const { name, message } = error instanceof Error ? error : new Error(String(error));
    tell({ id, kind: "failed", name, message });
  } finally {
    controllers.delete(id);
  }
}

async function outputOf(request: Exclude<Request, { kind: "abort" }>): Promise<unknown> {
  const { id, kind, input } = request;
  const options: RunOptions = {
    signal: controllers.get(id)?.signal,
    onProgress: (progress) => tell({ id, kind: "progress", progress }),
  };
  if (kind === "load") {
    const loaded = await loadHere(input, options);
    runner = loaded.runner;
    return { description: loaded.description, rows: loaded.rows, engine: runner.engine };
  }
  const opened = runner as Runner;
  if (kind === "segment") return await opened.segment(input.image, input.inputs, options);
  if (kind === "decode") return await opened.decode(input.inputs, options);
  if (kind === "read") return await opened.readWeights(input.x, input.y, input.inputs);
  if (kind === "sum") return await opened.sum(input.labeled, input.inputs);
  await opened.dispose();
  return null;
}
