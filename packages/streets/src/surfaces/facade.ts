// A façade: stories of windows over a ground floor of shops or doors, in one of several ways of building. Coordinates: u in
// meters along the wall, v in meters above the pavement. Patterns are averaged over the pixel (textures/pattern.ts), and
// give way to their mean color where windows are smaller than pixels.

import { hash, hashUnit, smoothstep } from "../arithmetic.js";
import { blend, type Rgb } from "../color.js";
import { type Fragment, Surface, trainIds } from "../surface.js";
import { clouds, clumps } from "../textures/noise.js";
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
  readonly story: number;
  /** Width of one window's share of the wall. */
  readonly bay: number;
  /** The window's share of bay and story. */
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
const curtain: Rgb = [0.4, 0.38, 0.34];
const interior: Rgb = [0.035, 0.032, 0.03];
const goodsColors: readonly Rgb[] = [
  [0.3, 0.08, 0.05],
  [0.06, 0.14, 0.28],
  [0.3, 0.28, 0.22],
  [0.08, 0.16, 0.07],
  [0.32, 0.22, 0.04],
  [0.05, 0.05, 0.06],
  [0.2, 0.15, 0.1],
  [0.4, 0.38, 0.35],
];

export class Facade extends Surface {
  readonly #look: FacadeLook;
  readonly #bay: number;
  readonly #shopBay: number;
  /** Half of the wall between two windows; the heights of sill and head above the story's floor. */
  readonly #gap: number;
  readonly #sill: number;
  readonly #head: number;
  /** The color of stories seen from afar, and the share of glass in it. */
  readonly #mean: Rgb;
  readonly #glassShare: number;

  /** `width`: of the wall, which the bays divide evenly; 0 for a wall without windows. */
  constructor(look: FacadeLook, width: number) {
    super(trainIds.building);
    this.#look = look;
    this.#bay = width > 0 ? width / Math.max(1, Math.round(width / look.bay)) : 0;
    this.#shopBay = Math.max(this.#bay, Math.min(3.2, this.#bay * 2));
    this.#gap = (this.#bay * (1 - look.windowWidth)) / 2;
    this.#sill = look.story * (1 - look.windowHeight) * 0.6;
    this.#head = this.#sill + look.story * look.windowHeight;
    this.#glassShare = look.windowWidth * look.windowHeight;
    this.#mean = blend(look.glass, curtain, 0.15);
  }

  paint(f: Fragment): void {
    const look = this.#look;
    this.#wall(f);
    if (look.bricks) this.#bricks(f);
    const top = look.height - 0.5;
    if (this.#bay > 0) {
      if (f.v < look.groundFloor) {
        if (look.shops) this.#shops(f);
        else this.#doors(f);
      } else if (f.v < top) {
        if (f.du > this.#bay || f.dv > look.story) this.#farStories(f);
        else this.#stories(f);
      }
      f.blendColor(look.trim, 0.8 * bar(f.v, look.groundFloor - 0.12, look.groundFloor + 0.08, f.dv));
    }
    if (f.v > top - 0.2 - f.dv) {
      f.multiply(1 - 0.4 * bar(f.v, top - 0.18, top, f.dv));
      f.blendColor(look.trim, bar(f.v, top, look.height + 1, f.dv));
    }
    f.exposed = 0;
    f.ambient = 0.72 + 0.28 * smoothstep(0, 3.5, f.v);
  }

  #wall(f: Fragment): void {
    const { wall, seed, texture } = this.#look;
    f.setColor(wall);
    const span = Math.max(f.du, f.dv);
    let tone = 0.55 * (clouds.at(f.u * 5 + seed, f.v * 2.2 + seed * 0.7, span * 5) - 0.5);
    if (span < 1) tone += 0.3 * (clumps.at(f.u * 19, f.v * 19 + seed, span * 19) - 0.5);
    const soil = f.v < 1.4 ? 0.3 * (1 - smoothstep(0, 1.4, f.v)) : 0;
    f.multiply(1 + texture * (tone - soil));
  }

