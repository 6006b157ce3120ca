// The carriageway: asphalt that has been driven on and mended, and the paint on it. Coordinates of all ground surfaces: u is
// the world's x, v its z; the course of the road turns them into metres along (s) and across (t).

import { clamp, hash, hashUnit, smoothstep } from "../arithmetic.js";
import type { Rgb } from "../color.js";
import type { Course } from "../scene/course.js";
import { type Fragment, Surface, trainIds } from "../surface.js";
import { clouds, clumps, grain } from "../textures/noise.js";
import { bar, bars, detail } from "../textures/pattern.js";

/** A painted line along the road. */
export interface Line {
  readonly t: number;
  readonly width: number;
  /** Metres of paint and of gap; a gap of 0 is a solid line. */
  readonly dash: number;
  readonly gap: number;
  readonly color: Rgb;
}

/** A painted field across (part of) the road: a stop line, the bars of a zebra crossing, a bay. */
export interface Field {
  readonly s: number;
  readonly length: number;
  readonly t: number;
  readonly width: number;
  /** Width of the bars across t, half paint and half gap; 0 for a solid field. */
  readonly bars: number;
  readonly color: Rgb;
}

/** An arrow on a lane: straight ahead from (s, t). */
export interface Arrow {
  readonly s: number;
  readonly t: number;
  /** 1 ahead, -1 towards the camera. */
  readonly direction: number;
}

export interface RoadLook {
  readonly asphalt: Rgb;
  readonly paint: Rgb;
  readonly texture: number;
  /** The share of the paint that is worn off. */
  readonly wear: number;
  /** How much has been mended. */
  readonly patches: number;
  /** Sand and dust along the edges, 0 to 1. */
  readonly dust: number;
  readonly dustColor: Rgb;
  /** Packed snow between the wheel tracks, 0 to 1. */
  readonly snow: number;
  readonly cobbles: boolean;
}

export interface RoadPlan {
  readonly left: number;
  readonly right: number;
  /** Middles of the lanes, and their width. */
  readonly lanes: readonly number[];
  readonly laneWidth: number;
  readonly lines: readonly Line[];
  readonly fields: readonly Field[];
  readonly arrows: readonly Arrow[];
  /** Stretches of s without lines along the road: crossings. */
  readonly gaps: readonly (readonly [start: number, end: number])[];
  /** Rails: their t. */
  readonly rails: readonly number[];
}

const rail: Rgb = [0.2, 0.19, 0.18];
const tar: Rgb = [0.018, 0.018, 0.02];
const slush: Rgb = [0.5, 0.52, 0.56];

export class Road extends Surface {
  override readonly ground = true;
  readonly #s: readonly [number, number];

  constructor(
    readonly course: Course,
    readonly look: RoadLook,
    readonly plan: RoadPlan,
    readonly seed: number,
  ) {
    super(trainIds.road);
    this.#s = [seed & 255, (seed >>> 8) & 255];
  }

  paint(f: Fragment): void {
    const { look, plan } = this;
    const s = f.v;
    const t = f.u - this.course.x(s);
    const { du, dv } = f;
    this.#asphalt(f, s, t);
    const inside = t > plan.left && t < plan.right;
    if (inside) {
      let free = 1;
      for (const [start, end] of plan.gaps) if (s > start && s < end) free = 0;
      if (free > 0) {
        for (const line of plan.lines) {
          const offset = t - line.t;
          const reach = line.width * 0.5 + du;
          if (offset > reach || offset < -reach) continue;
          const cover =
            bar(offset, -line.width / 2, line.width / 2, du) *
            (line.gap > 0 ? bars(s, line.dash + line.gap, 0, line.dash, dv) : 1);
          this.#paintOver(f, line.color, cover, s, t);
        }
      }
      for (const field of plan.fields) {
        if (s < field.s - dv || s > field.s + field.length + dv) continue;
        if (t < field.t - du || t > field.t + field.width + du) continue;
        const cover =
          bar(s, field.s, field.s + field.length, dv) *
          bar(t, field.t, field.t + field.width, du) *
          (field.bars > 0 ? bars(t - field.t, field.bars, 0, field.bars / 2, du) : 1);
        this.#paintOver(f, field.color, cover, s, t);
      }
      for (const arrow of plan.arrows) this.#arrow(f, arrow, s, t);
      for (const position of plan.rails) {
        const offset = t - position;
        if (offset > 0.4 + du || offset < -0.4 - du) continue;
        f.blendColor(tar, 0.6 * bar(offset, -0.1, 0.1, du));
        const steel = bar(offset, -0.04, 0.04, du);
        f.blendColor(rail, steel);
        f.mirror = Math.max(f.mirror, 0.5 * steel);
      }
    }
    if (look.snow > 0) this.#packedSnow(f, t);
    f.exposed = 0;
  }

