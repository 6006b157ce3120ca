// How light meets a painted fragment: sun and sky, lamps at night, the glint of what mirrors, snow that lies on it, and the
// air between it and the camera. One model for every surface and domain; the domains differ in its numbers only.
//
// Steps hand their results on in the fragment, never as numbers: V8 puts fractions that cross a call on the heap.

import { clamp, exponential, smoothstep } from "../arithmetic.js";
import type { Rgb } from "../color.js";
import type { Fragment } from "../surface.js";
import { clouds, clumps } from "../textures/noise.js";
import type { LampLight } from "./lamps.js";
import type { Sky } from "./sky.js";
import type { SkylineShadow } from "./skyline-shadow.js";

export interface LightLook {
  /** Sunlight on a surface that faces the sun. */
  readonly sun: Rgb;
  /** Light from above and, thrown back by the ground, from below. */
  readonly fromSky: Rgb;
  readonly fromGround: Rgb;
  /** What the air adds, and how much of the view it takes away per meter. */
  readonly haze: Rgb;
  readonly hazeDensity: number;
  /** How brightly the own headlights shine. */
  readonly headlights: number;
  /** How completely snow covers what faces up, 0 to 1. */
  readonly snow: number;
}

const snowColor: Rgb = [0.78, 0.81, 0.87];

/** Entries for each unit of optical depth, and the depth from which on nothing is seen. */
const AIR_STEPS = 128;
const OPAQUE = 14;

/** The share of light that gets through. */
const transmittance = Float32Array.from({ length: OPAQUE * AIR_STEPS + 2 }, (_, k) =>
  exponential(-k / AIR_STEPS),
);

export class Light {
  constructor(
    readonly look: LightLook,
    readonly sun: readonly [number, number, number],
    readonly sky: Sky,
    readonly skyline: SkylineShadow,
    readonly lamps: LampLight | undefined,
  ) {}

  /** Turns the fragment's own color into the light that arrives at the camera. */
  apply(f: Fragment): void {
    const { look } = this;
    if (look.snow > 0) this.#snow(f);
    this.#daylight(f);
    this.lamps?.shineOn(f);
    if (look.headlights > 0) this.#headlights(f);
    f.r *= f.lightR;
    f.g *= f.lightG;
    f.b *= f.lightB;
    if (f.mirror > 0) this.#mirror(f);
    f.r += f.glowR;
    f.g += f.glowG;
    f.b += f.glowB;
    this.air(f);
  }

  #daylight(f: Fragment): void {
    const { look, sun } = this;
    const { sun: sunlight, fromGround, fromSky } = look;
    const open = f.ambient * (1 - f.contact);
    const fromAbove = open * (0.5 + 0.5 * f.ny);
    const fromBelow = open - fromAbove;
    f.lightR = fromGround[0] * fromBelow + fromSky[0] * fromAbove;
    f.lightG = fromGround[1] * fromBelow + fromSky[1] * fromAbove;
    f.lightB = fromGround[2] * fromBelow + fromSky[2] * fromAbove;
    f.sunlit = 0;
    if (sunlight[0] <= 0) return;
    const facing = f.nx * sun[0] + f.ny * sun[1] + f.nz * sun[2];
    const share = (facing > 0 ? facing : -facing * f.translucent) * (1 - f.shadow) * (1 - 0.6 * f.contact);
    if (share <= 0) return;
    f.sunlit = share;
    this.skyline.shade(f, sun);
    f.lightR += sunlight[0] * f.sunlit;
    f.lightG += sunlight[1] * f.sunlit;
    f.lightB += sunlight[2] * f.sunlit;
  }

  /** Mixes in what the fragment mirrors: sky, or the street below the roofs; and the sun's glint. */
  #mirror(f: Fragment): void {
    const { sky, sun, look } = this;
    const { zenith, horizon, falloff } = sky.look;
    const along = f.dx * f.nx + f.dy * f.ny + f.dz * f.nz;
    const grazing = clamp(1 + along, 0, 1);
    const edge = grazing * grazing * grazing * grazing * Math.min(1, 2 * f.mirror);
    const share = f.mirror + (1 - f.mirror) * edge;
    const up = f.dy - 2 * along * f.ny;
    // Houses and trees stand around the street, so the sky begins some way above the horizon.
    const seesSky = smoothstep(0.02, 0.35, up) * share;
    const seesStreet = share - seesSky;
    const pale = up > 0 ? exponential(-falloff * up) : 1;
    const kept = 1 - share;
    f.r = f.r * kept + (zenith[0] + (horizon[0] - zenith[0]) * pale) * seesSky + sky.ground[0] * seesStreet;
    f.g = f.g * kept + (zenith[1] + (horizon[1] - zenith[1]) * pale) * seesSky + sky.ground[1] * seesStreet;
    f.b = f.b * kept + (zenith[2] + (horizon[2] - zenith[2]) * pale) * seesSky + sky.ground[2] * seesStreet;
    if (f.sunlit <= 0) return;
    const glint = (f.dx - 2 * along * f.nx) * sun[0] + up * sun[1] + (f.dz - 2 * along * f.nz) * sun[2];
    if (glint < 0.93) return;
    const sharp = smoothstep(0.93, 1, glint) * f.mirror * 6;
    f.r += look.sun[0] * sharp;
    f.g += look.sun[1] * sharp;
    f.b += look.sun[2] * sharp;
  }

  /** Sends the fragment's light through the air to the camera. */
  air(f: Fragment): void {
    const { haze, hazeDensity } = this.look;
    const depth = Math.min(OPAQUE, f.distance * hazeDensity) * AIR_STEPS;
    const step = depth | 0;
    const from = transmittance[step] as number;
    const kept = from + ((transmittance[step + 1] as number) - from) * (depth - step);
    const added = 1 - kept;
    f.r = f.r * kept + haze[0] * added;
    f.g = f.g * kept + haze[1] * added;
    f.b = f.b * kept + haze[2] * added;
  }

  #snow(f: Fragment): void {
    if (f.ny < 0.25 || f.exposed <= 0) return;
    const { snow } = this.look;
    const facing = smoothstep(0.25, 0.75, f.ny) * f.exposed;
    const patches = clouds.at(f.x * 9, f.z * 9, f.distance * 0.05);
    const cover = facing * smoothstep(1.05 - 1.1 * snow, 1.3 - 1.1 * snow, patches + 0.25);
    const rough = 0.93 + 0.14 * clumps.at(f.x * 30, f.z * 30, f.distance * 0.15);
    f.r += (snowColor[0] * rough - f.r) * cover;
    f.g += (snowColor[1] * rough - f.g) * cover;
    f.b += (snowColor[2] * rough - f.b) * cover;
    f.mirror *= 1 - cover;
  }

  /** The own headlights: a wide cone from below the camera, cut off a little below the horizon. */
  #headlights(f: Fragment): void {
    if (f.z < 1) return;
    const across = f.x / f.z;
    const height = (f.y - 0.7) / f.z;
    const beam = exponential(-5 * across * across) * (1 - 0.75 * smoothstep(-0.03, 0.06, height));
    const towards = clamp(0.15 - f.dx * f.nx - f.dy * f.ny - f.dz * f.nz, 0.1, 1);
    const strength = (this.look.headlights * beam * towards * 160) / (60 + f.z * f.z);
    f.lightR += strength;
    f.lightG += strength * 0.94;
    f.lightB += strength * 0.82;
  }
}
