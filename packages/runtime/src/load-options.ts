// How a model is loaded, and what is checked of it before anything is read.

import { checkNumber, kindOf, shown } from "./given.js";
import { ModelError } from "./model-error.js";
import type { LoadProgress } from "./model-files.js";

/** How a model is loaded. */
export interface LoadOptions {
  /** Ends loading; the call is then rejected with its reason. */
  readonly signal?: AbortSignal;
  /** Told as bytes arrive. */
  readonly onProgress?: (progress: LoadProgress) => void;
  /** MiB for the network's computation; larger pictures are tiled. Default 4096 in Node, 1024 in a page. */
  readonly memory?: number;
  /**
   * Of the processor, at least 1; of more than it has, as many as it has. Default: in Node as onnxruntime chooses; in a page half of those
   * there are, but both of two, and at most 4, where it is isolated (COOP and COEP headers). Where it is not there is one, whatever is
   * asked for.
   */
  readonly threads?: number;
}

/** How a model is loaded into a page. */
export interface PageLoadOptions extends LoadOptions {
  /**
   * `auto`: WebGPU where it computes the labels of the model's self-test in time, otherwise WebAssembly (`engine.reason` says why);
   * `webgpu`: the same, without a limit of time and also where a processor plays the graphics card; `wasm`: WebAssembly.
   * Default "auto".
   */
  readonly device?: "auto" | "webgpu" | "wasm";
  /**
   * Address of the folder with the files of onnxruntime-web (its `dist`). Default: onnxruntime-web beside this package where both
   * are served from node_modules, otherwise the folder `ort` beside this file.
   */
  readonly ortPath?: string | URL;
  /**
   * Address of a server that computes the graphs instead (`pinmem studio RUN --engine torch`): no graph is fetched then, and `device`,
   * `threads` and `ortPath` do not count. Default: the page computes.
   */
  readonly compute?: string | URL;
  /** Compute in a worker of its own. False: in this thread, for programs that are in a worker of theirs. Default true. */
  readonly worker?: boolean;
}

/** @throws ModelError where there is none */
export function checkSource(source: unknown): void {
  if (typeof source === "string" ? source !== "" : kindOf(source) === "URL") return;
  throw new ModelError(
    `load: needs the folder that \`pinmem export\` wrote, or its address, got ${shown(source)}`,
  );
}

/** @throws RangeError where an option has a value that it cannot have */
export function checkOptions({ memory, threads, device }: PageLoadOptions): void {
  if (memory !== undefined)
    checkNumber(memory, (value) => value > 0, "load: memory must be a positive number of MiB");
  if (threads !== undefined) {
    const fits = (value: number) => Number.isInteger(value) && value >= 1;
    checkNumber(threads, fits, "load: threads must be a whole number of at least 1");
  }
  if (device !== undefined && !devices.has(device))
    throw new RangeError(`load: device must be "auto", "webgpu" or "wasm", got ${shown(device)}`);
}

const devices: ReadonlySet<unknown> = new Set(["auto", "webgpu", "wasm"]);
