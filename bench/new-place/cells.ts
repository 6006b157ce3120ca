// What the study of new places leaves behind: one file for each measured part, which appears whole or not at all and is not
// measured again, and one file with the figures of all parts, from which tables and plots are made.

import { mkdirSync, readdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";

/** One way to use a network in a place, scored on pictures of it that were not given. Shares from 0 to 1. */
export interface Measured {
  /** The place. */
  readonly benchmark: string;
  /** How the network was trained. */
  readonly method: string;
  /** Folder of the run, without what lies above it. */
  readonly run: string;
  /** Of the training. */
  readonly seed: number;
  /** Seed of the choice of the pictures that are given. */
  readonly choice: number;
  /** "trained", "image:W", "image:auto", "place:W"; "adapt": as `pinmem adapt` chooses. */
  readonly statistics: string;
  /** Pictures with labels. */
  readonly shots: number;
  /**
   * - `off`: no votes
   * - `trained rows`, `written rows`: votes with these rows
   * - `nearest mean`: the class whose written row is nearest, without the decoder
   * - `last layer`: the classifier trained on the labeled pictures, no votes
   * - `adapt`: all by `pinmem adapt`
   */
  readonly variant: string;
  /** What the variant was tried with: strength of the votes, or learning rate. */
  readonly setting: number | null;
  readonly meanIoU: number;
  readonly classIoU: Readonly<Record<string, number | null>>;
  /** Of computation on one thread that adapting or training took; 0 where there is nothing to do. */
  readonly seconds: number;
  /** Steps of training, where there were any. */
  readonly steps: number;
  /** Pictures that were scored. */
  readonly pictures: number;
}

export class Cells {
  readonly #folder: string;

  /** @param folder of the study */
  constructor(folder: string) {
    this.#folder = folder;
  }

  /** What was measured under a name before; null: nothing yet. */
  read(name: string): Measured[] | null {
    try {
      return JSON.parse(readFileSync(this.#file(name), "utf8")) as Measured[];
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === "ENOENT") return null;
      throw error;
    }
  }

  /** Files a part and all parts together. */
  write(name: string, measured: readonly Measured[]): void {
    writeWhole(this.#file(name), measured);
    writeWhole(join(this.#folder, "new-place.json"), this.all());
  }

  /** All parts in the order of their names. */
  all(): Measured[] {
    const cells = join(this.#folder, "cells");
    const names = readdirSync(cells).filter((name) => name.endsWith(".json"));
    return names.sort().flatMap((name) => JSON.parse(readFileSync(join(cells, name), "utf8")) as Measured[]);
  }

  #file(name: string): string {
    return join(this.#folder, "cells", `${name.replaceAll(/[^\w.@+-]+/g, "_")}.json`);
  }
}

function writeWhole(file: string, content: readonly Measured[]): void {
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(`${file}.tmp`, `[\n${content.map((one) => JSON.stringify(one)).join(",\n")}\n]\n`);
  renameSync(`${file}.tmp`, file);
}
