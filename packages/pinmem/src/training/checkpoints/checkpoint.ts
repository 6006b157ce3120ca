// A checkpoint: everything a run needs to go on as if it had never stopped. A folder of three files:
//
//   model.safetensors      parameters and buffers of the network, the class memory among them
//   training.safetensors   state of the optimizer and of the random number generators
//   state.json             step, data position, rates and whatever else is no tensor
//
// It is written under another name and renamed when it is whole and on the disk, so that a folder with a checkpoint's name
// is a checkpoint, whenever the process ends. What is read is checked before anything is changed.

import { mkdirSync, renameSync, rmSync } from "node:fs";
import { dirname, join } from "node:path";
import { loadSafetensors, saveSafetensors, type Tensor } from "@pinmem/torch";
import { flushFolder, replaceFile, temporaryName } from "@pinmem/torch/files";
import { z } from "zod";
import { asDataError } from "../../files/data-error.js";
import { readJsonFile } from "../../files/json-file.js";
import { visible } from "../../files/visible.js";
import { asWriteError, WriteError } from "../../files/write-error.js";

const FORMAT = 1;
const LARGEST_STATE = 16 * 2 ** 20;

const jsonRecord = z.record(z.string(), z.json());

const stateSchema = z.strictObject({
  format: z.literal(FORMAT),
  /** Optimizer steps done. */
  step: z.int().min(0),
  /** The next batch to be used. */
  data: z.strictObject({ epoch: z.int().min(0), index: z.int().min(0) }),
  optimizer: z.strictObject({
    /** Settings of each group of parameters, and how many it has. */
    groups: z.array(jsonRecord),
    /** Numbers in the state of single parameters, by position. */
    numbers: z.record(z.string(), z.record(z.string(), z.number())),
  }),
  /** Bytes of the event log that belong to the steps done. */
  eventBytes: z.int().min(0),
  best: z.nullable(z.strictObject({ step: z.int().min(0), score: z.number() })),
  /** Whether the validation after this step was still to be done when this was written. */
  validationDue: z.boolean().default(false),
});

export type CheckpointState = Omit<z.output<typeof stateSchema>, "format">;

export interface Checkpoint {
  readonly model: ReadonlyMap<string, Tensor>;
  readonly training: ReadonlyMap<string, Tensor>;
  readonly state: CheckpointState;
}

/** A checkpoint that cannot be used: which file, and why. */
export class CheckpointError extends Error {
  override readonly name = "CheckpointError";
  constructor(
    readonly file: string,
    problem: string,
    options?: ErrorOptions,
  ) {
    super(visible(`${file}: ${problem}`), options);
  }
}

/**
 * Writes a checkpoint as the folder `path`, whole or not at all; one that lies there is replaced.
 * @throws CheckpointError where the file system refuses; nothing is left behind then
 */
export function writeCheckpoint(path: string, { model, training, state }: Checkpoint): void {
  const [prepared, replaced] = [temporaryName(path), temporaryName(path)];
  try {
    mkdirSync(prepared, { recursive: true });
    saveSafetensors(join(prepared, "model.safetensors"), model);
    saveSafetensors(join(prepared, "training.safetensors"), training);
    writeState(join(prepared, "state.json"), state);
    flushFolder(prepared);
    moveAside(path, replaced);
    renameSync(prepared, path);
    flushFolder(dirname(path));
  } catch (error) {
    throw cannotWrite(path, error);
  } finally {
    rmSync(prepared, { recursive: true, force: true });
    rmSync(replaced, { recursive: true, force: true });
  }
}

/** @throws CheckpointError naming the file that is missing or damaged */
export function readCheckpoint(path: string): Checkpoint {
  const state = readState(path);
  return { model: readTensors(path, "model"), training: readTensors(path, "training"), state };
}

export function readState(path: string): CheckpointState {
  const file = join(path, "state.json");
  const parsed = stateSchema.safeParse(readJson(file));
  if (!parsed.success) throw new CheckpointError(file, z.prettifyError(parsed.error));
  const { format: _, ...state } = parsed.data;
  return state;
}

/** Writes the state of a checkpoint that is there anew, whole or not at all. @throws CheckpointError */
export function rewriteState(path: string, state: CheckpointState): void {
  try {
    writeState(join(path, "state.json"), state);
  } catch (error) {
    throw cannotWrite(path, error);
  }
}

function readTensors(path: string, name: string): ReadonlyMap<string, Tensor> {
  const file = join(path, `${name}.safetensors`);
  try {
    return loadSafetensors(file).tensors;
  } catch (error) {
    throw new CheckpointError(file, reason(error), { cause: error });
  }
}

function readJson(file: string): unknown {
  try {
    return readJsonFile(file, LARGEST_STATE);
  } catch (error) {
    throw new CheckpointError(file, asDataError(file, error).problem, { cause: error });
  }
}

function cannotWrite(path: string, error: unknown): CheckpointError {
  const refusal = asWriteError(path, (error as Error).cause ?? error);
  const problem = refusal instanceof WriteError ? refusal.problem : `cannot be written: ${reason(error)}`;
  return new CheckpointError(path, problem, { cause: error });
}

const writeState = (file: string, state: CheckpointState): void =>
  replaceFile(file, (write) =>
    write(Buffer.from(`${JSON.stringify({ format: FORMAT, ...state }, null, 2)}\n`)),
  );

function moveAside(path: string, to: string): void {
  try {
    renameSync(path, to);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ENOENT") throw error;
  }
}

const reason = (error: unknown): string => (error instanceof Error ? error.message : String(error));
