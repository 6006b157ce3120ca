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
  /** The bytes of a file; null where there is none of that name. `onBytes` is told how many have arrived. */
  read(file: string, signal?: AbortSignal, onBytes?: (count: number) => void): Promise<Uint8Array | null>;
}

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
  const described: FileDescription[] = [graphs.encode, graphs.decode, ...(memory ? [memory] : [])];
  const next = oneAfterTheOther(files, described, options);
  const encode = await next(graphs.encode);
  const decode = await next(graphs.decode);
  const rows = memory && readRows(await next(memory), memory, files.place);
  return { model, encode, decode, rows };
}

/** The same for a model whose graphs run elsewhere. @throws as `readModel` */
export async function readWithoutGraphs(files: ModelFiles, options: ReadOptions = {}) {
  const { model, graphs } = await readSplit(files, options.signal);
  const { memory } = model;
  const rows =
    memory && readRows(await oneAfterTheOther(files, [memory], options)(memory), memory, files.place);
  return { model, graphs, rows };
}

async function readSplit(files: ModelFiles, signal: AbortSignal | undefined) {
  const model = await readDescription(files, signal);
  const { graphs } = model;
  if (graphs.kind === "split") return { model, graphs };
  throw new ModelError(
    `${files.place} holds a single graph, made for other tools; export the run once more without \`single\``,
  );
}

/** Reads files, and tells of all of them together how far it is. */
function oneAfterTheOther(
  files: ModelFiles,
  described: readonly FileDescription[],
  { signal, onProgress }: ReadOptions,
): (file: FileDescription) => Promise<Uint8Array> {
  const total = described.reduce((sum, { bytes }) => sum + bytes, 0);
  let before = 0;
  return async (file) => {
    const told = before;
    const bytes = await readChecked(files, file, signal, (count) =>
      onProgress?.({ done: Math.min(told + count, total), total }),
    );
    before += file.bytes;
    onProgress?.({ done: before, total });
    return bytes;
  };
}

type FileDescription = Pick<ExportedGraph, "file" | "bytes" | "sha256">;

async function readDescription(files: ModelFiles, signal: AbortSignal | undefined): Promise<ExportedModel> {
  const name = `${files.place}/${EXPORT_FILE}`;
  const bytes = await files.read(EXPORT_FILE, signal);
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
  signal: AbortSignal | undefined,
  onBytes: (count: number) => void,
): Promise<Uint8Array> {
  const content = await files.read(file, signal, onBytes);
  const mend = "copy the exported folder once more";
  if (!content) throw new ModelError(`${files.place} lacks ${file}, which ${EXPORT_FILE} names; ${mend}`);
  if (content.length !== bytes) {
    throw new ModelError(
      `${files.place}/${file} has ${content.length} bytes, but ${EXPORT_FILE} says ${bytes}; ${mend}`,
    );
  }
  const found = await hashOf(content);
  if (found !== sha256) {
    throw new ModelError(
      `${files.place}/${file} is not the file that was exported: its SHA-256 is ${found.slice(0, 12)}…, but ${EXPORT_FILE} says ${sha256.slice(0, 12)}…; ${mend}`,
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
