// What a study leaves behind: one file for each measured part, which appears whole or not at all and is not measured again, and one
// file with the figures of all parts, from which tables and plots are made.

import { mkdirSync, readdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";

/** Parts of a study, each of some figures. */
export class Cells<T> {
  /** With the figures of all parts. */
  readonly file: string;
  readonly #folder: string;

  /**
   * @param folder of the study
   * @param name of the file with all figures
   */
  constructor(folder: string, name: string) {
    this.#folder = join(folder, "cells");
    this.file = join(folder, name);
  }

  /** What was measured under a name before; null: nothing yet. */
  read(name: string): T[] | null {
    try {
      return JSON.parse(readFileSync(this.#fileOf(name), "utf8")) as T[];
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === "ENOENT") return null;
      throw error;
    }
  }

  /** Files a part and all parts together. */
  write(name: string, measured: readonly T[]): void {
    writeWhole(this.#fileOf(name), measured);
    writeWhole(this.file, this.all());
  }

  /** All parts in the order of their names. */
  all(): T[] {
    const names = readdirSync(this.#folder).filter((name) => name.endsWith(".json"));
    return names.sort().flatMap((name) => JSON.parse(readFileSync(join(this.#folder, name), "utf8")) as T[]);
  }

  #fileOf(name: string): string {
    return join(this.#folder, `${name.replaceAll(/[^\w.@+-]+/g, "_")}.json`);
  }
}

function writeWhole(file: string, content: readonly unknown[]): void {
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(`${file}.tmp`, `[\n${content.map((one) => JSON.stringify(one)).join(",\n")}\n]\n`);
  renameSync(`${file}.tmp`, file);
}
