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
   * Of the processor. Default: in Node as onnxruntime chooses; in a page half of those there are, at most 4, where it is isolated
   * (COOP and COEP headers), otherwise 1.
   */
  readonly threads?: number;
}
