// The paint on the road: lines along it, fields across it, arrows. Coordinates: meters across (t) and along (s).

import { clamp, smoothstep } from "../arithmetic.js";
import type { Rgb } from "../color.js";
import type { Fragment } from "../surface.js";
import { clumps } from "../textures/noise.js";
import { bar, bars } from "../textures/pattern.js";

export type Paint = "white" | "yellow";

/** A painted line along the road. */
export interface Line {
  readonly t: number;
  readonly width: number;
  /** Meters of paint and of gap; a gap of 0 is a solid line. */
  readonly dash: number;
  readonly gap: number;
  readonly paint: Paint;
}

/** A white field across (part of) the road: a stop line, or the bars of a zebra crossing. */
export interface Field {
  readonly s: number;
  readonly length: number;
  readonly t: number;
  readonly width: number;
  /** Meters from one bar to the next, half of it paint; 0 for a solid field. */
  readonly bars: number;
}

/** An arrow on a lane, from (s, t) straight ahead. */
export interface Arrow {
  readonly s: number;
  readonly t: number;
}

export interface MarkingPlan {
  readonly lines: readonly Line[];
  readonly fields: readonly Field[];
  readonly arrows: readonly Arrow[];
  /** Stretches of s without lines along the road: crossings. */
  readonly gaps: readonly (readonly [start: number, end: number])[];
}

const white: Rgb = [0.78, 0.78, 0.76];
const yellow: Rgb = [0.72, 0.42, 0.03];

export class Markings {
  constructor(
    readonly plan: MarkingPlan,
    /** The share of the paint that is worn off, 0 to 1. */
    readonly wear: number,
    readonly seed: number,
  ) {}

  /** Paints over the fragment; u is t and v is s. */
  paint(f: Fragment): void {
    const { plan } = this;
    f.paint = 0;
    for (let k = 0; k < plan.fields.length; k++) this.#field(f, plan.fields[k] as Field);
    for (let k = 0; k < plan.arrows.length; k++) this.#arrow(f, plan.arrows[k] as Arrow);
    if (this.#isFree(f)) {
      for (let k = 0; k < plan.lines.length; k++) {
        const line = plan.lines[k] as Line;
        if (line.paint === "white") this.#line(f, line);
      }
      if (f.paint > 0) this.#cover(f, white);
      f.paint = 0;
      for (let k = 0; k < plan.lines.length; k++) {
        const line = plan.lines[k] as Line;
        if (line.paint === "yellow") this.#line(f, line);
      }
      if (f.paint > 0) this.#cover(f, yellow);
      return;
    }
    if (f.paint > 0) this.#cover(f, white);
  }

  #isFree(f: Fragment): boolean {
    const { gaps } = this.plan;
    for (let k = 0; k < gaps.length; k++) {
      const gap = gaps[k] as readonly [number, number];
      if (f.v > gap[0] && f.v < gap[1]) return false;
    }
    return true;
  }

  #line(f: Fragment, { t, width, dash, gap }: Line): void {
    const offset = f.u - t;
    const reach = 0.5 * (width + f.du);
    if (offset > reach || offset < -reach) return;
    const across = bar(offset, -width / 2, width / 2, f.du);
    f.paint += gap > 0 ? across * bars(f.v, dash + gap, 0, dash, f.dv) : across;
  }

  #field(f: Fragment, field: Field): void {
    const { u, v, du, dv } = f;
    const t = u - field.t;
    const s = v - field.s;
    if (s < -dv || s > field.length + dv || t < -du || t > field.width + du) return;
    const solid = bar(s, 0, field.length, dv) * bar(t, 0, field.width, du);
    f.paint += field.bars > 0 ? solid * bars(t, field.bars, 0, field.bars / 2, du) : solid;
  }

  #arrow(f: Fragment, arrow: Arrow): void {
    const across = f.u - arrow.t;
    const along = f.v - arrow.s;
    if (along < -f.dv || along > 4.2 + f.dv || across > 0.7 + f.du || across < -0.7 - f.du) return;
    const shaft = bar(along, 0, 2.6, f.dv) * bar(across, -0.1, 0.1, f.du);
    const half = 0.36 * (4.2 - along);
    const head = bar(along, 2.5, 4.2, f.dv) * clamp((half - Math.abs(across)) / (f.du + 0.02) + 0.5, 0, 1);
    f.paint += Math.max(shaft, head);
  }

  /** Covers the fragment with what is left of the paint. */
  #cover(f: Fragment, color: Rgb): void {
    const { wear } = this;
    const worn = clumps.at(f.u * 30 + this.seed, f.v * 12, Math.max(f.du * 30, f.dv * 12)) + 0.2 * wear;
    const left = 1 - wear * smoothstep(0.75 - 0.6 * wear, 1.05 - 0.45 * wear, worn);
    f.blendColor(color, Math.min(1, f.paint) * left * (1 - 0.35 * wear));
  }
}
