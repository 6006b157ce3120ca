// The checkpoints of one run: `step-000040`, `step-000060`, … in one folder. The newest few are kept, and the one with the
// best score. The newest that can be read is where a run goes on.

import { readdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { makeFolder } from "../../files/output-folder.js";
import {
  type Checkpoint,
  type CheckpointState,
  readCheckpoint,
  readState,
  rewriteState,
  writeCheckpoint,
} from "./checkpoint.js";

const NAME = /^step-(\d{6,})$/;
const LEFTOVER = /^\.step-\d{6,}\.[0-9a-f]{12}\.tmp$/;

export interface Found {
  readonly path: string;
  readonly checkpoint: Checkpoint;
  /** Newer ones that could not be read, and why. */
  readonly skipped: readonly string[];
}

/** The checkpoints in a folder: written whole, the newest kept, damaged ones passed over when the newest is read. */
export class CheckpointStore {
  readonly #folder: string;
  readonly #keep: number;

  /** @param keep how many of the newest stay; at least 1 */
  constructor(folder: string, { keep = 3 }: { keep?: number } = {}) {
    if (!Number.isInteger(keep) || keep < 1) {
      throw new RangeError(`CheckpointStore: keep is ${keep}, but must be an integer of at least 1`);
    }
    this.#folder = folder;
    this.#keep = keep;
  }

  /** Steps at which there are checkpoints, oldest first. */
  steps(): number[] {
    return this.#names()
      .flatMap((name) => NAME.exec(name)?.[1] ?? [])
      .map(Number)
      .sort((a, b) => a - b);
  }

  pathOf(step: number): string {
    return join(this.#folder, `step-${String(step).padStart(6, "0")}`);
  }

  /** Writes a checkpoint, then removes those that are no longer wanted; returns its path. */
  save(checkpoint: Checkpoint): string {
    makeFolder(this.#folder);
    const path = this.pathOf(checkpoint.state.step);
    writeCheckpoint(path, checkpoint);
    this.#tidy(checkpoint.state);
    return path;
  }

  /** Gives the checkpoint of the state's step another state; its tensors stay. */
  update(state: CheckpointState): void {
    rewriteState(this.pathOf(state.step), state);
    this.#tidy(state);
  }

  /** Removes what is no longer wanted. */
  #tidy({ step, best }: CheckpointState): void {
    const kept = new Set([...this.steps().slice(-this.#keep), step, best?.step]);
    for (const old of this.steps()) if (!kept.has(old)) this.#remove(this.pathOf(old));
    this.#removeLeftovers();
  }

  /** The newest checkpoint that can be read; null where there is none at all. */
  latest(): Found | null {
    const skipped: string[] = [];
    for (const step of this.steps().reverse()) {
      const path = this.pathOf(step);
      try {
        return { path, checkpoint: readCheckpoint(path), skipped };
      } catch (error) {
        skipped.push((error as Error).message);
      }
    }
    if (skipped.length === 0) return null;
    throw new Error(`none of the checkpoints in ${this.#folder} can be read:\n${skipped.join("\n")}`);
  }

  /** State alone of the newest checkpoint, for a look at a run. */
  latestState(): CheckpointState | null {
    const step = this.steps().at(-1);
    return step === undefined ? null : readState(this.pathOf(step));
  }

  // state.json goes first, so that a removal that is interrupted leaves nothing that looks whole.
  #remove(path: string): void {
    rmSync(join(path, "state.json"), { force: true });
    rmSync(path, { recursive: true, force: true });
  }

  /** What a killed process left half-written. */
  #removeLeftovers(): void {
    for (const name of this.#names()) {
      if (LEFTOVER.test(name)) rmSync(join(this.#folder, name), { recursive: true, force: true });
    }
  }

  #names(): string[] {
    try {
      return readdirSync(this.#folder);
    } catch (error) {
      if (["ENOENT", "ENOTDIR"].includes((error as NodeJS.ErrnoException).code ?? "")) return [];
      throw error;
    }
  }
}
