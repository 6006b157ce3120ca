// The folder of a run:
//
//   recipe.json           the recipe with all its defaults: what this run is
//   data.json             which data it is trained on: names and sizes of the samples
//   environment.json      versions and machine, of each start
//   events.jsonl          losses, rates, scores, one JSON object a line
//   tensorboard/          the same for TensorBoard, with pictures
//   checkpoints/          to go on from
//   best.safetensors      the network with the best score on source validation, as it was evaluated
//   last.safetensors      the network at the end, as it was evaluated
//   diagnostics/          what is left of a step that failed
//
// One that was adapted to a place (adapt-to-place.ts) has recipe, environment and weights alike, and:
//
//   adaptation.json           where it came from, and what was chosen; nothing trains on there
//   rows-before.safetensors   the memory's rows before they were written for the place
//
// One process at a time may train in it.

import {
  existsSync,
  linkSync,
  readdirSync,
  readFileSync,
  rmdirSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { hostname } from "node:os";
import { dirname, join, resolve } from "node:path";
import { isRunning, type ProcessIdentity, thisProcess } from "@pinmem/torch/setup";
import { writeWhole } from "../files/atomic-write.js";
import { readJsonFile } from "../files/json-file.js";
import { makeFolder } from "../files/output-folder.js";
import { writing } from "../files/write-error.js";
import type { Recipe } from "../recipes/recipe.js";
import type { WhichWeights } from "../training/which-weights.js";
import { RunError } from "./run-error.js";

/** Temporary names of weights, their calibrations and of JSON files, those of earlier versions too. */
const LEFTOVER =
  /^(\.(((best|last|average)\.(safetensors|calibration\.json))|\w+\.json)\.[0-9a-f]{12}|\w+\.json\.\d+)\.tmp$/;

/** Of taking a lock, with pauses while others take away a stale one: a minute in all. */
const MOST_ATTEMPTS = 3000;
const PAUSE_MS = 20;
const LONGEST_TURN_MS = 10_000;

/** Another process trains in the folder of a run. */
export class RunInUseError extends RunError {}

/** The folder of a run: the paths in it, and a lock that keeps others from training there. Makes nothing by itself. */
export class RunFolder {
  constructor(readonly path: string) {}

  get recipe(): string {
    return join(this.path, "recipe.json");
  }
  get data(): string {
    return join(this.path, "data.json");
  }
  get environment(): string {
    return join(this.path, "environment.json");
  }
  get events(): string {
    return join(this.path, "events.jsonl");
  }
  get tensorboard(): string {
    return join(this.path, "tensorboard");
  }
  get checkpoints(): string {
    return join(this.path, "checkpoints");
  }
  get adaptation(): string {
    return join(this.path, "adaptation.json");
  }
  get rowsBefore(): string {
    return join(this.path, "rows-before.safetensors");
  }
  get diagnostics(): string {
    return join(this.path, "diagnostics");
  }
  model(which: WhichWeights): string {
    return join(this.path, `${which}.safetensors`);
  }

  /** Saves the recipe of the run that is begun here. */
  async write(recipe: Recipe): Promise<void> {
    await writeWhole(this.recipe, `${JSON.stringify(recipe, null, 2)}\n`);
  }

  /** Whether there are steps that were trained and saved. */
  get hasCheckpoints(): boolean {
    return existsSync(this.checkpoints) && readdirSync(this.checkpoints).length > 0;
  }

  /** Whether a process trains here now. */
  get isTraining(): boolean {
    const holder = readHolder(join(this.path, ".lock"));
    return holder !== null && isRunning(holder);
  }

  /** Whether a run was begun here. */
  get exists(): boolean {
    return existsSync(this.recipe);
  }

  /**
   * Keeps other processes from training here; returns what ends that, and takes a folder away that was made for a run that
   * could not begin.
   * @throws RunInUseError where another process does
   */
  lock(): () => void {
    const made = makeFolder(this.path);
    const path = join(this.path, ".lock");
    const own = JSON.stringify(thisProcess());
    // A link appears with its content, and only where there is none: no two processes can both succeed.
    const prepared = `${path}.${process.pid}`;
    try {
      writing(prepared, () => writeFileSync(prepared, own));
      for (let attempt = 0; ; attempt++) {
        try {
          linkSync(prepared, path);
          break;
        } catch (error) {
          if ((error as NodeJS.ErrnoException).code !== "EEXIST" || attempt > MOST_ATTEMPTS) throw error;
          const holder = readHolder(path);
          if (holder && isRunning(holder)) {
            const host = holder.host === hostname() ? "" : ` on ${holder.host}`;
            throw new RunInUseError(
              this.path,
              `is being trained by process ${holder.pid}${host}. Wait for it, choose another folder, or remove ${path} if there is ` +
                "no such process",
            );
          }
          bury(path, prepared);
        }
      }
    } catch (error) {
      rmSync(prepared, { force: true });
      removeEmpty(this.path, made);
      throw error;
    }
    rmSync(prepared, { force: true });
    this.#removeLeftovers();
    return () => {
      if (existsSync(path) && readFileSync(path, "utf8") === own) rmSync(path, { force: true });
      removeEmpty(this.path, made);
    };
  }

  /** What a killed training had not written whole. */
  #removeLeftovers(): void {
    for (const name of readdirSync(this.path)) {
      if (LEFTOVER.test(name)) rmSync(join(this.path, name), { force: true });
    }
  }
}

/**
 * Takes a lock away whose holder is gone. One process at a time looks and takes away: otherwise one could look, another take away and
 * lock anew, and the first take away that.
 */
function bury(path: string, prepared: string): void {
  const turn = `${path}.turn`;
  try {
    linkSync(prepared, turn);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
    const since = statSync(turn, { throwIfNoEntry: false })?.mtimeMs ?? Date.now();
    // Killed in between.
    if (Date.now() - since > LONGEST_TURN_MS) rmSync(turn, { force: true });
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, PAUSE_MS);
    return;
  }
  try {
    const holder = readHolder(path);
    if (!holder || !isRunning(holder)) rmSync(path, { force: true });
  } finally {
    rmSync(turn, { force: true });
  }
}

/** Removes a folder and those above it down from `first`, which were made for it, where nothing has come into them. */
function removeEmpty(path: string, first: string | undefined): void {
  if (first === undefined) return;
  try {
    for (let folder = resolve(path); folder.startsWith(first); folder = dirname(folder)) rmdirSync(folder);
  } catch {
    // Something is in it.
  }
}

function readHolder(path: string): ProcessIdentity | null {
  try {
    const { pid, host, started } = readJsonFile(path) as Required<ProcessIdentity>;
    return Number.isInteger(pid) && typeof host === "string" ? { pid, host, started } : null;
  } catch {
    return null;
  }
}
