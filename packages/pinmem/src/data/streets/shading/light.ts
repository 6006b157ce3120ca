// How light meets a painted fragment: sun and sky, lamps at night, the glint of what mirrors, snow that lies on it, and the
// air between it and the camera. One model for every surface and domain; the domains differ in its numbers only.

import { clamp, exponential, smoothstep } from "../arithmetic.js";
import type { Rgb } from "../color.js";
import type { Fragment } from "../surface.js";
import { clouds, clumps } from "../textures/noise.js";
import type { Sky } from "./sky.js";
import type { SkylineShadow } from "./skyline-shadow.js";

export interface Lamp {
  readonly x: number;
  readonly y: number;
  readonly z: number;
  readonly color: Rgb;
}

export interface LightLook {
  /** Sunlight on a surface that faces the sun. */
  readonly sun: Rgb;
  /** Light from above and, thrown back by the ground, from below. */
  readonly fromSky: Rgb;
  readonly fromGround: Rgb;
  /** What the air adds, and how much of the view it takes away per metre. */
  readonly haze: Rgb;
  readonly hazeDensity: number;
  /** How brightly the own headlights shine. */
  readonly headlights: number;
  /** How completely snow covers what faces up, 0 to 1. */
  readonly snow: number;
}

const snowColor: Rgb = [0.78, 0.81, 0.87];

export class Light {
  constructor(
    readonly look: LightLook,
    readonly sun: readonly [number, number, number],
    readonly sky: Sky,
    readonly skyline: SkylineShadow,
    readonly lamps: readonly Lamp[],
    readonly cameraHeight: number,
  ) {}

  /**
   * Turns the fragment's own colour into the light that arrives at the camera.
   * `shadow` and `contact` (0 to 1) are the marks on the ground at this place.
   */
  apply(f: Fragment, shadow: number, contact: number): void {
    const { look, sun } = this;
    if (look.snow > 0) this.#snow(f);
    const open = f.ambient * (1 - contact);
    const up = 0.5 + 0.5 * f.ny;
    let r = open * (look.fromGround[0] + (look.fromSky[0] - look.fromGround[0]) * up);
    let g = open * (look.fromGround[1] + (look.fromSky[1] - look.fromGround[1]) * up);
    let b = open * (look.fromGround[2] + (look.fromSky[2] - look.fromGround[2]) * up);
    const facing = f.nx * sun[0] + f.ny * sun[1] + f.nz * sun[2];
    let sunlit = 0;
    if (facing > 0 && look.sun[0] > 0) {
      sunlit = facing * (1 - shadow) * (1 - 0.6 * contact);
      if (sunlit > 0) sunlit *= this.skyline.sunlight(f.x, f.y, f.z, sun);
      r += look.sun[0] * sunlit;
      g += look.sun[1] * sunlit;
      b += look.sun[2] * sunlit;
    }
    for (const lamp of this.lamps) {
      const lx = lamp.x - f.x;
      const ly = lamp.y - f.y;
      const lz = lamp.z - f.z;
      const squared = lx * lx + ly * ly + lz * lz;
      if (squared > 900) continue;
      const towards = (lx * f.nx + ly * f.ny + lz * f.nz) / Math.sqrt(squared);
      if (towards <= 0 && f.exposed > 0.9) continue;
      const strength = ((0.25 + 0.75 * clamp(towards, 0, 1)) / (1.5 + squared)) * (1 - squared / 900);
      r += lamp.color[0] * strength;
      g += lamp.color[1] * strength;
      b += lamp.color[2] * strength;
    }
    if (look.headlights > 0) {
      const strength = this.#headlights(f);
      r += strength;
      g += strength * 0.94;
      b += strength * 0.82;
    }
    const colorR = f.r * r;
    const colorG = f.g * g;
    const colorB = f.b * b;
    this.#finish(f, colorR, colorG, colorB, sunlit);
  }

  /** Adds what the surface mirrors and gives off, then the air. */
  #finish(f: Fragment, colorR: number, colorG: number, colorB: number, sunlit: number): void {
    const { sky } = this;
    let r = colorR;
    let g = colorG;
    let b = colorB;
    if (f.mirror > 0) {
      const along = f.dx * f.nx + f.dy * f.ny + f.dz * f.nz;
      const grazing = clamp(1 + along, 0, 1);
      const share =
        f.mirror + (1 - f.mirror) * grazing * grazing * grazing * grazing * Math.min(1, 2 * f.mirror);
      const up = f.dy - 2 * along * f.ny;
      // Houses and trees stand around the street, so the sky begins some way above the horizon.
      const seesSky = smoothstep(0.02, 0.35, up);
      sky.gradient(f, Math.max(0, up));
      r += (sky.ground[0] + (f.r - sky.ground[0]) * seesSky - r) * share;
      g += (sky.ground[1] + (f.g - sky.ground[1]) * seesSky - g) * share;
      b += (sky.ground[2] + (f.b - sky.ground[2]) * seesSky - b) * share;
      if (sunlit > 0) {
        const rx = f.dx - 2 * along * f.nx;
        const rz = f.dz - 2 * along * f.nz;
        const glint = rx * this.sun[0] + up * this.sun[1] + rz * this.sun[2];
        if (glint > 0.9) {
          const sharp = smoothstep(0.93, 1, glint) * f.mirror * 6;
          r += this.look.sun[0] * sharp;
          g += this.look.sun[1] * sharp;
          b += this.look.sun[2] * sharp;
        }
      }
    }
    this.air(f, r + f.glowR, g + f.glowG, b + f.glowB);
  }

  /** Sets the fragment's colour to light that has come the fragment's distance through the air. */
  air(f: Fragment, r: number, g: number, b: number): void {
    const { haze, hazeDensity } = this.look;
    const kept = exponential(-hazeDensity * f.distance);
    const added = 1 - kept;
    f.r = r * kept + haze[0] * added;
    f.g = g * kept + haze[1] * added;
    f.b = b * kept + haze[2] * added;
  }

  #snow(f: Fragment): void {
    const facing = smoothstep(0.25, 0.75, f.ny) * f.exposed;
    if (facing <= 0) return;
    const patches = clouds.at(f.x * 9, f.z * 9, f.distance * 0.05);
    const cover =
      facing * smoothstep(1.05 - 1.1 * this.look.snow, 1.3 - 1.1 * this.look.snow, patches + 0.25);
    const rough = 0.93 + 0.14 * clumps.at(f.x * 30, f.z * 30, f.distance * 0.15);
    f.r += (snowColor[0] * rough - f.r) * cover;
    f.g += (snowColor[1] * rough - f.g) * cover;
    f.b += (snowColor[2] * rough - f.b) * cover;
    f.mirror *= 1 - cover;
  }

  /** The own headlights: a wide cone from below the camera, cut off a little below the horizon. */
  #headlights(f: Fragment): number {
    if (f.z < 1) return 0;
    const across = f.x / f.z;
    const height = (f.y - 0.7) / f.z;
    const beam = exponential(-5 * across * across) * (1 - 0.75 * smoothstep(-0.03, 0.06, height));
    const towards = clamp(0.15 - f.dx * f.nx - f.dy * f.ny - f.dz * f.nz, 0.1, 1);
    return (this.look.headlights * beam * towards * 160) / (60 + f.z * f.z);
  }
}
