// Things laid in courses: free-standing walls of brick, stone, blocks, concrete or plaster, and tiled roofs.
// Coordinates: u in meters along, v in meters up.

import { hashUnit, smoothstep } from "../arithmetic.js";
import { blend, type Rgb, scaled } from "../color.js";
import { type Fragment, Surface, trainIds } from "../surface.js";
import { clouds, clumps } from "../textures/noise.js";
import { bar, bars, detail } from "../textures/pattern.js";

export type Bond = "bricks" | "stones" | "panels" | "plaster";

const courses = { bricks: [0.16, 0.44], stones: [0.42, 0.8], panels: [1.4, 2.4], plaster: [0, 0] } as const;

export class Masonry extends Surface {
  readonly #joint: Rgb;
  readonly #cap: Rgb;

  constructor(
    readonly color: Rgb,
    readonly bond: Bond,
    readonly height: number,
    readonly texture: number,
    readonly seed: number,
    /** Paint over paint, as on the walls of some cities: 0 to 1. */
    readonly graffiti = 0,
  ) {
    super(trainIds.wall);
    this.#joint = blend(scaled(color, 0.55), [0.3, 0.28, 0.26], 0.4);
    this.#cap = blend(scaled(color, 1.15), [0.5, 0.48, 0.45], 0.5);
  }

  paint(f: Fragment): void {
    f.setColor(this.color);
    const { seed, texture } = this;
    const span = Math.max(f.du, f.dv);
    const stains = clouds.at(f.u * 9 + seed, f.v * 5, span * 9);
    const rough = clumps.at(f.u * 28, f.v * 28 + seed, span * 28);
    f.multiply(1 + texture * (0.7 * (stains - 0.5) + 0.5 * (rough - 0.5)));
    const [rise, run] = courses[this.bond];
    if (rise > 0) {
      const near = detail(rise * 1.5, span);
      const course = Math.floor(f.v / rise);
      const shift = (course & 1) * run * 0.5;
      const tone = hashUnit(course + seed, Math.floor((f.u + shift) / run));
      const width = rise < 0.3 ? 0.025 : 0.035;
      const joint = Math.max(bars(f.v, rise, 0, width, f.dv), bars(f.u + shift, run, 0, width, f.du));
      f.multiply(1 + near * texture * 0.5 * (tone - 0.5));
      f.blendColor(this.#joint, near * joint * 0.8);
    }
    if (this.graffiti > 0) this.#spray(f, span);
    f.multiply(1 - 0.45 * texture * (1 - smoothstep(0, 0.7, f.v)) * (0.5 + stains));
    f.blendColor(this.#cap, bar(f.v, this.height - 0.14, this.height + 1, f.dv));
    f.multiply(1 - 0.4 * bar(f.v, this.height - 0.2, this.height - 0.14, f.dv));
    f.exposed = 0;
    f.ambient = 0.75;
  }

  #spray(f: Fragment, span: number): void {
    const poster = Math.floor((f.u + this.seed) / 4.5);
    if (hashUnit(poster, this.seed) > this.graffiti) return;
    const hue = hashUnit(poster, this.seed + 1);
    const line = clouds.at(f.u * 17 + this.seed, f.v * 17, span * 17);
    const ink = smoothstep(0.5, 0.56, line) * smoothstep(0.3, 0.6, f.v) * (1 - smoothstep(1.4, 1.9, f.v));
    f.blendColor([hue > 0.5 ? 0.5 : 0.05, 0.1 + 0.25 * hue, hue > 0.3 ? 0.08 : 0.4], 0.7 * ink);
  }
}

/** A roof's tiles, slates or sheets: u across the slope, v up the slope. */
export class Tiles extends Surface {
  constructor(
    readonly color: Rgb,
    readonly texture: number,
    readonly seed: number,
  ) {
    super(trainIds.building);
  }

  paint(f: Fragment): void {
    f.setColor(this.color);
    const span = Math.max(f.du, f.dv);
    const moss = clouds.at(f.u * 6 + this.seed, f.v * 6, span * 6);
    f.multiply(1 + this.texture * 0.7 * (moss - 0.5));
    const near = detail(0.5, span);
    f.multiply(1 - near * this.texture * 0.35 * bars(f.v, 0.33, 0, 0.09, f.dv));
    f.multiply(1 - near * this.texture * 0.2 * bars(f.u, 0.3, 0, 0.08, f.du));
  }
}
