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
  read(file: string, options?: FileOptions): Promise<Uint8Array | null>;
}

interface FileOptions {
  readonly signal?: AbortSignal | undefined;
  /** Bytes that it ought to have. */
  readonly expected?: number;
  /** Told how many have arrived. */
  readonly onBytes?: (count: number) => void;
}

/** What to do about a file that is not as it was exported. */
export const COPY_AGAIN = "copy the exported folder once more";

/** All that a model is made of. */
export interface ModelParts {
  readonly model: ExportedModel;
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

/** @throws ModelError where the place holds no exported model that this version can run, or a file is not what model.json says */
export async function readModel(files: ModelFiles, options: ReadOptions = {}): Promise<ModelParts> {
  const { model, graphs } = await readSplit(files, options.signal);
  const { memory } = model;
  const described = [graphs.encode, graphs.decode, ...(memory ? [memory] : [])];
  const [encode, decode, rows] = await readAll(files, described, options);
  return {
    model,
    encode: encode as Uint8Array,
    decode: decode as Uint8Array,
    rows: memory && readRows(rows as Uint8Array, memory, files.place),
  };
}

/** The same for a model whose graphs run elsewhere. @throws as `readModel` */
export async function readWithoutGraphs(files: ModelFiles, options: ReadOptions = {}) {
  const { model, graphs } = await readSplit(files, options.signal);
  const { memory } = model;
  const [rows] = await readAll(files, memory ? [memory] : [], options);
  return { model, graphs, rows: memory && readRows(rows as Uint8Array, memory, files.place) };
}

async function readSplit(files: ModelFiles, signal: AbortSignal | undefined) {
  const model = await readDescription(files, signal);
  const { graphs } = model;
  if (graphs.kind === "split") return { model, graphs };
  throw new ModelError(
    `${files.place} holds a single graph, made for other tools; export the run once more without \`single\``,
  );
}

/** Reads files at once, and tells of all of them together how far it is, about a hundred times. The first error ends the others. */
async function readAll(
  files: ModelFiles,
  described: readonly FileDescription[],
  { signal, onProgress }: ReadOptions,
): Promise<Uint8Array[]> {
  const total = described.reduce((sum, { bytes }) => sum + bytes, 0);
  const arrived = described.map(() => 0);
  let told = 0;
  const end = new AbortController();
  signal?.throwIfAborted();
  signal?.addEventListener("abort", () => end.abort(signal.reason), { signal: end.signal });
  const reading = described.map(async (file, at) => {
    const tell = (count: number) => {
      arrived[at] = count;
      const done = arrived.reduce((sum, one) => sum + one, 0);
      if (done === told || (done < total && done - told < total / 100)) return;
      told = done;
      onProgress?.({ done, total });
    };
    const bytes = await readChecked(files, file, { signal: end.signal, onBytes: tell });
    tell(file.bytes);
    return bytes;
  });
  try {
    return await Promise.all(reading);
  } finally {
    end.abort();
  }
}

type FileDescription = Pick<ExportedGraph, "file" | "bytes" | "sha256">;

async function readDescription(files: ModelFiles, signal: AbortSignal | undefined): Promise<ExportedModel> {
  const name = `${files.place}/${EXPORT_FILE}`;
  const bytes = await files.read(EXPORT_FILE, { signal });
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
  options: FileOptions,
): Promise<Uint8Array> {
  const content = await files.read(file, { ...options, expected: bytes });
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
  if (!subtle) return sha256Of(bytes);
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
