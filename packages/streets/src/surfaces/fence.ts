// Fences: boards, railings and wire mesh. Coordinates: u in meters along, v in meters up.

import { hashUnit } from "../arithmetic.js";
import type { Rgb } from "../color.js";
import { type Cutout, type Fragment, HOLE, SOLID, Surface, trainIds } from "../surface.js";
import { clumps } from "../textures/noise.js";
import { bars, detail } from "../textures/pattern.js";

export type FenceKind = "boards" | "railing" | "mesh" | "pickets";

class FenceGaps implements Cutout {
  readonly seeThrough = true;

  constructor(
    readonly kind: FenceKind,
    readonly height: number,
  ) {}

  at(u: number, v: number): typeof HOLE | typeof SOLID {
    const { kind, height } = this;
    if (v > height - 0.07 || (v > 0.1 && v < 0.17)) return SOLID;
    const cell = kind === "railing" ? 0.16 : kind === "pickets" ? 0.17 : 0.22;
    const along = u - Math.floor(u / cell) * cell;
    if (kind === "railing") return along < 0.045 ? SOLID : HOLE;
    if (kind === "pickets") return along < 0.11 ? SOLID : HOLE;
    const post = u - Math.floor(u / 2.5) * 2.5;
    if (post < 0.09) return SOLID;
    const up = v - Math.floor(v / cell) * cell;
    return along < 0.028 || up < 0.028 ? SOLID : HOLE;
  }
}

export class Fence extends Surface {
  constructor(
    readonly kind: FenceKind,
    readonly height: number,
    readonly color: Rgb,
    readonly texture: number,
    readonly seed: number,
  ) {
    super(trainIds.fence, {
      cutout: kind === "boards" ? undefined : new FenceGaps(kind, height),
      twoSided: true,
    });
  }

  paint(f: Fragment): void {
    f.setColor(this.color);
    if (this.kind === "boards") {
      const board = Math.floor(f.u / 0.15);
      const near = detail(0.2, f.du);
      f.multiply(1 + near * this.texture * 0.7 * (hashUnit(board, this.seed) - 0.5));
      f.multiply(1 - near * 0.6 * bars(f.u, 0.15, 0, 0.02, f.du));
      f.multiply(
        1 + this.texture * 0.5 * (clumps.at(f.u * 40, f.v * 5, Math.max(f.du * 40, f.dv * 5)) - 0.5),
      );
      f.multiply(1 - 0.35 * bars(f.u, 2.4, 0, 0.12, f.du));
    }
    f.exposed = 0;
    f.ambient = 0.85;
  }
}
