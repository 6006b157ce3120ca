// One color, a little uneven: clothes, poles, bins, wooden parts, anything without a pattern of its own.

import type { Rgb } from "../color.js";
import { type Cutout, type Fragment, Surface } from "../surface.js";
import { clumps } from "../textures/noise.js";

export interface PlainOptions {
  /** How uneven the color is, 0 to 1. */
  readonly uneven?: number;
  /** The share of light that is mirrored. */
  readonly mirror?: number;
  /** How brightly it shines in its own color. */
  readonly glow?: number;
  /** Whether snow stays on it. */
  readonly exposed?: boolean;
  readonly twoSided?: boolean;
  readonly cutout?: Cutout;
}

export class Plain extends Surface {
  readonly #color: Rgb;
  readonly #uneven: number;
  readonly #mirror: number;
  readonly #glow: number;
  readonly #exposed: number;

  constructor(
    label: number,
    color: Rgb,
    { uneven = 0, mirror = 0, glow = 0, exposed = false, twoSided = false, cutout }: PlainOptions = {},
  ) {
    super(label, { cutout, twoSided });
    this.#color = color;
    this.#uneven = uneven;
    this.#mirror = mirror;
    this.#glow = glow;
    this.#exposed = exposed ? 1 : 0;
  }

  paint(f: Fragment): void {
    f.setColor(this.#color);
    if (this.#uneven > 0) {
      f.multiply(1 + this.#uneven * (clumps.at(f.x * 40 + f.z * 23, f.y * 40, f.distance * 0.12) - 0.5));
    }
    f.mirror = this.#mirror;
    f.exposed = this.#exposed;
    if (this.#glow > 0) f.addGlow(this.#color, this.#glow);
  }
}
