// The files of an exported model, from wherever they come: read, and checked against what model.json says of them.

import {
  EXPORT_FILE,
  type ExportedGraph,
  type ExportedMemory,
  type ExportedModel,
  ExportedModelError,
  parseExportedModel,
} from "@pinmem/core/formats";
import { ModelError } from "./model-error.js";
import { readTensor } from "./safetensors.js";
import { sha256 as sha256Of } from "./sha256.js";

/** Where the files of a model lie. */
export interface ModelFiles {
  /** As errors name it: a folder or an address. */
  readonly place: string;
  /** The bytes of a file; null where there is none of that name. */
  read(file: string, options: FileOptions): Promise<Uint8Array | null>;
}

interface FileOptions {
  readonly signal?: AbortSignal | undefined;
  /** Bytes that it ought to have at most: of a longer one no more is read. */
  readonly most: number;
  /** Told how many have arrived. */
  readonly onBytes?: (count: number) => void;
}

/** What to do about a file that is not as it was exported. */
export const COPY_AGAIN = "copy the exported folder once more";

/** Of model.json, in bytes; it has some ten thousand. */
const LARGEST_DESCRIPTION = 64 * 2 ** 20;

/** A file that is longer than it ought to be. */
export const tooLong = (path: string, most: number): ModelError =>
  new ModelError(
    path.endsWith(`/${EXPORT_FILE}`)
      ? `${path} is longer than ${most} bytes, as no description of a model is; ${COPY_AGAIN}`
      : `${path} is longer than the ${most} bytes that ${EXPORT_FILE} says; ${COPY_AGAIN}`,
  );

/** All that a model is made of. */
export interface ModelParts {
  readonly model: SplitModel;
  readonly encode: Uint8Array;
  readonly decode: Uint8Array;
  /** Rows of the memory as exported; null for a network without one. */
  readonly rows: Float32Array | null;
}

/** How far loading is. */
export interface LoadProgress {
  /** Bytes that have arrived. */
  readonly done: number;
  /** Bytes of all files. */
  readonly total: number;
}

export interface ReadOptions {
  readonly signal?: AbortSignal | undefined;
  readonly onProgress?: ((progress: LoadProgress) => void) | undefined;
}

/** A model that has said what it is, and whose other files arrive. The first that fails ends the others, with what is wrong. */
export interface ArrivingModel {
  readonly model: SplitModel;
  /** Null where they run elsewhere. */
  readonly graphs: ArrivingGraphs | null;
  readonly rows: Promise<Float32Array | null>;
}

/** While it is read. */
export interface ModelReading extends ArrivingModel {
  /** Reads no further. */
  end(): void;
}

/** Files of both graphs. */
export interface ArrivingGraphs {
  readonly encode: Promise<Uint8Array>;
  readonly decode: Promise<Uint8Array>;
}

/** An exported model of two graphs. */
export type SplitModel = ExportedModel & {
  readonly graphs: Extract<ExportedModel["graphs"], { readonly kind: "split" }>;
};

/** @throws ModelError where the place holds no exported model that this version can run, or a file is not what model.json says */
export async function readModel(files: ModelFiles, options: ReadOptions = {}): Promise<ModelParts> {
  const { model, graphs, rows } = await beginReading(files, options);
  const [encode, decode] = await Promise.all([graphs?.encode, graphs?.decode, rows]);
  return { model, encode: encode as Uint8Array, decode: decode as Uint8Array, rows: await rows };
}

/**
 * Reads what the model is, and begins with the rest.
 * @param isComputedElsewhere its graphs stay where they are
 * @throws as `readModel`, as do the promises
 */
export async function beginReading(
  files: ModelFiles,
  options: ReadOptions = {},
  isComputedElsewhere = false,
): Promise<ModelReading> {
  const model = await readSplit(files, options.signal);
  const { encode, decode } = model.graphs;
  const graphs = isComputedElsewhere ? [] : [encode, decode];
  const { reading, end } = readAll(files, [...graphs, ...(model.memory ? [model.memory] : [])], options);
  const [first, second] = reading;
  return {
    model,
    graphs: first && second && !isComputedElsewhere ? { encode: first, decode: second } : null,
    rows: rowsOf(reading[graphs.length], model, files.place),
    end,
  };
}

function rowsOf(
  reading: Promise<Uint8Array> | undefined,
  { memory }: ExportedModel,
  place: string,
): Promise<Float32Array | null> {
  if (!reading || !memory) return Promise.resolve(null);
  return heardLater(reading.then((bytes) => readRows(bytes, memory, place)));
}

