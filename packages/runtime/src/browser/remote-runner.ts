// A runner in a worker, as it is seen from the page.

import type { RgbImage } from "@pinmem/core";
import type { ExportedModel } from "@pinmem/core/formats";
import { fetchedFiles, IN_PAGE } from "../fetched-files.js";
import { ModelError } from "../model-error.js";
import { beginReading, type ModelReading, type ReadOptions } from "../model-files.js";
import type {
  DirectionSums,
  Engine,
  Labeled,
  PixelReading,
  RowMap,
  RunInputs,
  Runner,
  RunOptions,
  Segmentation,
} from "../runner.js";
import type { Calls, LoadSettings, Parts, Progress, Request, Response } from "./messages.js";

interface CallOptions {
  readonly signal?: AbortSignal | undefined;
  readonly onProgress?: ((progress: never) => void) | undefined;
}

interface Pending {
  resolve(output: unknown): void;
  reject(error: unknown): void;
  readonly onProgress: ((progress: Progress) => void) | undefined;
}

/** A worker that was just started. */
interface StartedWorker {
  readonly worker: Worker;
  /** Address of its script, where no bundler gave it another one. */
  readonly script: string;
}

/** The calls of one worker. */
class Calling {
  readonly #worker: Worker;
  readonly #pending = new Map<number, Pending>();
  #count = 0;
  #failure: ModelError | null = null;

  constructor({ worker, script }: StartedWorker) {
    this.#worker = worker;
    worker.addEventListener("message", ({ data }: MessageEvent<Response>) => this.#take(data));
    worker.addEventListener("error", (event) => {
      event.preventDefault();
      const said = event.message ? `failed: ${event.message}` : `did not start: ${unfound(script)}`;
      this.#fail(new ModelError(`the worker of @pinmem/runtime ${said}`));
    });
  }

  /** Rejects at once when the signal is aborted; the worker ends its work between two pieces. */
  call<Kind extends keyof Calls>(
    kind: Kind,
    input: Calls[Kind]["input"],
    { signal, onProgress }: CallOptions = {},
    transfer: ArrayBufferLike[] = [],
  ): Promise<Calls[Kind]["output"]> {
    if (this.#failure) return Promise.reject(this.#failure);
    if (signal?.aborted) return Promise.reject(signal.reason);
    const id = this.#count++;
    return new Promise((resolve, reject) => {
      const abort = () => {
        this.#worker.postMessage({ id, kind: "abort" } satisfies Request);
        settle(() => reject(signal?.reason));
      };
      const settle = (end: () => void) => {
        signal?.removeEventListener("abort", abort);
        this.#pending.delete(id);
        end();
      };
      signal?.addEventListener("abort", abort, { once: true });
      this.#pending.set(id, {
        resolve: (output) => settle(() => resolve(output as Calls[Kind]["output"])),
        reject: (error) => settle(() => reject(error)),
        onProgress: onProgress as ((progress: Progress) => void) | undefined,
      });
      this.#worker.postMessage({ id, kind, input } as Request, transfer as unknown as Transferable[]);
    });
  }

  /** Hands a part of the model over. */
  hand<Name extends keyof Parts>(name: Name, content: Parts[Name], transfer: ArrayBufferLike[] = []): void {
    this.#worker.postMessage(
      { kind: "part", name, content } as Request,
      transfer as unknown as Transferable[],
    );
  }

  end(): void {
    this.#worker.terminate();
    this.#fail(new ModelError("the model was disposed; load it again"));
  }

  #take(response: Response): void {
    const pending = this.#pending.get(response.id);
    if (!pending) return; // aborted
    if (response.kind === "done") pending.resolve(response.output);
    else if (response.kind === "failed") pending.reject(errorOf(response));
    else {
      try {
        pending.onProgress?.(response.progress);
      } catch (error) {
        pending.reject(error);
      }
    }
  }

  #fail(error: ModelError): void {
    this.#failure = error;
    for (const pending of [...this.#pending.values()]) pending.reject(error);
  }
}

/** Browsers do not say why a script is not there. */
const unfound = (script: string): string =>
  `is ${script} served, as JavaScript? Where a bundler made this page, have it write @pinmem/runtime's dist/browser/worker.js ` +
  "there, as a second entry point, or load with `worker: false`, best in a worker of yours";

function errorOf({ name, message }: Extract<Response, { kind: "failed" }>): Error {
  if (name === "ModelError") return new ModelError(message);
  return name === "RangeError" ? new RangeError(message) : Object.assign(new Error(message), { name });
}

interface LoadedThere {
  readonly description: ExportedModel;
  readonly rows: Float32Array | null;
  readonly runner: RemoteRunner;
}

export class RemoteRunner implements Runner {
  readonly engine: Engine;
  readonly #calling: Calling;

  private constructor(calling: Calling, engine: Engine) {
    this.#calling = calling;
    this.engine = engine;
  }

  /** Loads a model into a worker, which ends where that fails. This thread reads its files: the worker is busy with onnxruntime. */
  static async load(
    started: StartedWorker,
    settings: LoadSettings,
    options: ReadOptions,
  ): Promise<LoadedThere> {
    const calling = new Calling(started);
    let arriving: ModelReading | null = null;
    try {
      const starting = calling.call("start", settings);
      starting.catch(() => {}); // Heard of once there is a model, whose errors come first.
      const files = fetchedFiles(settings.source, IN_PAGE);
      arriving = await beginReading(files, options, settings.compute !== null);
      const { model, graphs, rows } = arriving;
      const [engine] = await Promise.all([
        calling.call("open", model, { signal: options.signal }),
        graphs?.encode.then((bytes) => calling.hand("encode", bytes, [bytes.buffer])),
        graphs?.decode.then((bytes) => calling.hand("decode", bytes, [bytes.buffer])),
        rows.then((content) => calling.hand("rows", content)),
        starting,
      ]);
      return { description: model, rows: await rows, runner: new RemoteRunner(calling, engine) };
    } catch (error) {
      arriving?.end();
      calling.end();
      throw error;
    }
  }

  /** Hands the pixels over: they are the model's own (image.ts). */
  segment(image: RgbImage, inputs: RunInputs, options: RunOptions): Promise<Segmentation> {
    const { confidence = false, looks = null } = options;
    const { pixels } = image;
    const isAll = pixels.length === pixels.buffer.byteLength;
    return this.#calling.call(
      "segment",
      { image, looks, inputs, confidence },
      options,
      isAll ? [pixels.buffer] : [],
    );
  }

  decode(inputs: RunInputs, options: RunOptions): Promise<Segmentation> {
    const { confidence = false } = options;
    return this.#calling.call("decode", { inputs, confidence }, options);
  }

  readPixel(x: number, y: number, inputs: RunInputs): Promise<PixelReading> {
    return this.#calling.call("read", { x, y, inputs });
  }

  mapRow(trainId: number, inputs: RunInputs): Promise<RowMap> {
    return this.#calling.call("map", { trainId, inputs });
  }

  sum(labeled: Labeled, inputs: RunInputs): Promise<DirectionSums> {
    return this.#calling.call("sum", { labeled, inputs });
  }

  async dispose(): Promise<void> {
    this.#calling.end();
  }
}
