// The light of street lamps at night. Lamps reach a limited distance, so each stretch of the street knows which of them
// concern it.

import type { Rgb } from "../color.js";
import type { Fragment } from "../surface.js";

export interface Lamp {
  readonly x: number;
  readonly y: number;
  readonly z: number;
  readonly color: Rgb;
}

/** Meters. */
const REACH = 24;
const STRETCH = 8;
const STRETCHES = 40;

export class LampLight {
  /** x, y, z, red, green, blue of each lamp, in order of z. */
  readonly #lamps: Float64Array;
  /** For each stretch of z the first lamp that concerns it, and the one after the last. */
  readonly #first = new Int32Array(STRETCHES);
  readonly #end = new Int32Array(STRETCHES);

  constructor(lamps: readonly Lamp[]) {
    const sorted = [...lamps].sort((a, b) => a.z - b.z);
    this.#lamps = Float64Array.from(sorted.flatMap(({ x, y, z, color }) => [x, y, z, ...color]));
    for (let stretch = 0; stretch < STRETCHES; stretch++) {
      const near = sorted.filter(
        ({ z }) => z > stretch * STRETCH - REACH && z < (stretch + 1) * STRETCH + REACH,
      );
      this.#first[stretch] = near.length > 0 ? sorted.indexOf(near[0] as Lamp) : 0;
      this.#end[stretch] = (this.#first[stretch] as number) + near.length;
    }
  }

  /** Adds to the light that falls on the fragment. */
  shineOn(f: Fragment): void {
    const stretch = f.z < 0 ? 0 : Math.floor(f.z / STRETCH);
    if (stretch >= STRETCHES) return;
    const lamps = this.#lamps;
    const end = 6 * (this.#end[stretch] as number);
    for (let at = 6 * (this.#first[stretch] as number); at < end; at += 6) {
      const lx = (lamps[at] as number) - f.x;
      const ly = (lamps[at + 1] as number) - f.y;
      const lz = (lamps[at + 2] as number) - f.z;
      const squared = lx * lx + ly * ly + lz * lz;
      if (squared > REACH * REACH) continue;
      const towards = (lx * f.nx + ly * f.ny + lz * f.nz) / Math.sqrt(squared);
      const facing = towards > 0 ? 0.25 + 0.75 * towards : f.exposed > 0.9 ? 0 : 0.25;
      const strength = (facing / (1.5 + squared)) * (1 - squared / (REACH * REACH));
      f.lightR += (lamps[at + 3] as number) * strength;
      f.lightG += (lamps[at + 4] as number) * strength;
      f.lightB += (lamps[at + 5] as number) * strength;
    }
  }
}