  #bricks(f: Fragment): void {
    const near = detail(0.25, Math.max(f.du, f.dv));
    if (near <= 0) return;
    const course = Math.floor(f.v / 0.18);
    const u = f.u + (course & 1) * 0.25;
    const joint = Math.max(bars(f.v, 0.18, 0, 0.03, f.dv), bars(u, 0.5, 0, 0.03, f.du));
    f.multiply(1 + near * 0.35 * (hashUnit(course + this.#look.seed, Math.floor(u / 0.5)) - 0.5));
    f.blendColor(mortar, near * joint * 0.6);
  }

  #farStories(f: Fragment): void {
    const look = this.#look;
    f.blendColor(this.#mean, this.#glassShare);
    f.mirror = 0.25 * this.#glassShare;
    if (look.lit > 0) f.addGlow(lampLight, this.#glassShare * look.lit * look.glow);
  }

  #stories(f: Fragment): void {
    const look = this.#look;
    const rise = f.v - look.groundFloor;
    const column = Math.floor(f.u / this.#bay);
    const row = Math.floor(rise / look.story);
    // From here on within one bay and one story.
    const u = f.u - column * this.#bay;
    const v = rise - row * look.story;
    const left = this.#gap;
    const right = this.#bay - left;
    const upright = bar(v, this.#sill, this.#head, f.dv);
    if (look.shutters) {
      const wing = Math.min(left - 0.05, 0.5);
      f.blendColor(
        look.accent,
        upright * (bar(u, left - wing, left, f.du) + bar(u, right, right + wing, f.du)),
      );
    } else {
      const frame =
        bar(u, left - 0.14, right + 0.14, f.du) * bar(v, this.#sill - 0.22, this.#head + 0.14, f.dv);
      f.blendColor(look.trim, 0.75 * frame);
    }
    f.paint = upright * bar(u, left, right, f.du);
    if (f.paint > 0) this.#window(f, u, v, hash(look.seed + column * 7, row));
  }

  /** Glass, curtains, reveal and glazing bars of one window; `f.paint` is how much of the pixel it fills. */
  #window(f: Fragment, u: number, v: number, id: number): void {
    const look = this.#look;
    const glass = f.paint;
    const near = detail(this.#bay, f.du) * detail(look.story, f.dv);
    const chance = id & 1023;
    const tone = 1 + near * (((id >>> 10) & 255) / 255 - 0.5);
    f.blendColor(look.glass, glass);
    f.multiply(1 + glass * (tone - 1));
    // Curtains and blinds cover the upper part, or all, of some windows.
    const drawn = ((id >>> 18) & 63) / 63;
    const closed = chance < 460 && v - this.#sill > (this.#head - this.#sill) * (1 - drawn);
    f.blendColor(curtain, glass * (closed ? 0.12 + 0.4 * near : 0.08));
    f.mirror = glass * (closed ? 0.08 : 0.24);
    f.multiply(1 - 0.6 * glass * near * bar(v, this.#head - 0.22, this.#head, f.dv));
    const middle = this.#bay / 2;
    f.blendColor(look.trim, 0.8 * glass * bar(u, middle - 0.04, middle + 0.04, f.du));
    if (look.lit > 0) {
      const on = near > 0.2 ? (chance < 1023 * look.lit ? 1 : 0) : look.lit;
      f.addGlow(lampLight, glass * on * look.glow * (closed ? 0.6 : 1) * tone);
    }
  }

  #shops(f: Fragment): void {
    const look = this.#look;
    const bay = this.#shopBay;
    const top = look.groundFloor - 0.95;
    f.blendColor(look.accent, 0.85 * bar(f.v, 0, look.groundFloor - 0.12, f.dv));
    const sign = bar(f.v, look.groundFloor - 0.8, look.groundFloor - 0.22, f.dv);
    if (sign > 0 && f.du < 0.4) this.#lettering(f, sign);
    const column = Math.floor(f.u / bay);
    const id = hash(look.seed + 977, column);
    const pane = bar(f.u - column * bay, 0.16, bay - 0.16, f.du) * bar(f.v, 0.45, top, f.dv);
    const brightness = pane > 0 ? this.#goods(f, pane, id) : 0;
    f.mirror = 0.2 * pane;
    if (look.lit > 0 && (id & 15) < 11) {
      f.addGlow(lampLight, look.glow * (1.6 * pane * brightness + 0.8 * sign));
    }
  }

  /** What stands behind a shop's pane, on shelves up to a man's height; returns how bright it is. */
  #goods(f: Fragment, pane: number, id: number): number {
    f.blendColor(interior, pane);
    const near = detail(0.4, Math.max(f.du, f.dv));
    const shelf = Math.floor(f.v / 0.55);
    const thing = hash(this.#look.seed + shelf, Math.floor(f.u / (0.25 + 0.2 * (id & 1))));
    const shown = pane * (1 - smoothstep(1.3, 2, f.v));
    const tone = 0.25 + 0.9 * ((thing & 255) / 255);
    f.blendColor(goodsColors[(thing >>> 8) & 7] as Rgb, shown * (0.35 + near * (tone - 0.35)));
    return 0.3 + 0.5 * shown * tone;
  }

  #doors(f: Fragment): void {
    const look = this.#look;
    const bay = this.#shopBay;
    const column = Math.floor(f.u / bay);
    const id = hash(look.seed + 977, column);
    const u = f.u - column * bay;
    const door = (id & 3) === 0;
    const left = door ? bay * 0.5 - 0.55 : bay * 0.28;
    const top = look.groundFloor - (door ? 0.75 : 0.9);
    const frame = bar(u, left - 0.15, bay - left + 0.15, f.du) * bar(f.v, door ? 0 : 0.8, top + 0.18, f.dv);
    f.blendColor(look.trim, 0.7 * frame);
    const hole = bar(u, left, bay - left, f.du) * bar(f.v, door ? 0.1 : 1, top, f.dv);
    f.blendColor(door ? look.accent : look.glass, hole);
    const middle = hole * bar(u, bay / 2 - 0.04, bay / 2 + 0.04, f.du);
    f.blendColor(door ? darkness : look.trim, 0.6 * middle);
    if (door) return;
    f.mirror = 0.25 * hole;
    if (look.lit > 0 && ((id >>> 4) & 255) < 255 * look.lit) f.addGlow(lampLight, hole * look.glow * 0.8);
  }

  /** The name over a shop: blocks that read as letters from a passing car. */
  #lettering(f: Fragment, weight: number): void {
    const look = this.#look;
    f.multiply(1 - 0.25 * weight);
    const cell = 0.34;
    const position = Math.floor(f.u / cell);
    const letter = hash(look.seed + 31, position);
    if ((letter & 7) < 2) return;
    const stroke = bar(f.u - position * cell, 0.05, 0.16 + 0.1 * ((letter >>> 4) & 1), f.du);
    const line = bar(f.v, look.groundFloor - 0.66, look.groundFloor - 0.36, f.dv);
    f.blendColor(look.trim, Math.min(1, 1.2 * weight * stroke * line));
  }
}
