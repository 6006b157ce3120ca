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
   * Of the processor. Default: in Node as onnxruntime chooses; in a page half of those there are, but both of two, and at most 4, where it is isolated
   * (COOP and COEP headers). Where it is not there is one, whatever is asked for.
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
