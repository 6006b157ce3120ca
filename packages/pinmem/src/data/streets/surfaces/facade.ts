// A façade: storeys of windows over a ground floor of shops or doors, in one of several ways of building. Coordinates: u in
// metres along the wall, v in metres above the pavement. Every pattern is averaged over the pixel (textures/pattern.ts).

import { clamp, hash, hashUnit, smoothstep } from "../arithmetic.js";
import type { Rgb } from "../color.js";
import { type Fragment, Surface, trainIds } from "../surface.js";
import { clouds, clumps, grain } from "../textures/noise.js";
import { bar, bars, detail } from "../textures/pattern.js";

export interface FacadeLook {
  readonly wall: Rgb;
  /** Frames, cornices and bands. */
  readonly trim: Rgb;
  /** Shop fronts, doors, shutters. */
  readonly accent: Rgb;
  readonly glass: Rgb;
  readonly height: number;
  readonly groundFloor: number;
  readonly storey: number;
  /** Width of one window's share of the wall. */
  readonly bay: number;
  /** The window's share of bay and storey. */
  readonly windowWidth: number;
  readonly windowHeight: number;
  readonly shops: boolean;
  readonly shutters: boolean;
  readonly bricks: boolean;
  /** How grimy and uneven the wall is, 0 to 1. */
  readonly texture: number;
  /** The share of windows with a light on, and how bright it is. */
  readonly lit: number;
  readonly glow: number;
  readonly seed: number;
}

const lampLight: Rgb = [1, 0.72, 0.38];
const mortar: Rgb = [0.42, 0.38, 0.34];
const darkness: Rgb = [0.012, 0.012, 0.014];

export class Facade extends Surface {
  readonly #look: FacadeLook;
  readonly #bay: number;

  /** `width`: of the wall, which the bays divide evenly; 0 for a wall without windows. */
  constructor(look: FacadeLook, width: number) {
    super(trainIds.building);
    this.#look = look;
    this.#bay = width > 0 ? width / Math.max(1, Math.round(width / look.bay)) : 0;
  }

  paint(f: Fragment): void {
    const look = this.#look;
    this.#wall(f);
    f.exposed = 0;
    const top = look.height - 0.5;
    if (this.#bay > 0) {
      if (f.v < look.groundFloor) this.#groundFloor(f);
      else if (f.v < top) this.#storeys(f);
      const band = bar(f.v, look.groundFloor - 0.12, look.groundFloor + 0.08, f.dv);
      f.blendColor(look.trim, 0.8 * band);
    }
    f.blendColor(look.trim, bar(f.v, top, look.height + 1, f.dv));
    f.multiply(1 - 0.4 * bar(f.v, top - 0.18, top, f.dv));
    f.ambient = 0.72 + 0.28 * smoothstep(0, 3.5, f.v);
  }

