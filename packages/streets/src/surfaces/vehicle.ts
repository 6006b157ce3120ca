// Vehicles' skins: painted sheet metal with wheel arches, seams and lamps, glass, and wheels. Coordinates are meters in the
// vehicle's own frame: along it (forwards) or across it, and up from the road.

import { clamp, smoothstep } from "../arithmetic.js";
import type { Rgb } from "../color.js";
import { type Fragment, Surface } from "../surface.js";
import { disc } from "../textures/cutouts.js";
import { clumps } from "../textures/noise.js";
import { bar, bars, detail } from "../textures/pattern.js";

const black: Rgb = [0.012, 0.012, 0.014];
const darkTrim: Rgb = [0.03, 0.03, 0.033];
const chrome: Rgb = [0.55, 0.56, 0.58];
const redLens: Rgb = [0.42, 0.015, 0.015];
const clearLens: Rgb = [0.72, 0.74, 0.76];
const amber: Rgb = [0.6, 0.22, 0.02];
const red: Rgb = [1, 0.05, 0.03];
const white: Rgb = [1, 0.95, 0.82];

export interface SkinLook {
  readonly label: number;
  readonly paint: Rgb;
  /** A second color for the lower part or a stripe, between two heights. */
  readonly stripe?: { readonly color: Rgb; readonly from: number; readonly to: number };
  readonly gloss: number;
  /** Dirt thrown up from the road, 0 to 1. */
  readonly dirt: number;
  readonly dirtColor: Rgb;
  /** How brightly the lamps shine; 0 when they are off. */
  readonly lamps: number;
  readonly braking: boolean;
  readonly plate: Rgb;
}

/** Plain painted sheet metal: bonnet, roof, boot lid. */
export class Sheet extends Surface {
  constructor(
    readonly look: SkinLook,
    readonly gain = 1,
  ) {
    super(look.label);
  }

  paint(f: Fragment): void {
    f.setColor(this.look.paint, this.gain);
    f.mirror = this.look.gloss;
  }
}

export interface SideLook {
  /** Middles of the wheels along the vehicle, and their radius. */
  readonly wheels: readonly number[];
  readonly wheelRadius: number;
  /** Where doors meet. */
  readonly seams: readonly number[];
  readonly length: number;
  /** Height of the sill and of the top of the side. */
  readonly sill: number;
  readonly top: number;
  /** Height of the lamps seen from the side. */
  readonly lampHeight: number;
}

/** The side: u forwards, v up. */
export class Side extends Surface {
  constructor(
    readonly look: SkinLook,
    readonly side: SideLook,
  ) {
    super(look.label);
  }

  paint(f: Fragment): void {
    const { look, side } = this;
    const { u, v, du, dv } = f;
    f.setColor(look.paint);
    if (look.stripe) f.blendColor(look.stripe.color, bar(v, look.stripe.from, look.stripe.to, dv));
    f.mirror = look.gloss;
    // A shoulder line: the metal above leans towards the sky, below it towards the road.
    const height = (v - side.sill) / (side.top - side.sill);
    f.ny += 0.55 * (height - 0.55) + (height > 0.62 ? 0.12 : -0.06);
    for (const seam of side.seams) {
      f.multiply(1 - 0.6 * bar(u, seam - 0.018, seam + 0.018, du) * detail(0.08, du));
      const handle = bar(u, seam + 0.08, seam + 0.28, du) * bar(v, side.top - 0.22, side.top - 0.17, dv);
      f.blendColor(chrome, 0.6 * handle);
    }
    const end = side.length / 2;
    const lampBand = bar(v, side.lampHeight - 0.09, side.lampHeight + 0.09, dv);
    f.blendColor(redLens, lampBand * bar(u, -end, -end + 0.22, du));
    f.blendColor(clearLens, lampBand * bar(u, end - 0.3, end, du));
    f.blendColor(darkTrim, 0.85 * bar(v, 0, side.sill + 0.1, dv));
    for (const wheel of side.wheels) {
      const away = Math.sqrt((u - wheel) * (u - wheel) + (v - side.wheelRadius) * (v - side.wheelRadius));
      const arch = clamp((side.wheelRadius * 1.16 - away) / (du + 0.02) + 0.5, 0, 1);
      f.blendColor(black, arch);
      if (arch > 0) f.mirror *= 1 - arch;
    }
    if (look.dirt > 0) {
      const mud = clumps.at(u * 14, v * 14, Math.max(du, dv) * 14);
      f.blendColor(look.dirtColor, look.dirt * (1 - smoothstep(0.1, 0.5, height)) * (0.4 + mud));
    }
    f.exposed = 0;
  }
}

export interface EndLook {
  readonly halfWidth: number;
  readonly sill: number;
  readonly top: number;
  readonly lampHeight: number;
  readonly lampWidth: number;
  readonly lampTall: number;
}

/** The front or the back: u across, v up. */
export class End extends Surface {
  constructor(
    readonly look: SkinLook,
    readonly end: EndLook,
    readonly isFront: boolean,
  ) {
    super(look.label);
  }

