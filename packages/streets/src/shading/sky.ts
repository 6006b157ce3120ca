// The sky: a gradient from horizon to zenith, the glow around the sun and layers of clouds drawn on a plane far above.
// It also answers what a mirror sees, coarsely: sky above, the street's mean color below.

import { clamp, exponential, smoothstep } from "../arithmetic.js";
import type { Rgb } from "../color.js";
import type { Fragment } from "../surface.js";
import { clouds } from "../textures/noise.js";

export interface SkyLook {
  readonly zenith: Rgb;
  readonly horizon: Rgb;
  /** How quickly the horizon's color gives way to the zenith's. */
  readonly falloff: number;
  readonly cloudLight: Rgb;
  readonly cloudDark: Rgb;
  /** The share of the sky that clouds cover. */
  readonly cover: number;
  /** 0: soft veils; 1: heaps with clear edges. */
  readonly crispness: number;
  readonly sunGlow: Rgb;
  readonly stars: number;
}

export class Sky {
  constructor(
    readonly look: SkyLook,
    readonly sun: readonly [number, number, number],
    /** Where the drift of the clouds has taken them, in texels of the noise. */
    readonly drift: readonly [number, number],
    /** The color that mirrors see below the horizon. */
    readonly ground: Rgb,
  ) {}

  /** Sets the fragment's color to the sky's in its direction. */
  paint(f: Fragment): void {
    const { look, sun } = this;
    const height = Math.max(0, f.dy);
    this.gradient(f, height);
    const towards = f.dx * sun[0] + f.dy * sun[1] + f.dz * sun[2];
    if (look.cover > 0) {
      const reach = 1 / (height + 0.12);
      const x = f.dx * reach * 34 + this.drift[0];
      const y = f.dz * reach * 34 + this.drift[1];
      const width = f.du * reach * reach * 20;
      const thickness = clouds.at(x, y, width);
      const threshold = 1 - look.cover;
      const soft = 0.42 - 0.34 * look.crispness;
      const cover =
        smoothstep(threshold - soft, threshold + soft, thickness) * smoothstep(0, 0.1, height + 0.03);
      if (cover > 0) {
        const shade = clouds.at(x * 1.9 + 3 * sun[0] + 71, y * 1.9 + 3 * sun[2] + 13, width * 1.9);
        const light = clamp(0.55 + 1.3 * (shade - thickness) + 0.35 * towards, 0, 1);
        f.r += (look.cloudDark[0] + (look.cloudLight[0] - look.cloudDark[0]) * light - f.r) * cover;
        f.g += (look.cloudDark[1] + (look.cloudLight[1] - look.cloudDark[1]) * light - f.g) * cover;
        f.b += (look.cloudDark[2] + (look.cloudLight[2] - look.cloudDark[2]) * light - f.b) * cover;
      }
    }
    const glow = towards > 0 ? exponential((towards - 1) * 9) + 3 * exponential((towards - 1) * 220) : 0;
    f.r += look.sunGlow[0] * glow;
    f.g += look.sunGlow[1] * glow;
    f.b += look.sunGlow[2] * glow;
  }

  /** Sets the fragment's color to the cloudless sky's at the sine of an elevation, or the ground's below. */
  gradient(f: Fragment, height: number): void {
    const { zenith, horizon, falloff } = this.look;
    const weight = exponential(-falloff * height);
    f.r = zenith[0] + (horizon[0] - zenith[0]) * weight;
    f.g = zenith[1] + (horizon[1] - zenith[1]) * weight;
    f.b = zenith[2] + (horizon[2] - zenith[2]) * weight;
  }
}
