// The carriageway: asphalt or cobbles that have been driven on and mended. Coordinates of all ground surfaces: u is the
// world's x, v its z; the course of the road turns them into meters across (t) and along (s).

import { clamp, hash, hashUnit, smoothstep } from "../arithmetic.js";
import type { Rgb } from "../color.js";
import type { Course } from "../scene/course.js";
import { type Fragment, Surface, trainIds } from "../surface.js";
import { clouds, clumps, grain } from "../textures/noise.js";
import { bar, bars, detail } from "../textures/pattern.js";
import type { Markings } from "./markings.js";

export interface RoadLook {
  readonly asphalt: Rgb;
  readonly texture: number;
  /** How much has been mended, 0 to 1. */
  readonly patches: number;
  /** Sand and dust along the edges, 0 to 1. */
  readonly dust: number;
  readonly dustColor: Rgb;
  /** Packed snow between the wheel tracks, 0 to 1. */
  readonly snow: number;
  readonly cobbles: boolean;
}

export interface RoadPlan {
  /** t of the curbs. */
  readonly left: number;
  readonly right: number;
  /** t of the middles of the lanes, and of the rails. */
  readonly lanes: readonly number[];
  readonly rails: readonly number[];
}

const rail: Rgb = [0.2, 0.19, 0.18];
const tar: Rgb = [0.018, 0.018, 0.02];
const slush: Rgb = [0.5, 0.52, 0.56];

export class Road extends Surface {
  readonly #shiftT: number;
  readonly #shiftS: number;

  constructor(
    readonly course: Course,
    readonly look: RoadLook,
    readonly plan: RoadPlan,
    readonly markings: Markings,
    readonly seed: number,
  ) {
    super(trainIds.road, { ground: true });
    this.#shiftT = seed & 255;
    this.#shiftS = (seed >>> 8) & 255;
  }

  paint(f: Fragment): void {
    const { look, plan } = this;
    f.u -= this.course.x(f.v);
    this.#asphalt(f);
    if (look.cobbles) this.#cobbles(f);
    else if (look.patches > 0) this.#mended(f);
    this.#worn(f);
    if (look.dust > 0) this.#dust(f);
    if (f.u > plan.left && f.u < plan.right) {
      this.markings.paint(f);
      if (plan.rails.length > 0) this.#rails(f);
    }
    if (look.snow > 0) this.#packedSnow(f);
    f.exposed = 0;
  }

  #asphalt(f: Fragment): void {
    const { look } = this;
    f.setColor(look.asphalt);
    const wide = f.du + f.dv * 0.4;
    const age = clouds.at(f.u * 3.1 + this.#shiftT, f.v * 1.3 + this.#shiftS, wide * 3);
    const blotches = clumps.at(f.u * 6 + this.#shiftS, f.v * 2.2 + this.#shiftT, wide * 6);
    let tone = 0.45 * (age - 0.5) + 0.22 * (blotches - 0.5);
    // Beyond some meters the stones are too small to be seen.
    if (wide < 0.4) tone += 0.4 * (grain.at(f.u * 55, f.v * 55, wide * 55) - 0.5);
    f.multiply(1 + look.texture * tone);
  }

  #cobbles(f: Fragment): void {
    const near = detail(0.3, Math.max(f.du, f.dv));
    if (near <= 0) return;
    const row = Math.floor(f.v / 0.16);
    const t = f.u + (row & 1) * 0.1;
    const joint = Math.max(bars(f.v, 0.16, 0, 0.035, f.dv), bars(t, 0.2, 0, 0.035, f.du));
    f.multiply(1 - 0.5 * near * joint + 0.3 * near * (hashUnit(row, Math.floor(t / 0.2)) - 0.5));
  }

