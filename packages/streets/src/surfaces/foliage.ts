// Leaves: masses of them drawn as flat cutouts that face the camera and are lit as if they were round, and hedges.
// What makes it look like leaves is light: bright clumps towards the sun, dark gaps, a dark underside.

import { clamp, smoothstep } from "../arithmetic.js";
import type { Rgb } from "../color.js";
import { type Cutout, type Fragment, Surface, trainIds } from "../surface.js";
import { clumps, grain } from "../textures/noise.js";

export interface FoliageLook {
  readonly color: Rgb;
  /** How strongly light and dark leaves differ, 0 to 1. */
  readonly texture: number;
  /** Texels of noise per meter: small for big leaves. */
  readonly scale: number;
  readonly seed: number;
}

export class Foliage extends Surface {
  constructor(
    readonly look: FoliageLook,
    cutout: Cutout | undefined,
    /** Middle and radius of the whole crown, in the world; radius 0 for a flat hedge. */
    readonly crown: readonly [x: number, y: number, z: number, radius: number],
    /** How round each mass is lit, 0 to 1. */
    readonly roundness = 1,
  ) {
    super(trainIds.vegetation, { cutout, twoSided: true });
  }

  paint(f: Fragment): void {
    const { look, crown } = this;
    f.setColor(look.color);
    const { seed, scale } = look;
    const across = f.x + f.z * 0.83;
    const width = f.distance * 0.004 * scale;
    const mass = clumps.at(across * scale + seed, f.y * scale, width);
    const leaves = grain.at(across * scale * 3.1, f.y * scale * 3.1 + seed, width * 3.1);
    const gap = smoothstep(0.15, 0.45, mass);
    f.multiply(1.45);
    f.multiply(
      (1 - 0.6 * look.texture * (1 - gap)) * (1 + look.texture * (0.7 * (leaves - 0.5) + 0.5 * (mass - 0.4))),
    );
    const radius = crown[3];
    if (radius > 0) {
      const k = this.roundness / radius;
      f.nx = f.nx * 0.35 + (f.x - crown[0]) * k + (mass - 0.5) * look.texture;
      f.ny = f.ny * 0.35 + (f.y - crown[1]) * k + 0.25 + (leaves - 0.5) * look.texture;
      f.nz = f.nz * 0.35 + (f.z - crown[2]) * k - (mass - 0.5) * look.texture;
      const length = Math.sqrt(f.nx * f.nx + f.ny * f.ny + f.nz * f.nz) + 1e-6;
      f.nx /= length;
      f.ny /= length;
      f.nz /= length;
      f.ambient = clamp(0.8 + (0.4 * (f.y - crown[1])) / radius, 0.45, 1.1);
    } else {
      f.nx += (mass - 0.5) * look.texture;
      f.ny += 0.5 * leaves;
      f.ambient = 0.8;
    }
    f.exposed = 0.55;
    f.translucent = 0.45;
  }
}
