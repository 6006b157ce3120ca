// Ground that is not driven on: paving, curbs, and terrain of grass, earth, sand or gravel. Coordinates: the world's x and z
// (curbs: meters along and up).

import { clamp, hashUnit, smoothstep } from "../arithmetic.js";
import { blend, type Rgb, scaled } from "../color.js";
import type { Course } from "../scene/course.js";
import { type Fragment, Surface, trainIds } from "../surface.js";
import { clouds, clumps, grain } from "../textures/noise.js";
import { bars, detail } from "../textures/pattern.js";

/** Slabs, bricks or one sheet of concrete or asphalt (`slab` 0). */
export class Paving extends Surface {
  readonly #joint: Rgb;

  constructor(
    readonly course: Course,
    readonly color: Rgb,
    readonly slab: number,
    readonly texture: number,
    readonly seed: number,
    label: number = trainIds.sidewalk,
  ) {
    super(label, { ground: true });
    this.#joint = scaled(color, 0.5);
  }

  paint(f: Fragment): void {
    f.setColor(this.color);
    const { slab, texture, seed } = this;
    const wide = f.du + 0.4 * f.dv;
    const stains = clouds.at(f.u * 6 + seed, f.v * 4, wide * 6);
    const rough = clumps.at(f.u * 26, f.v * 26, wide * 26);
    f.multiply(1 + texture * (0.5 * (stains - 0.5) + 0.35 * (rough - 0.5)));
    if (slab > 0) {
      const t = f.u - this.course.x(f.v);
      const near = detail(slab * 1.2, Math.max(f.du, f.dv));
      if (near > 0) {
        const tone = hashUnit(Math.floor(t / slab) + seed, Math.floor(f.v / slab));
        const joint = Math.max(bars(t, slab, 0, 0.03, f.du), bars(f.v, slab, 0, 0.03, f.dv));
        f.multiply(1 + near * texture * 0.35 * (tone - 0.5));
        f.blendColor(this.#joint, near * joint * 0.8);
      }
    }
  }
}

/** The curb's upright face and the edges of raised islands. */
export class Curb extends Surface {
  constructor(
    readonly color: Rgb,
    /** Painted in two colors, as in some countries. */
    readonly striped: readonly [Rgb, Rgb] | undefined = undefined,
  ) {
    super(trainIds.sidewalk);
  }

  paint(f: Fragment): void {
    f.setColor(this.color);
    if (this.striped) {
      f.setColor(this.striped[0]);
      f.blendColor(this.striped[1], bars(f.u, 2, 0, 1, f.du));
    }
    f.multiply(0.75 + 0.3 * clumps.at(f.u * 12, f.v * 30, Math.max(f.du * 12, f.dv * 30)));
    f.ambient = 0.7;
    f.exposed = 0;
  }
}

export class Terrain extends Surface {
  readonly #bare: Rgb;

  constructor(
    /** Of what grows, and of the earth between. */
    readonly color: Rgb,
    readonly earth: Rgb,
    /** The share of bare earth, 0 to 1. */
    readonly bareness: number,
    readonly texture: number,
    label: number = trainIds.terrain,
  ) {
    super(label, { ground: true });
    this.#bare = blend(earth, color, 0.15);
  }

  paint(f: Fragment): void {
    f.setColor(this.color);
    const wide = f.du + 0.4 * f.dv;
    const patches = clouds.at(f.u * 4, f.v * 4, wide * 4);
    const tufts = clumps.at(f.u * 16, f.v * 16, wide * 16);
    const blades = grain.at(f.u * 40, f.v * 26, wide * 40);
    const bare = smoothstep(0.98 - this.bareness, 1.2 - this.bareness, patches + 0.3 * (tufts - 0.5));
    f.blendColor(this.#bare, clamp(bare, 0, 1));
    f.multiply(1 + this.texture * (0.5 * (tufts - 0.5) + 0.55 * (blades - 0.5) + 0.4 * (patches - 0.5)));
  }
}
