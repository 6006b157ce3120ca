// The worker of a page: opens a model, whose files the page reads meanwhile, and runs it. Requests are answered one after the other; an
// abort goes at once to the one that it is about, and so does a part of the model.

import type { ArrivingModel } from "../model-files.js";
import type { Runner, RunOptions, Segmentation } from "../runner.js";
import type { Parts, Request, Response } from "./messages.js";
import { startHere } from "./open-here.js";

const scope = globalThis as unknown as DedicatedWorkerGlobalScope;
const controllers = new Map<number, AbortController>();
let open: ((arriving: ArrivingModel) => Promise<Runner>) | null = null;
let runner: Runner | null = null;
let last: Promise<void> = Promise.resolve();

const tell = (response: Response, transfer: Transferable[] = []): void =>
  scope.postMessage(response, transfer);

/** What is waited for, and how to tell that it is there. */
function expected<T>(): { readonly promise: Promise<T>; readonly resolve: (content: T) => void } {
  let resolve: (content: T) => void = () => {};
  const promise = new Promise<T>((settle) => {
    resolve = settle;
  });
  return { promise, resolve };
}

const parts = {
  encode: expected<Parts["encode"]>(),
  decode: expected<Parts["decode"]>(),
  rows: expected<Parts["rows"]>(),
};

scope.addEventListener("message", ({ data: request }: MessageEvent<Request>) => {
  if (request.kind === "abort") {
    controllers.get(request.id)?.abort();
    return;
  }
  if (request.kind === "part") {
    const { resolve } = parts[request.name] as { resolve(content: Parts[keyof Parts]): void };
    resolve(request.content);
    return;
  }
  controllers.set(request.id, new AbortController());
  last = last.then(() => answer(request));
});

type Question = Exclude<Request, { kind: "abort" | "part" }>;

async function answer(request: Question): Promise<void> {
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

async function outputOf(request: Question): Promise<unknown> {
  const { id, kind, input } = request;
  const options: RunOptions = {
    signal: controllers.get(id)?.signal,
    onProgress: (progress) => tell({ id, kind: "progress", progress }),
  };
  if (kind === "start") {
    open = startHere(input);
    return null;
  }
  if (kind === "open") {
    const { encode, decode, rows } = parts;
    const graphs = { encode: encode.promise, decode: decode.promise };
    runner = (await open?.({ model: input, graphs, rows: rows.promise })) ?? null;
    return runner?.engine;
  }
  const opened = runner as Runner;
  if (kind === "segment" || kind === "decode") {
    const { inputs, confidence } = input;
    const asked = { ...options, confidence };
    return kind === "segment"
      ? await opened.segment(input.image, inputs, { ...asked, looks: input.looks ?? undefined })
      : await opened.decode(inputs, asked);
  }
  if (kind === "read") return await opened.readPixel(input.x, input.y, input.inputs);
  if (kind === "map") return await opened.mapRow(input.trainId, input.inputs);
  if (kind === "sum") return await opened.sum(input.labeled, input.inputs);
  await opened.dispose();
  return null;
}