async function readSplit(files: ModelFiles, signal: AbortSignal | undefined): Promise<SplitModel> {
  const model = await readDescription(files, signal);
  const { graphs } = model;
  if (graphs.kind === "split") return { ...model, graphs };
  throw new ModelError(
    `${files.place} holds a single graph, made for other tools; export the run once more without \`single\``,
  );
}

/** Reads files at once, and tells of all of them together how far it is, about a hundred times. The first error ends the others. */
function readAll(
  files: ModelFiles,
  described: readonly FileDescription[],
  { signal, onProgress }: ReadOptions,
): { readonly reading: readonly Promise<Uint8Array>[]; readonly end: () => void } {
  const total = described.reduce((sum, { bytes }) => sum + bytes, 0);
  const arrived = described.map(() => 0);
  let told = 0;
  const end = new AbortController();
  signal?.throwIfAborted();
  signal?.addEventListener("abort", () => end.abort(signal.reason), { signal: end.signal });
  const read = async (file: FileDescription, at: number) => {
    const tell = (count: number) => {
      arrived[at] = count;
      const done = arrived.reduce((sum, one) => sum + one, 0);
      if (done === told || (done < total && done - told < total / 100)) return;
      told = done;
      onProgress?.({ done, total });
    };
    try {
      const bytes = await readChecked(files, file, { signal: end.signal, onBytes: tell });
      tell(file.bytes);
      end.signal.throwIfAborted(); // By who was just told.
      return bytes;
    } catch (error) {
      end.abort(error);
      throw end.signal.reason;
    }
  };
  const reading = described.map((file, at) => heardLater(read(file, at)));
  void Promise.allSettled(reading).then(() => end.abort());
  return { reading, end: () => end.abort() };
}

/** What goes wrong with it is heard of by who waits for it, which may be later. */
function heardLater<T>(promise: Promise<T>): Promise<T> {
  promise.catch(() => {});
  return promise;
}

type FileDescription = Pick<ExportedGraph, "file" | "bytes" | "sha256">;

async function readDescription(files: ModelFiles, signal: AbortSignal | undefined): Promise<ExportedModel> {
  const name = `${files.place}/${EXPORT_FILE}`;
  const bytes = await files.read(EXPORT_FILE, { signal, most: LARGEST_DESCRIPTION });
  if (!bytes) {
    throw new ModelError(
      `${files.place} is no exported model: it has no ${EXPORT_FILE}. \`pinmem export\` makes such a folder`,
    );
  }
  let content: unknown;
  try {
    content = JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(bytes));
  } catch (cause) {
    throw new ModelError(`${name} is no JSON; copy the exported folder once more`, { cause });
  }
  try {
    return parseExportedModel(content, name);
  } catch (error) {
    if (!(error instanceof ExportedModelError)) throw error;
    throw new ModelError(error.message, { cause: error });
  }
}

async function readChecked(
  files: ModelFiles,
  { file, bytes, sha256 }: FileDescription,
  options: Omit<FileOptions, "most">,
): Promise<Uint8Array> {
  const content = await files.read(file, { ...options, most: bytes });
  if (!content)
    throw new ModelError(`${files.place} lacks ${file}, which ${EXPORT_FILE} names; ${COPY_AGAIN}`);
  if (content.length !== bytes) {
    throw new ModelError(
      `${files.place}/${file} has ${content.length} bytes, but ${EXPORT_FILE} says ${bytes}; ${COPY_AGAIN}`,
    );
  }
  const found = await hashOf(content);
  if (found !== sha256) {
    throw new ModelError(
      `${files.place}/${file} is not the file that was exported: its SHA-256 is ${found.slice(0, 12)}…, but ${EXPORT_FILE} says ${sha256.slice(0, 12)}…; ${COPY_AGAIN}`,
    );
  }
  return content;
}

/** SHA-256 in hexadecimal digits; by JavaScript in pages from plain http, to which browsers give no `crypto.subtle`. */
async function hashOf(bytes: Uint8Array): Promise<string> {
  const subtle = globalThis.crypto?.subtle as SubtleCrypto | undefined;
  if (!subtle) return await sha256Of(bytes);
  const digest = new Uint8Array(await subtle.digest("SHA-256", bytes as Uint8Array<ArrayBuffer>));
  return Array.from(digest, (byte) => byte.toString(16).padStart(2, "0")).join("");
}

function readRows(bytes: Uint8Array, { file, tensor, shape }: ExportedMemory, place: string): Float32Array {
  try {
    return readTensor(bytes, tensor, shape);
  } catch (cause) {
    const problem = cause instanceof Error ? cause.message : String(cause);
    throw new ModelError(
      `${place}/${file} does not hold the rows of the memory: ${problem}; export the run once more`,
      {
        cause,
      },
    );
  }
}
