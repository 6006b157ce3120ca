// Faces of traffic signs and lights. Coordinates from -1 to 1 across and up the face.

import { clamp } from "../arithmetic.js";
import type { Rgb } from "../color.js";
import { type Cutout, type Fragment, Surface, trainIds } from "../surface.js";
import { diamond, disc, octagon, triangle, yieldTriangle } from "../textures/cutouts.js";
import { grain } from "../textures/noise.js";
import { bar } from "../textures/pattern.js";

export type SignKind =
  | "prohibition"
  | "mandatory"
  | "warning"
  | "yield"
  | "stop"
  | "priority"
  | "panel"
  | "guide"
  | "board";

const cutouts: Readonly<Record<SignKind, Cutout | undefined>> = {
  prohibition: disc,
  mandatory: disc,
  warning: triangle,
  yield: yieldTriangle,
  stop: octagon,
  priority: diamond,
  panel: undefined,
  guide: undefined,
  board: undefined,
};

const red: Rgb = [0.55, 0.02, 0.03];
const white: Rgb = [0.8, 0.8, 0.78];
const blue: Rgb = [0.02, 0.12, 0.5];
const yellow: Rgb = [0.75, 0.5, 0.02];
const green: Rgb = [0.01, 0.22, 0.1];
const ink: Rgb = [0.02, 0.02, 0.02];

export class SignFace extends Surface {
  constructor(
    readonly kind: SignKind,
    readonly seed: number,
    /** Guide signs are green here, blue there. */
    readonly guideColor: Rgb = green,
    /** Warnings on yellow rather than white. */
    readonly yellowWarnings = false,
  ) {
    super(trainIds.trafficSign, { cutout: cutouts[kind] });
  }

  paint(f: Fragment): void {
    const { u, v } = f;
    const span = f.du + 0.02;
    const squared = u * u + v * v;
    const inside = (radius: number) => clamp((radius - Math.sqrt(squared)) / span + 0.5, 0, 1);
    const symbol = grain.at(u * 5 + this.seed, v * 5, f.du * 5) > 0.55 ? 1 : 0;
    switch (this.kind) {
      case "prohibition":
        f.setColor(red);
        f.blendColor(white, inside(0.72));
        f.blendColor(ink, 0.85 * symbol * inside(0.45));
        break;
      case "mandatory":
        f.setColor(blue);
        f.blendColor(white, symbol * inside(0.6));
        break;
      case "warning":
      case "yield": {
        f.setColor(red);
        const tip = this.kind === "warning" ? v : -v;
        const core =
          clamp((0.42 - Math.abs(u) * 1.05 - 0.6 * (tip + 0.45)) / span + 0.5, 0, 1) *
          bar(tip, -0.74, 1, span);
        f.blendColor(this.yellowWarnings ? yellow : white, core);
        if (this.kind === "warning")
          f.blendColor(ink, 0.8 * bar(u, -0.1, 0.1, span) * bar(v, -0.6, 0.15, span));
        break;
      }
      case "stop":
        f.setColor(red);
        f.blendColor(white, 0.9 * symbol * bar(v, -0.28, 0.28, span) * bar(u, -0.7, 0.7, span));
        break;
      case "priority":
        f.setColor(white);
        f.blendColor(yellow, clamp((0.68 - Math.abs(u) - Math.abs(v)) / span + 0.5, 0, 1));
        break;
      default:
        this.#board(f, span, symbol);
    }
    f.mirror = 0.04;
    f.exposed = 0;
    // Signs are made to throw headlights back.
    f.ambient = 1.1;
  }

  #board(f: Fragment, span: number, symbol: number): void {
    const { u, v } = f;
    const edge = bar(u, -0.94, 0.94, span) * bar(v, -0.92, 0.92, span);
    if (this.kind === "panel") {
      f.setColor((this.seed & 1) === 0 ? blue : white);
      f.blendColor(
        (this.seed & 1) === 0 ? white : ink,
        symbol * 0.9 * bar(u, -0.6, 0.6, span) * bar(v, -0.7, 0.7, span),
      );
      return;
    }
    f.setColor(white);
    f.blendColor(this.kind === "guide" ? this.guideColor : yellow, edge);
    const row = Math.floor((v + 1) * 2.2);
    const inRow = (v + 1) * 2.2 - row;
    const letters = grain.at(u * 22 + row * 31 + this.seed, 3, f.du * 22) > 0.42 ? 1 : 0;
    f.blendColor(
      this.kind === "guide" ? white : ink,
      edge * letters * bar(inRow, 0.25, 0.72, span * 2) * bar(u, -0.82, 0.7, span),
    );
  }
}

/** The front of a traffic light: three lamps in a dark case, one of them on (0 red, 1 yellow, 2 green). */
export class SignalFace extends Surface {
  constructor(
    readonly on: 0 | 1 | 2,
    readonly brightness: number,
    readonly casing: Rgb,
  ) {
    super(trainIds.trafficLight);
  }

  paint(f: Fragment): void {
    f.setColor(this.casing);
    f.exposed = 0;
    const lamp = Math.min(2, Math.max(0, Math.floor((1 - f.v) * 1.5)));
    const y = (f.v - (0.667 - lamp * 0.667)) * 2.6;
    const x = f.u * 1.15;
    const inside = clamp((0.72 - Math.sqrt(x * x + y * y)) / (f.du + 0.05) + 0.5, 0, 1);
    const color = lampColors[lamp] as Rgb;
    f.blendColor(color, inside * 0.12);
    if (lamp === this.on) f.addGlow(color, inside * this.brightness);
  }
}

const lampColors: readonly Rgb[] = [
  [1, 0.06, 0.03],
  [1, 0.5, 0.03],
  [0.05, 0.9, 0.35],
];
