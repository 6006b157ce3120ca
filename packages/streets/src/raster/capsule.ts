// Fills capsules: rods with round ends whose two radii may differ. Limbs, trunks, poles and spheres are made of them.
//
// Coefficients of a capsule primitive: x, y of its first end on the screen, the axis divided by its squared length (so
// that a dot product tells how far along a sample lies), the axis itself, the first radius and its change, the first
// nearness and its change, the focal length, and the length in meters.

import { UNLABELED } from "../surface.js";
import { COEFFICIENTS, type Visibility } from "./visibility.js";

/** Thinner things are drawn this thick, in samples: half a pixel, so that poles do not vanish in the distance. */
const THINNEST = 0.52;

export interface ScreenCapsule {
  x0: number;
  y0: number;
  x1: number;
  y1: number;
  /** Radii in samples. */
  r0: number;
  r1: number;
  /** 1 / depth. */
  near0: number;
  near1: number;
  /** Meters. */
  length: number;
}

export function fillCapsule(
  target: Visibility,
  primitive: number,
  capsule: ScreenCapsule,
  focal: number,
): void {
  const { width, height, nearness, primitive: owner, label: labels, coefficients } = target;
  const surface = target.surfaces[primitive];
  if (surface === undefined) throw new Error(`internal: fillCapsule: no primitive ${primitive}`);
  const { label } = surface;
  const { x0, y0, x1, y1, near0, near1 } = capsule;
  const r0 = Math.max(THINNEST, capsule.r0);
  const r1 = Math.max(THINNEST, capsule.r1);
  const ax = x1 - x0;
  const ay = y1 - y0;
  const squared = ax * ax + ay * ay + 1e-9;
  const ex = ax / squared;
  const ey = ay / squared;
  const dr = r1 - r0;
  const dNear = near1 - near0;
  const at = primitive * COEFFICIENTS;
  coefficients[at] = x0;
  coefficients[at + 1] = y0;
  coefficients[at + 2] = ex;
  coefficients[at + 3] = ey;
  coefficients[at + 4] = ax;
  coefficients[at + 5] = ay;
  coefficients[at + 6] = r0;
  coefficients[at + 7] = dr;
  coefficients[at + 8] = near0;
  coefficients[at + 9] = dNear;
  coefficients[at + 10] = focal;
  coefficients[at + 11] = capsule.length;

  const reach = Math.max(r0, r1);
  const top = Math.max(0, Math.ceil(Math.min(y0 - r0, y1 - r1) - 0.5));
  const bottom = Math.min(height, Math.ceil(Math.max(y0 + r0, y1 + r1) - 0.5));
  const left = Math.min(x0 - r0, x1 - r1);
  const right = Math.max(x0 + r0, x1 + r1);
  const length = Math.sqrt(squared);
  const steep = Math.abs(ay) > 0.05 * length;
  const halfWidth = steep ? (reach * length) / Math.abs(ay) : 0;
  for (let row = top; row < bottom; row++) {
    const y = row + 0.5;
    let start = left;
    let end = right;
    if (steep) {
      const middle = x0 + ((y - y0) * ax) / ay;
      start = Math.max(start, middle - halfWidth);
      end = Math.min(end, middle + halfWidth);
    }
    const first = Math.max(0, Math.ceil(start - 0.5));
    const last = Math.min(width, Math.ceil(end - 0.5));
    for (let column = first; column < last; column++) {
      const qx = column + 0.5 - x0;
      const qy = y - y0;
      const along = qx * ex + qy * ey;
      const t = along < 0 ? 0 : Math.min(along, 1);
      const px = qx - t * ax;
      const py = qy - t * ay;
      const radius = r0 + t * dr;
      const inside = radius * radius - px * px - py * py;
      if (inside <= 0) continue;
      const axis = near0 + t * dNear;
      const near = axis + (axis * Math.sqrt(inside)) / focal;
      const sample = row * width + column;
      if (near > (nearness[sample] as number)) {
        nearness[sample] = near;
        owner[sample] = primitive;
        if (label !== UNLABELED) labels[sample] = label;
      }
    }
  }
}
