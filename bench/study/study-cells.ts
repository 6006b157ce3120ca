// What the study of training leaves behind: one file for each cell, which appears whole or not at all, and one file with all of them.

import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";

/** Scores of one domain, shares from 0 to 1. */
export interface Scored {
  readonly domain: string;
  /** Of the recipe's own: validation pictures of the sources, or a domain that is unseen. */
  readonly role: "source" | "target";
  readonly images: number;
  readonly meanIoU: number | null;
  /** Null for classes that neither occur nor were predicted. */
  readonly classIoU: Readonly<Record<string, number | null>>;
}

/** What becomes of the score of a domain where the memory is altered (`pinmem inspect`), shares from 0 to 1. */
export interface Altered {
  readonly domain: string;
  readonly kind: string;
  readonly changed: number;
  readonly meanIoUDifference: number | null;
}

/** One training of the study. */
export interface StudyCell {
  /** RECIPE[@STEPS]:SEED, of recipes/training-study.mjs. */
  readonly cell: string;
  /** "far", "near", "streets". */
  readonly benchmark: string;
  readonly method: string;
  /** What the recipe changes of its method's; null: nothing. */
  readonly change: string | null;
  readonly steps: number;
  readonly seed: number;
  /** Of computation on one thread, of one step, everything beside the network included; null where it was not measured. */
  readonly secondsPerStep: number | null;
  /** Scores of the last weights, and of their average over the run's last quarter or as the recipe says. */
  readonly last: readonly Scored[];
  readonly average: readonly Scored[];
  /** What altering the memory of the last weights does to unseen domains; null where there is no memory. */
  readonly reliance: readonly Altered[] | null;
  readonly date: string;
}

export class StudyCells {
  readonly file: string;
  readonly #folder: string;
  readonly #done: ReadonlySet<string>;

  /**
   * @param folder of the study
   * @param done a file of cells that are not to be made again
   */
  constructor(folder: string, done?: string) {
    this.#folder = join(folder, "cells");
    this.file = join(folder, "study.json");
    mkdirSync(this.#folder, { recursive: true });
    const cells = done === undefined ? [] : (JSON.parse(readFileSync(done, "utf8")) as StudyCell[]);
    this.#done = new Set(cells.map(({ cell }) => cell));
  }

  has(cell: string): boolean {
    return this.#done.has(cell) || existsSync(this.#fileOf(cell));
  }

  write(cell: StudyCell): void {
    writeWhole(this.#fileOf(cell.cell), JSON.stringify(cell, null, 1));
    const names = readdirSync(this.#folder).filter((name) => name.endsWith(".json"));
    const all = names.sort().map((name) => JSON.parse(readFileSync(join(this.#folder, name), "utf8")));
    writeWhole(this.file, `[\n${all.map((one) => JSON.stringify(one)).join(",\n")}\n]`);
  }

  #fileOf(cell: string): string {
    return join(this.#folder, `${cell.replaceAll(/[@:]/g, "-")}.json`);
  }
}

function writeWhole(file: string, text: string): void {
  writeFileSync(`${file}.tmp`, `${text}\n`);
  renameSync(`${file}.tmp`, file);
}
