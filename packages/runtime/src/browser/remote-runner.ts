// A runner in a worker, as it is seen from the page.

import type { RgbImage } from "@pinmem/core";
import { ModelError } from "../model-error.js";
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
import type { Calls, Loaded, LoadSettings, Progress, Request, Response } from "./messages.js";

interface CallOptions {
  readonly signal?: AbortSignal | undefined;
  readonly onProgress?: ((progress: never) => void) | undefined;
}

interface Pending {
  resolve(output: unknown): void;
  reject(error: unknown): void;
  readonly onProgress: ((progress: Progress) => void) | undefined;
}

/** The calls of one worker. */
class Calling {
  readonly #worker: Worker;
  readonly #pending = new Map<number, Pending>();
  #count = 0;
  #failure: ModelError | null = null;

  constructor(worker: Worker) {
    this.#worker = worker;
    worker.addEventListener("message", ({ data }: MessageEvent<Response>) => this.#take(data));
    worker.addEventListener("error", (event) => {
      event.preventDefault();
      const said = event.message ? `: ${event.message}` : "; are its files served, as modules?";
      this.#fail(new ModelError(`the worker of @pinmem/runtime failed${said}`));
    });
  }

  /** Rejects at once when the signal is aborted; the worker ends its work between two pieces. */
  call<Kind extends keyof Calls>(
    kind: Kind,
    input: Calls[Kind]["input"],
    { signal, onProgress }: CallOptions = {},
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
      this.#worker.postMessage({ id, kind, input } as Request);
    });
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

function errorOf({ name, message }: Extract<Response, { kind: "failed" }>): Error {
  if (name === "ModelError") return new ModelError(message);
  return name === "RangeError" ? new RangeError(message) : Object.assign(new Error(message), { name });
}

export class RemoteRunner implements Runner {
  readonly engine: Engine;
  readonly #calling: Calling;

  private constructor(calling: Calling, engine: Engine) {
    this.#calling = calling;
    this.engine = engine;
  }

  /** Loads a model in a worker, which ends where that fails. */
  static async load(
    worker: Worker,
    settings: LoadSettings,
    options: CallOptions,
  ): Promise<Omit<Loaded, "engine"> & { readonly runner: RemoteRunner }> {
    const calling = new Calling(worker);
    try {
      const { engine, ...loaded } = await calling.call("load", settings, options);
      return { ...loaded, runner: new RemoteRunner(calling, engine) };
    } catch (error) {
      calling.end();
      throw error;
    }
  }

  segment(image: RgbImage, inputs: RunInputs, options: RunOptions): Promise<Segmentation> {
    const { confidence = false } = options;
    return this.#calling.call("segment", { image, inputs, confidence }, options);
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
