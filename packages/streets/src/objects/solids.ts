// The few solids that objects are built of: boxes, lofts (a body drawn through cross-sections, as ships and cars are),
// wheels and masses that face the camera. All in the object's own coordinates.

import type { Canvas, Corner, Point } from "../canvas.js";
import type { Surface } from "../surface.js";

/** What the faces of a solid are made of; a face without a surface is not drawn. */
export interface Faces {
  /** Towards +z, -z, -x, +x, +y. */
  readonly front?: Surface | undefined;
  readonly back?: Surface | undefined;
  readonly left?: Surface | undefined;
  readonly right?: Surface | undefined;
  readonly top?: Surface | undefined;
}

export interface Extent {
  readonly x: readonly [number, number];
  readonly y: readonly [number, number];
  readonly z: readonly [number, number];
}

/** Coordinates on the faces: meters across or along, and up. */
export function box(canvas: Canvas, { x: [x0, x1], y: [y0, y1], z: [z0, z1] }: Extent, faces: Faces): void {
  const { front, back, left, right, top } = faces;
  if (back) canvas.polygon(upright(x0, z0, x1, z0, y0, y1, x0, x1), back);
  if (front) canvas.polygon(upright(x1, z1, x0, z1, y0, y1, x1, x0), front);
  if (right) canvas.polygon(upright(x1, z0, x1, z1, y0, y1, z0, z1), right);
  if (left) canvas.polygon(upright(x0, z1, x0, z0, y0, y1, z1, z0), left);
  if (top) {
    canvas.polygon(
      [
        [x0, y1, z0, x0, z0],
        [x0, y1, z1, x0, z1],
        [x1, y1, z1, x1, z1],
        [x1, y1, z0, x1, z0],
      ],
      top,
    );
  }
}

/** An upright rectangle over a line on the ground, seen with (xa, za) on its left. */
export const upright = (
  xa: number,
  za: number,
  xb: number,
  zb: number,
  y0: number,
  y1: number,
  ua: number,
  ub: number,
): Corner[] => [
  [xa, y0, za, ua, y0],
  [xa, y1, za, ua, y1],
  [xb, y1, zb, ub, y1],
  [xb, y0, zb, ub, y0],
];

export interface Section {
  readonly z: number;
  readonly bottom: number;
  readonly top: number;
  /** Half the width at the bottom and, where it differs, at the top. */
  readonly half: number;
  readonly halfTop?: number;
}

export interface LoftFaces {
  readonly side: Surface;
  readonly top: Surface;
  readonly back: Surface | undefined;
  readonly front: Surface | undefined;
  /** The top face after section k, where it differs (windscreens). */
  readonly tops?: readonly (Surface | undefined)[];
}

/** A body through cross-sections ordered from back to front. */
export function loft(canvas: Canvas, sections: readonly Section[], faces: LoftFaces): void {
  for (let k = 0; k + 1 < sections.length; k++) {
    const a = sections[k] as Section;
    const b = sections[k + 1] as Section;
    const aTop = a.halfTop ?? a.half;
    const bTop = b.halfTop ?? b.half;
    canvas.polygon(
      [
        [a.half, a.bottom, a.z, a.z, a.bottom],
        [aTop, a.top, a.z, a.z, a.top],
        [bTop, b.top, b.z, b.z, b.top],
        [b.half, b.bottom, b.z, b.z, b.bottom],
      ],
      faces.side,
    );
    canvas.polygon(
      [
        [-b.half, b.bottom, b.z, b.z, b.bottom],
        [-bTop, b.top, b.z, b.z, b.top],
        [-aTop, a.top, a.z, a.z, a.top],
        [-a.half, a.bottom, a.z, a.z, a.bottom],
      ],
      faces.side,
    );
    canvas.polygon(
      [
        [-aTop, a.top, a.z, -aTop, a.z],
        [-bTop, b.top, b.z, -bTop, b.z],
        [bTop, b.top, b.z, bTop, b.z],
        [aTop, a.top, a.z, aTop, a.z],
      ],
      faces.tops?.[k] ?? faces.top,
    );
  }
  const back = sections[0] as Section;
  const front = sections[sections.length - 1] as Section;
  if (faces.back) canvas.polygon(cap(back, 1), faces.back);
  if (faces.front) canvas.polygon(cap(front, -1), faces.front);
}

function cap({ z, bottom, top, half, halfTop = half }: Section, side: 1 | -1): Corner[] {
  return [
    [-half * side, bottom, z, -half * side, bottom],
    [-halfTop * side, top, z, -halfTop * side, top],
    [halfTop * side, top, z, halfTop * side, top],
    [half * side, bottom, z, half * side, bottom],
  ];
}

/** A wheel across the vehicle's axis, with a cutout in coordinates from -1 to 1; two-sided. */
export function wheel(canvas: Canvas, x: number, z: number, radius: number, surface: Surface): void {
  canvas.polygon(
    [
      [x, 0, z - radius, -1, -1],
      [x, 2 * radius, z - radius, -1, 1],
      [x, 2 * radius, z + radius, 1, 1],
      [x, 0, z + radius, 1, -1],
    ],
    surface,
  );
}

/** A square that faces the camera, with a cutout in coordinates from -1 to 1. Only for upright, unturned placements. */
export function mass(
  canvas: Canvas,
  [x, y, z]: Point,
  halfWidth: number,
  halfHeight: number,
  surface: Surface,
): void {
  const { right } = canvas.camera;
  const x0 = right[0] as number;
  const z0 = right[2] as number;
  const level = Math.sqrt(x0 * x0 + z0 * z0);
  const rx = (x0 / level) * halfWidth;
  const rz = (z0 / level) * halfWidth;
  canvas.polygon(
    [
      [x - rx, y - halfHeight, z - rz, -1, -1],
      [x - rx, y + halfHeight, z - rz, -1, 1],
      [x + rx, y + halfHeight, z + rz, 1, 1],
      [x + rx, y - halfHeight, z + rz, 1, -1],
    ],
    surface,
  );
}
