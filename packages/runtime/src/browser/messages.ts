// What a page and its worker say to each other. A request has a number; what is said of it bears the same.

import type { RgbImage } from "@pinmem/core";
import type { Look } from "../looks.js";
import type { SplitModel } from "../model-files.js";
import type {
  DirectionSums,
  Engine,
  Labeled,
  PixelReading,
  RowMap,
  RunInputs,
  Segmentation,
  SegmentProgress,
} from "../runner.js";

/** What a worker needs to know to load a model. */
export interface LoadSettings {
  /** Address of the folder, absolute. */
  readonly source: string;
  readonly memory: number;
  readonly threads: number | null;
  readonly device: "auto" | "webgpu" | "wasm";
  /** Address of onnxruntime-web's files, absolute, with a slash at its end. */
  readonly ortPath: string;
  /** Address of a server that computes, absolute, without a slash at its end; null: none does. */
  readonly compute: string | null;
}

/** Of the files of a model, what the worker needs. */
export interface Parts {
  readonly encode: Uint8Array;
  readonly decode: Uint8Array;
  /** As exported. */
  readonly rows: Float32Array | null;
}

/** With what a picture is decoded, and what is told of it. */
interface Decoding {
  readonly inputs: RunInputs;
  readonly confidence: boolean;
}

/** What can be asked for, and what comes back. */
export interface Calls {
  /** Begins with what needs no model yet. */
  start: { input: LoadSettings; output: null };
  /** Its parts are handed over as they arrive. */
  open: { input: SplitModel; output: Engine };
  segment: { input: { image: RgbImage; looks: readonly Look[] | null } & Decoding; output: Segmentation };
  decode: { input: Decoding; output: Segmentation };
  read: { input: { x: number; y: number; inputs: RunInputs }; output: PixelReading };
  map: { input: { trainId: number; inputs: RunInputs }; output: RowMap };
  sum: { input: { labeled: Labeled; inputs: RunInputs }; output: DirectionSums };
  dispose: { input: null; output: null };
}

export type Progress = SegmentProgress;

/** To the worker. */
export type Request =
  | { [Kind in keyof Calls]: { id: number; kind: Kind; input: Calls[Kind]["input"] } }[keyof Calls]
  | { readonly id: number; readonly kind: "abort" }
  | {
      [Name in keyof Parts]: { readonly kind: "part"; readonly name: Name; readonly content: Parts[Name] };
    }[keyof Parts];

/** From the worker. */
export type Response =
  | { readonly id: number; readonly kind: "done"; readonly output: unknown }
  | { readonly id: number; readonly kind: "failed"; readonly name: string; readonly message: string }
  | { readonly id: number; readonly kind: "progress"; readonly progress: Progress };