  /** From the middle of the nearest lane. */
  #offsetInLane(f: Fragment): number {
    const { lanes } = this.plan;
    let nearest = 9;
    let distance = 9;
    for (let k = 0; k < lanes.length; k++) {
      const offset = f.u - (lanes[k] as number);
      const away = Math.abs(offset);
      if (away < distance) {
        nearest = offset;
        distance = away;
      }
    }
    return nearest;
  }

  /** Oil in the middle of each lane; tires polish the tracks beside it. */
  #worn(f: Fragment): void {
    const lane = Math.abs(this.#offsetInLane(f));
    if (lane > 1.1) return;
    const oil = 0.16 * (1 - smoothstep(0.1, 0.5, lane));
    const polish = 0.07 * (1 - smoothstep(0.1, 0.35, Math.abs(lane - 0.75)));
    f.multiply(1 - this.look.texture * (oil - polish));
  }

  #dust(f: Fragment): void {
    const { look, plan } = this;
    const edge = Math.min(f.u - plan.left, plan.right - f.u);
    const drift = clouds.at(f.u * 8 + this.#shiftT, f.v * 3, (f.du + f.dv * 0.4) * 8);
    const cover = clamp(look.dust * (1.15 - edge * 0.35 + (drift - 0.55) * 1.2), 0, 1);
    f.blendColor(look.dustColor, 0.85 * cover);
  }

  /** Patches of newer asphalt, the lids of drains, seams filled with tar. */
  #mended(f: Fragment): void {
    const { look } = this;
    const cellS = Math.floor(f.v / 7);
    const cellT = Math.floor(f.u / 3.3);
    const id = hash(this.seed + cellS, cellT);
    const s = f.v - cellS * 7;
    const t = f.u - cellT * 3.3;
    if ((id & 255) < look.patches * 255) {
      // A trench along or across the road, or a rectangle; older ones are paler than the road.
      const trench = (id >>> 14) & 3;
      const startS = ((id >>> 8) & 7) * 0.4;
      const startT = ((id >>> 11) & 7) * 0.2;
      const along = bar(
        s,
        trench === 0 ? -1 : startS,
        trench === 0 ? 8 : startS + (trench === 1 ? 0.5 : 1.8),
        f.dv,
      );
      const across = bar(
        t,
        trench === 1 ? -1 : startT,
        trench === 1 ? 4 : startT + (trench === 0 ? 0.5 : 1.3),
        f.du,
      );
      f.multiply(1 + along * across * look.texture * ((id >>> 20) & 1 ? 0.12 : -0.17));
    }
    if (((id >>> 22) & 15) === 1) {
      const away = Math.sqrt((s - 3.5) * (s - 3.5) + (t - 1.6) * (t - 1.6));
      f.multiply(1 - 0.55 * clamp((0.36 - away) / (f.du + 0.5 * f.dv + 0.02) + 0.5, 0, 1));
    }
    if (((id >>> 26) & 3) === 1 && f.du < 0.3) {
      const wander = 0.5 * (clouds.at(f.v * 3, this.#shiftT, f.dv * 3) - 0.5) + t - 1.6;
      const crack =
        clamp(1 - Math.abs(wander) / (0.02 + f.du * 0.6), 0, 1) * Math.min(1, 0.06 / (0.02 + f.du));
      f.blendColor(tar, 0.8 * crack * look.patches);
    }
  }

  #rails(f: Fragment): void {
    const { rails } = this.plan;
    for (let k = 0; k < rails.length; k++) {
      const offset = f.u - (rails[k] as number);
      if (Math.abs(offset) > 0.1 + f.du) continue;
      f.blendColor(tar, 0.6 * bar(offset, -0.1, 0.1, f.du));
      const steel = bar(offset, -0.04, 0.04, f.du);
      f.blendColor(rail, steel);
      f.mirror = Math.max(f.mirror, 0.5 * steel);
    }
  }

  #packedSnow(f: Fragment): void {
    const { look, plan } = this;
    const lane = Math.abs(this.#offsetInLane(f));
    const wander = clouds.at(f.u * 7, f.v * 2.5, f.du * 7) - 0.5;
    const bare = 1 - smoothstep(0.22, 0.62, Math.abs(lane - 0.78) + wander * 0.5);
    const edge = Math.min(f.u - plan.left, plan.right - f.u);
    const heap = 1 - smoothstep(0.2, 1.3, edge + wander);
    const rough = clumps.at(f.u * 25, f.v * 12, Math.max(f.du * 25, f.dv * 12));
    const cover = clamp(look.snow * (1.25 - bare * 1.15) + heap - (1 - look.snow) * rough * 1.4, 0, 1);
    f.blendColor(slush, cover * (0.8 + 0.2 * heap));
    f.multiply(1 + 0.3 * cover * (heap * 0.8 + rough - 0.6));
  }
}
