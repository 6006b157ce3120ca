// The memory of a model as data: its rows and what they weigh. It belongs to the program that loaded the model; graphs take it
// as an input, so that a change costs nothing until a picture is decoded.
// Shapes: K classes, C width of the feature.

import type { ExportedMemory } from "@pinmem/core/formats";
import { checkNumber } from "./given.js";
import type { MemoryState } from "./runner.js";

/** Rows that every pixel reads, one for each class, and how they count. */
export class ModelMemory {
  readonly #exported: ExportedMemory;
  readonly #first: Float32Array;
  #rows: Float32Array;
  #votes: number;
  #temperature: number;

  /** @internal */
  constructor(exported: ExportedMemory, rows: Float32Array) {
    this.#exported = exported;
    this.#first = rows;
    this.#rows = rows.slice();
    this.#votes = exported.voteWeight;
    this.#temperature = exported.read.temperature;
  }

  /** Classes, K, and the length of a row, C; or, with several rows a class, [K, rows, C]. */
  get shape(): readonly number[] {
    return this.#exported.shape;
  }

  /** Row by row: of unit length, or zero for a class that was never written. Set all at once; a copy is taken, and given. */
  get rows(): Float32Array {
    return this.#rows.slice();
  }

  set rows(rows: Float32Array) {
    if (rows.length !== this.#first.length) {
      throw new RangeError(
        `memory.rows: got ${rows.length} numbers, but the memory is [${this.shape.join(", ")}], ${this.#first.length} numbers; are they of a model with other classes?`,
      );
    }
    if (!rows.every(Number.isFinite)) throw new RangeError("memory.rows: some of the numbers are not finite");
    this.#rows = Float32Array.from(rows);
  }

  /** What the cosines of feature and rows weigh among the logits; 0: the memory does not vote. */
  get votes(): number {
    return this.#votes;
  }

  set votes(weight: number) {
    const fits = (value: number) => value >= 0 && Number.isFinite(value);
    checkNumber(weight, fits, "votes: must be a number of at least 0");
    this.#votes = weight;
  }

  /** Divides the cosines before the softmax of a read. */
  get temperature(): number {
    return this.#temperature;
  }

  set temperature(value: number) {
    const fits = (one: number) => one > 0 && Number.isFinite(one);
    checkNumber(value, fits, "memory.temperature: must be a positive number");
    this.#temperature = value;
  }

  /** Rows, votes and temperature as they were exported. */
  reset(): void {
    this.#rows = this.#first.slice();
    this.#votes = this.#exported.voteWeight;
    this.#temperature = this.#exported.read.temperature;
  }

  /** @internal What the second graph takes. */
  get state(): MemoryState {
    return { rows: this.#rows.slice(), temperature: this.#temperature, voteWeight: this.#votes };
  }
}