  #wall(f: Fragment): void {
    const look = this.#look;
    f.setColor(look.wall);
    const { seed } = look;
    const span = Math.max(f.du, f.dv);
    const stains = clouds.at(f.u * 5 + seed, f.v * 2.2 + seed * 0.7, span * 5);
    const rough = clumps.at(f.u * 19, f.v * 19 + seed, span * 19);
    f.multiply(1 + look.texture * (0.55 * (stains - 0.5) + 0.3 * (rough - 0.5)));
    f.multiply(1 - 0.3 * look.texture * (1 - smoothstep(0, 1.4, f.v)));
    if (look.bricks) {
      const near = detail(0.25, span);
      if (near > 0) {
        const course = Math.floor(f.v / 0.18);
        const joint = Math.max(
          bars(f.v, 0.18, 0, 0.03, f.dv),
          bars(f.u + (course & 1) * 0.25, 0.5, 0, 0.03, f.du),
        );
        const tone = hashUnit(course + seed, Math.floor((f.u + (course & 1) * 0.25) / 0.5));
        f.multiply(1 + near * 0.35 * (tone - 0.5));
        f.blendColor(mortar, near * joint * 0.6);
      }
    }
  }

  #storeys(f: Fragment): void {
    const look = this.#look;
    const bay = this.#bay;
    const { storey } = look;
    const rise = f.v - look.groundFloor;
    const column = Math.floor(f.u / bay);
    const row = Math.floor(rise / storey);
    const halfGap = (bay * (1 - look.windowWidth)) / 2;
    const sill = storey * (1 - look.windowHeight) * 0.6;
    const head = sill + storey * look.windowHeight;
    const across = bars(f.u, bay, halfGap, bay - halfGap, f.du);
    const upright = bars(rise, storey, sill, head, f.dv);
    const near = detail(bay, f.du) * detail(storey, f.dv);
    if (look.shutters) {
      const wing = Math.min(halfGap - 0.05, 0.5);
      const both = bars(f.u, bay, halfGap - wing, bay - halfGap + wing, f.du) - across;
      const slats = 1 - 0.35 * detail(0.12, f.dv) * bars(f.v, 0.12, 0, 0.05, f.dv);
      f.blendColor(look.accent, both * upright);
      if (both * upright > 0.5) f.multiply(slats);
    } else {
      const frame =
        bars(f.u, bay, halfGap - 0.14, bay - halfGap + 0.14, f.du) *
        bars(rise, storey, Math.max(0, sill - 0.22), Math.min(storey, head + 0.14), f.dv);
      f.blendColor(look.trim, 0.75 * frame);
    }
    const glass = across * upright;
    if (glass <= 0) return;
    const id = hash(look.seed + column * 7, row);
    const chance = (id & 1023) / 1023;
    const tone = 0.55 + 0.9 * near * (((id >>> 10) & 255) / 255 - 0.5);
    // Curtains and blinds: the upper part, or all, of some windows.
    const within = rise - row * storey - sill;
    const drawn = ((id >>> 18) & 63) / 63;
    const curtain = chance < 0.45 && within > (head - sill) * (1 - drawn) ? near * 0.75 : 0.12;
    const before = 1 - glass;
    f.r = f.r * before + glass * (look.glass[0] * tone + (0.42 - look.glass[0]) * curtain * 0.7);
    f.g = f.g * before + glass * (look.glass[1] * tone + (0.4 - look.glass[1]) * curtain * 0.7);
    f.b = f.b * before + glass * (look.glass[2] * tone + (0.36 - look.glass[2]) * curtain * 0.7);
    f.mirror = glass * (curtain > 0.2 ? 0.1 : 0.3);
    // The reveal's shadow along the window's head, and its glazing bars.
    f.multiply(1 - 0.6 * glass * near * bars(rise, storey, head - 0.22, head, f.dv));
    const middle = bars(f.u, bay, bay / 2 - 0.04, bay / 2 + 0.04, f.du);
    const transom = bars(rise, storey, sill + (head - sill) * 0.66, sill + (head - sill) * 0.66 + 0.06, f.dv);
    f.blendColor(look.trim, glass * clamp(middle + transom, 0, 1) * 0.8);
    if (look.lit > 0) {
      const on = near > 0.2 ? (chance < look.lit ? 1 : 0) : look.lit;
      f.addGlow(lampLight, glass * on * look.glow * (0.4 + 0.8 * tone) * (curtain > 0.2 ? 0.6 : 1));
    }
  }

  #groundFloor(f: Fragment): void {
    const look = this.#look;
    const bay = Math.max(this.#bay, Math.min(3.2, this.#bay * 2));
    const column = Math.floor(f.u / bay);
    const id = hash(look.seed + 977, column);
    const near = detail(bay, f.du);
    const top = look.groundFloor - 0.95;
    if (look.shops) {
      const pane = bars(f.u, bay, 0.16, bay - 0.16, f.du) * bar(f.v, 0.45, top, f.dv);
      f.blendColor(look.accent, 0.85 * bar(f.v, 0, look.groundFloor - 0.12, f.dv));
      const sign = bar(f.v, look.groundFloor - 0.8, look.groundFloor - 0.22, f.dv);
      this.#lettering(f, sign * near);
      const goods = grain.at(f.u * 14 + look.seed, f.v * 14, Math.max(f.du, f.dv) * 14);
      const inside = 0.05 + 0.22 * near * goods * (1 - smoothstep(0.6, 2.4, f.v));
      const before = 1 - pane;
      const hue = ((id >>> 8) & 255) / 255;
      f.r = f.r * before + pane * inside * (0.8 + 0.5 * hue);
      f.g = f.g * before + pane * inside;
      f.b = f.b * before + pane * inside * (1.25 - 0.5 * hue);
      f.mirror = pane * 0.22;
      if (look.lit > 0 && (id & 15) < 11) {
        f.addGlow(lampLight, look.glow * 1.6 * pane * (0.35 + goods) + look.glow * 0.8 * sign);
      }
      return;
    }
    const door = (id & 3) === 0;
    const halfGap = door ? bay * 0.5 - 0.55 : bay * 0.28;
    const hole = bars(f.u, bay, halfGap, bay - halfGap, f.du) * bar(f.v, door ? 0.1 : 1, top + 0.2, f.dv);
    const frame =
      bars(f.u, bay, halfGap - 0.15, bay - halfGap + 0.15, f.du) * bar(f.v, door ? 0 : 0.8, top + 0.38, f.dv);
    f.blendColor(look.trim, 0.7 * frame);
    if (door) {
      f.blendColor(look.accent, hole);
      f.blendColor(darkness, hole * 0.5 * bars(f.u, bay, bay / 2 - 0.03, bay / 2 + 0.03, f.du));
    } else {
      f.blendColor(look.glass, hole);
      f.mirror = hole * 0.25;
      f.blendColor(look.trim, hole * 0.8 * bars(f.u, bay, bay / 2 - 0.04, bay / 2 + 0.04, f.du));
      if (look.lit > 0 && ((id >>> 4) & 255) / 255 < look.lit) f.addGlow(lampLight, hole * look.glow * 0.8);
    }
  }

  /** The name over a shop: blocks that read as letters from a passing car. */
  #lettering(f: Fragment, weight: number): void {
    if (weight <= 0) return;
    const look = this.#look;
    f.multiply(1 - 0.25 * weight);
    const cell = 0.34;
    const letter = hash(look.seed + 31, Math.floor(f.u / cell));
    if ((letter & 7) < 2) return;
    const ink =
      bars(f.u, cell, 0.05, 0.16 + 0.1 * ((letter >>> 4) & 1), f.du) *
      bar(f.v, look.groundFloor - 0.66, look.groundFloor - 0.36, f.dv);
    f.blendColor(look.trim, weight * ink * 1.2 > 1 ? 1 : weight * ink * 1.2);
  }
}