  paint(f: Fragment): void {
    const { look, end } = this;
    const { u, v, du, dv } = f;
    const across = u < 0 ? -u : u;
    const { halfWidth, sill, top } = end;
    f.setColor(look.paint);
    if (look.stripe) f.blendColor(look.stripe.color, bar(v, look.stripe.from, look.stripe.to, dv));
    f.mirror = look.gloss;
    const tall = top - sill;
    f.ny += 0.5 * ((v - sill) / tall - 0.5);
    f.blendColor(darkTrim, 0.9 * bar(v, 0, sill + 0.22 * tall, dv));
    const lampBand = bar(v, end.lampHeight - end.lampTall / 2, end.lampHeight + end.lampTall / 2, dv);
    const lamp = lampBand * bar(across, halfWidth - end.lampWidth, halfWidth - 0.04, du);
    if (this.isFront) {
      const grille = bar(across, -1, halfWidth - end.lampWidth - 0.06, du) * lampBand;
      f.blendColor(black, 0.9 * grille * (0.6 + 0.4 * bars(v, 0.06, 0, 0.035, dv)));
      f.blendColor(
        chrome,
        grille *
          0.5 *
          bar(v, end.lampHeight + end.lampTall / 2 - 0.05, end.lampHeight + end.lampTall / 2, dv),
      );
      f.blendColor(clearLens, lamp);
      f.mirror = Math.max(f.mirror, 0.35 * lamp);
      f.addGlow(white, look.lamps * lamp * 9);
    } else {
      f.blendColor(redLens, lamp);
      const lower = lamp * bar(v, end.lampHeight - end.lampTall / 2, end.lampHeight - end.lampTall * 0.2, dv);
      f.blendColor(amber, 0.5 * lower);
      f.addGlow(red, lamp * (look.lamps * 1.2 + (look.braking ? 1.1 : 0)));
    }
    const plateHeight = sill + (this.isFront ? 0.3 : 0.42) * tall;
    const plate = bar(across, -1, 0.26, du) * bar(v, plateHeight - 0.06, plateHeight + 0.06, dv);
    f.blendColor(look.plate, plate);
    if (plate > 0) {
      f.blendColor(
        black,
        0.6 *
          plate *
          detail(0.1, du) *
          bars(u, 0.08, 0.02, 0.06, du) *
          bar(v, plateHeight - 0.03, plateHeight + 0.03, dv),
      );
    }
    if (look.dirt > 0)
      f.blendColor(look.dirtColor, look.dirt * 0.7 * (1 - smoothstep(sill, sill + 0.5 * tall, v)));
    f.exposed = 0;
  }
}

/** Windows; pillars in the body's color stand between them. */
export class Glass extends Surface {
  constructor(
    readonly look: SkinLook,
    /** Positions of pillars along u, and the half width of each. */
    readonly pillars: readonly number[] = [],
    readonly pillarHalf = 0.04,
    /** Light inside, at night. */
    readonly inside = 0,
  ) {
    super(look.label);
  }

  paint(f: Fragment): void {
    const { look } = this;
    const interior = 0.022 + 0.03 * clumps.at(f.u * 9 + 7, f.v * 9, Math.max(f.du, f.dv) * 9);
    f.r = interior;
    f.g = interior * 1.06;
    f.b = interior * 1.12;
    f.mirror = 0.16;
    if (this.inside > 0) f.addGlow(white, this.inside * (0.6 + 8 * interior));
    for (const pillar of this.pillars) {
      const cover = bar(f.u, pillar - this.pillarHalf, pillar + this.pillarHalf, f.du);
      if (cover <= 0) continue;
      f.blendColor(look.paint, cover * 0.85);
      f.glowR *= 1 - cover;
      f.glowG *= 1 - cover;
      f.glowB *= 1 - cover;
      f.mirror += (look.gloss - f.mirror) * cover;
    }
    f.exposed = 0;
  }
}

/** A wheel seen from the side: tire, rim, hub. u and v from -1 to 1. */
export class Wheel extends Surface {
  constructor(
    label: number,
    readonly rim: Rgb = [0.28, 0.28, 0.3],
    readonly rimSize = 0.66,
  ) {
    super(label, { cutout: disc, twoSided: true });
  }

  paint(f: Fragment): void {
    const away = Math.sqrt(f.u * f.u + f.v * f.v);
    f.setColor(black);
    f.multiply(1.8);
    const metal = clamp((this.rimSize - away) / (f.du + 0.02) + 0.5, 0, 1);
    f.blendColor(this.rim, metal);
    const near = detail(0.5, f.du);
    const spokes = (f.u * f.v > 0 ? 1 : 0) * smoothstep(0.18, 0.3, away) * (1 - smoothstep(0.5, 0.6, away));
    f.multiply(1 - 0.55 * near * spokes);
    f.mirror = 0.15 * metal;
    f.exposed = 0;
    f.ambient = 0.7;
  }
}
