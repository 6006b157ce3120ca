// The worker of a page: loads a model and runs it. Requests are answered one after the other; an abort goes at once to the one
// that it is about.

import type { Runner, RunOptions, Segmentation } from "../runner.js";
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
    tell({ id, kind: "done", output }, largeParts(output));
  } catch (error) {
    const { name, message } = error instanceof Error ? error : new Error(String(error));
    tell({ id, kind: "failed", name, message });
  } finally {
    controllers.delete(id);
  }
}

/** Of a segmentation, what is handed over instead of copied. */
function largeParts(output: unknown): Transferable[] {
  if (typeof output !== "object" || output === null || !("labels" in output)) return [];
  const { labels, confidence } = output as Segmentation;
  return [labels.buffer, ...(confidence ? [confidence.buffer] : [])] as ArrayBuffer[];
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
  if (kind === "segment" || kind === "decode") {
    const { inputs, confidence } = input;
    const asked = { ...options, confidence };
    return kind === "segment"
      ? await opened.segment(input.image, inputs, asked)
      : await opened.decode(inputs, asked);
  }
  if (kind === "read") return await opened.readPixel(input.x, input.y, input.inputs);
  if (kind === "map") return await opened.mapRow(input.trainId, input.inputs);
  if (kind === "sum") return await opened.sum(input.labeled, input.inputs);
  await opened.dispose();
  return null;
}