  #asphalt(f: Fragment, s: number, t: number): void {
    const { look, plan } = this;
    const [sx, sy] = this.#s;
    f.setColor(look.asphalt);
    const { du, dv } = f;
    const wide = du + dv * 0.4;
    const age = clouds.at(f.u * 3.1 + sx, s * 1.3 + sy, wide * 3);
    const stones = grain.at(f.u * 55, s * 55, wide * 55);
    const blotches = clumps.at(f.u * 6 + sy, s * 2.2 + sx, wide * 6);
    f.multiply(1 + look.texture * (0.45 * (age - 0.5) + 0.4 * (stones - 0.5) + 0.22 * (blotches - 0.5)));
    if (look.cobbles) {
      const near = detail(0.3, Math.max(du, dv));
      const row = Math.floor(s / 0.16);
      const joint = Math.max(bars(s, 0.16, 0, 0.035, dv), bars(t + (row & 1) * 0.1, 0.2, 0, 0.035, du));
      f.multiply(
        1 - 0.5 * near * joint + 0.3 * near * (hashUnit(row, Math.floor((t + (row & 1) * 0.1) / 0.2)) - 0.5),
      );
    }
    // Oil in the middle of each lane, tyres polish the tracks beside it.
    const lane = this.#offsetInLane(t);
    const track = lane < 0 ? lane + 0.75 : lane - 0.75;
    f.multiply(
      1 -
        look.texture *
          (0.16 * (1 - smoothstep(0.1, 0.5, Math.abs(lane))) -
            0.07 * (1 - smoothstep(0.1, 0.35, Math.abs(track)))),
    );
    if (look.patches > 0) this.#mended(f, s, t);
    if (look.dust > 0) {
      const edge = Math.min(t - plan.left, plan.right - t);
      const drift = clouds.at(f.u * 8 + sx, s * 3, wide * 8);
      const cover = clamp(look.dust * (1.15 - edge * 0.35) + (drift - 0.55) * 1.2 * look.dust, 0, 1) * 0.85;
      f.blendColor(look.dustColor, cover);
    }
    f.mirror = 0;
  }

  #offsetInLane(t: number): number {
    let nearest = 9;
    for (const middle of this.plan.lanes) {
      const offset = t - middle;
      if ((offset < 0 ? -offset : offset) < (nearest < 0 ? -nearest : nearest)) nearest = offset;
    }
    return nearest;
  }

  /** Patches of newer asphalt, seams filled with tar, the lids of drains. */
  #mended(f: Fragment, s: number, t: number): void {
    const { look } = this;
    const cellS = Math.floor(s / 7);
    const cellT = Math.floor(t / 3.3);
    const id = hash(this.seed + cellS, cellT);
    const ls = s - cellS * 7;
    const lt = t - cellT * 3.3;
    if ((id & 255) / 255 < look.patches) {
      const startS = ((id >>> 8) & 7) * 0.4;
      const startT = ((id >>> 11) & 7) * 0.15;
      const length = 1 + ((id >>> 14) & 7) * 0.4;
      const cover =
        bar(ls, startS, startS + length, f.dv) *
        bar(lt, startT, startT + 0.9 + ((id >>> 17) & 3) * 0.4, f.du);
      f.multiply(1 - cover * (0.32 - 0.5 * ((id >>> 20) & 1)));
    }
    if (((id >>> 22) & 15) === 1) {
      const ds = ls - 3.5;
      const dt = lt - 1.6;
      const away = Math.sqrt(ds * ds + dt * dt);
      const lid = clamp((0.36 - away) / Math.max(0.02, f.du + 0.5 * f.dv) + 0.5, 0, 1);
      f.multiply(1 - 0.55 * lid);
    }
    const wander = 0.5 * (clouds.at(s * 3, this.#s[0], f.dv * 3) - 0.5) + lt - 1.6;
    const crack = clamp(1 - Math.abs(wander) / (0.02 + f.du * 0.6), 0, 1) * clamp(0.06 / (0.02 + f.du), 0, 1);
    if (((id >>> 26) & 3) === 1) f.blendColor(tar, 0.8 * crack * look.patches);
  }

  #paintOver(f: Fragment, color: Rgb, cover: number, s: number, t: number): void {
    if (cover <= 0) return;
    const { wear } = this.look;
    const worn = clumps.at(t * 30 + this.#s[0], s * 12, Math.max(f.du * 30, f.dv * 12));
    const left = 1 - wear * smoothstep(0.75 - 0.6 * wear, 1.05 - 0.45 * wear, worn + 0.2 * wear);
    f.blendColor(color, cover * left * (1 - 0.35 * wear));
  }

  #arrow(f: Fragment, { s: from, t: middle, direction }: Arrow, s: number, t: number): void {
    const along = (s - from) * direction;
    const across = Math.abs(t - middle);
    if (along < -0.2 - f.dv || along > 4.4 + f.dv || across > 0.7 + f.du) return;
    const shaft = bar(along, 0, 2.6, f.dv) * bar(t - middle, -0.1, 0.1, f.du);
    const tip = (4.2 - along) * 0.36;
    const head = bar(along, 2.5, 4.2, f.dv) * clamp((tip - across) / (f.du + 0.02) + 0.5, 0, 1);
    this.#paintOver(f, this.look.paint, Math.max(shaft, head), s, t);
  }

  #packedSnow(f: Fragment, t: number): void {
    const { look, plan } = this;
    const lane = this.#offsetInLane(t);
    const track = lane < 0 ? lane + 0.78 : lane - 0.78;
    const wander = clouds.at(f.u * 7, f.v * 2.5, f.du * 7) - 0.5;
    const bare = 1 - smoothstep(0.22, 0.62, Math.abs(track) + wander * 0.5);
    const edge = Math.min(t - plan.left, plan.right - t);
    const heap = 1 - smoothstep(0.2, 1.3, edge + wander);
    const rough = clumps.at(f.u * 25, f.v * 12, Math.max(f.du * 25, f.dv * 12));
    const cover = clamp(look.snow * (1.25 - bare * 1.15) + heap - (1 - look.snow) * rough * 1.4, 0, 1);
    f.blendColor(slush, cover * (0.8 + 0.2 * heap));
    f.multiply(1 + 0.3 * cover * (heap * 0.8 + rough - 0.6));
  }
}
