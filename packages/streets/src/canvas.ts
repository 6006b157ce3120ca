// Where objects are drawn: polygons and capsules in an object's own coordinates (x to its right, y up, z ahead of it, in
// meters) become primitives in the visibility buffer. Also the shadows that objects throw on the ground.
//
// A polygon is seen from the side from which its corners run clockwise, unless its surface is two-sided.

import type { Camera } from "./camera.js";
import { fillCapsule, type ScreenCapsule } from "./raster/capsule.js";
import { fillMark, fillPolygon, type Mark, type ScreenPolygon } from "./raster/polygon.js";
import { COEFFICIENTS, type Visibility } from "./raster/visibility.js";
import { type Cutout, SOLID, type Surface, trainIds } from "./surface.js";

export type Point = readonly [x: number, y: number, z: number];
/** A corner of a polygon: a point and its coordinates on the surface. */
export type Corner = readonly [x: number, y: number, z: number, u: number, v: number];

/** Nothing nearer than this is drawn, meters. */
const NEAR = 0.3;
const MOST_CORNERS = 16;

interface Waiting {
  readonly primitive: number;
  readonly polygon: ScreenPolygon;
  readonly nearness: number;
}

export class Canvas {
  readonly #world = new Float64Array(3 * MOST_CORNERS);
  readonly #view = new Float64Array(3 * MOST_CORNERS);
  readonly #screen: ScreenPolygon = {
    x: new Float64Array(MOST_CORNERS + 1),
    y: new Float64Array(MOST_CORNERS + 1),
    count: 0,
  };
  readonly #capsule: ScreenCapsule = {
    x0: 0,
    y0: 0,
    x1: 0,
    y1: 0,
    r0: 0,
    r1: 0,
    near0: 0,
    near1: 0,
    length: 0,
  };
  readonly #mark = new Float64Array(COEFFICIENTS);
  readonly #waiting: Waiting[] = [];
  #x = 0;
  #y = 0;
  #z = 0;
  #cos = 1;
  #sin = 0;

  constructor(
    readonly target: Visibility,
    readonly camera: Camera,
    /** The unit vector towards the sun, or undefined when nothing throws a shadow. */
    readonly sun: Point | undefined,
  ) {}

  /** Labels what nothing else will cover: sky above the horizon, terrain below. */
  fillBackground(): void {
    const { target, camera } = this;
    const { label, width, height } = target;
    const { right, up, ahead, focal, centerX, centerY } = camera;
    for (let row = 0; row < height; row++) {
      const y = (centerY - row - 0.5) / focal;
      const start =
        (ahead[1] as number) + (up[1] as number) * y - ((right[1] as number) * (centerX - 0.5)) / focal;
      const step = (right[1] as number) / focal;
      const end = start + step * width;
      const at = row * width;
      if (start > 0 === end > 0) {
        label.fill(start > 0 ? trainIds.sky : trainIds.terrain, at, at + width);
        continue;
      }
      const turn = at + Math.ceil(-start / step);
      label.fill(start > 0 ? trainIds.sky : trainIds.terrain, at, turn);
      label.fill(start > 0 ? trainIds.terrain : trainIds.sky, turn, at + width);
    }
  }

  /** What follows is drawn at a point of the world, turned to face (sin, cos) in the plane of x and z. */
  place(x: number, y: number, z: number, cos = 1, sin = 0): void {
    this.#x = x;
    this.#y = y;
    this.#z = z;
    this.#cos = cos;
    this.#sin = sin;
  }

  /** Draws a convex polygon of three to fifteen corners. */
  polygon(corners: readonly Corner[], surface: Surface): void {
    const count = corners.length;
    if (!this.#transform(corners)) return;
    const primitive = this.#prepare(corners, surface);
    if (primitive === 0) return;
    this.#project(count);
    if (this.#screen.count < 3) return;
    if (!surface.cutout?.seeThrough) {
      fillPolygon(this.target, primitive, this.#screen);
      return;
    }
    const { x, y, count: corner } = this.#screen;
    this.#waiting.push({
      primitive,
      polygon: { x: x.slice(0, corner), y: y.slice(0, corner), count: corner },
      nearness: 1 / Math.max(NEAR, this.#meanDepth(count)),
    });
  }

  /** Draws a rod with round ends from one point to another. */
  capsule(from: Point, fromRadius: number, to: Point, toRadius: number, surface: Surface): void {
    const { camera } = this;
    this.#toView(0, from[0], from[1], from[2]);
    this.#toView(1, to[0], to[1], to[2]);
    const view = this.#view;
    let z0 = view[2] as number;
    let z1 = view[5] as number;
    if (z0 < NEAR && z1 < NEAR) return;
    let x0 = view[0] as number;
    let y0 = view[1] as number;
    let x1 = view[3] as number;
    let y1 = view[4] as number;
    if (z0 < NEAR) {
      const t = (NEAR - z0) / (z1 - z0);
      x0 += (x1 - x0) * t;
      y0 += (y1 - y0) * t;
      z0 = NEAR;
    } else if (z1 < NEAR) {
      const t = (NEAR - z1) / (z0 - z1);
      x1 += (x0 - x1) * t;
      y1 += (y0 - y1) * t;
      z1 = NEAR;
    }
    const capsule = this.#capsule;
    const { focal, centerX, centerY } = camera;
    capsule.x0 = centerX + (focal * x0) / z0;
    capsule.y0 = centerY - (focal * y0) / z0;
    capsule.x1 = centerX + (focal * x1) / z1;
    capsule.y1 = centerY - (focal * y1) / z1;
    capsule.r0 = (focal * fromRadius) / z0;
    capsule.r1 = (focal * toRadius) / z1;
    capsule.near0 = 1 / z0;
    capsule.near1 = 1 / z1;
    const reach = Math.max(capsule.r0, capsule.r1) + 1;
    if (
      Math.max(capsule.x0, capsule.x1) + reach < 0 ||
      Math.min(capsule.x0, capsule.x1) - reach > this.target.width
    ) {
      return;
    }
    if (
      Math.max(capsule.y0, capsule.y1) + reach < 0 ||
      Math.min(capsule.y0, capsule.y1) - reach > this.target.height
    ) {
      return;
    }
    const lengthX = to[0] - from[0];
    const lengthY = to[1] - from[1];
    const lengthZ = to[2] - from[2];
    capsule.length = Math.sqrt(lengthX * lengthX + lengthY * lengthY + lengthZ * lengthZ);
    fillCapsule(this.target, this.target.add(surface, true), capsule, focal);
  }

  /** Draws what can be seen through, far things first; to be called once everything else is drawn. */
  finish(): void {
    this.#waiting.sort((a, b) => a.nearness - b.nearness);
    for (const { primitive, polygon } of this.#waiting) fillPolygon(this.target, primitive, polygon);
    this.#waiting.length = 0;
  }

  /** Darkens the ground under a thing of the given half width and half length, softly towards its edges. */
  contact(halfWidth: number, halfLength: number, strength = 0.8): void {
    this.#markGround(
      [
        [-halfWidth, 0, -halfLength, -1, -1],
        [-halfWidth, 0, halfLength, -1, 1],
        [halfWidth, 0, halfLength, 1, 1],
        [halfWidth, 0, -halfLength, 1, -1],
      ],
      this.target.contact,
      softRectangle(strength),
    );
  }

  /** The sun's shadow of a rod. */
  capsuleShadow(from: Point, to: Point, radius: number): void {
    if (this.sun === undefined) return;
    const a = this.#shadowOf(from);
    const b = this.#shadowOf(to);
    const dx = b[0] - a[0];
    const dz = b[2] - a[2];
    const length = Math.sqrt(dx * dx + dz * dz) + 1e-6;
    const sx = (dz / length) * radius;
    const sz = (-dx / length) * radius;
    this.#markGround(
      [
        [a[0] - sx, 0, a[2] - sz, 0, 0],
        [b[0] - sx, 0, b[2] - sz, 0, 1],
        [b[0] + sx, 0, b[2] + sz, 1, 1],
        [a[0] + sx, 0, a[2] + sz, 1, 0],
      ],
      this.target.shadow,
      fullStrength,
    );
  }

  /** The sun's shadow of a round thing, its outline cut out of the square around it. */
  discShadow(center: Point, radius: number, cutout: Cutout): void {
    const { sun } = this;
    if (sun === undefined) return;
    const [x, , z] = this.#shadowOf(center);
    const stretch = radius / Math.max(0.2, sun[1]);
    const [lx, , lz] = this.#turnBack(sun);
    const level = Math.sqrt(lx * lx + lz * lz) + 1e-6;
    const [ax, az] = [(lx / level) * stretch, (lz / level) * stretch];
    const [bx, bz] = [(lz / level) * radius, (-lx / level) * radius];
    this.#markGround(
      [
        [x - ax - bx, 0, z - az - bz, -1, -1],
        [x + ax - bx, 0, z + az - bz, -1, 1],
        [x + ax + bx, 0, z + az + bz, 1, 1],
        [x - ax + bx, 0, z - az + bz, 1, -1],
      ],
      this.target.shadow,
      within(cutout),
    );
  }

  /** The sun's shadow of a box on the ground, from -halfWidth to halfWidth, -halfLength to halfLength, 0 to height. */
  boxShadow(halfWidth: number, halfLength: number, height: number): void {
    if (this.sun === undefined) return;
    const base: Point[] = [
      [-halfWidth, 0, -halfLength],
      [-halfWidth, 0, halfLength],
      [halfWidth, 0, halfLength],
      [halfWidth, 0, -halfLength],
    ];
    const top = base.map(([x, , z]) => this.#shadowOf([x, height, z]));
    const flat = (points: readonly Point[]): Corner[] => points.map(([x, , z]) => [x, 0, z, 0, 0]);
    this.#markGround(flat(top), this.target.shadow, fullStrength);
    for (let side = 0; side < 4; side++) {
      const next = (side + 1) % 4;
      const quad = [base[side], base[next], top[next], top[side]] as Point[];
      this.#markGround(flat(quad), this.target.shadow, fullStrength);
    }
  }

  /** Where the sun throws the shadow of a point of the object, in the object's coordinates. */
  #shadowOf([x, y, z]: Point): Point {
    const sun = this.sun as Point;
    const [lx, , lz] = this.#turnBack(sun);
    const reach = y / Math.max(0.05, sun[1]);
    return [x - lx * reach, 0, z - lz * reach];
  }

  /** A direction of the world in the object's coordinates. */
  #turnBack([x, y, z]: Point): Point {
    return [x * this.#cos - z * this.#sin, y, x * this.#sin + z * this.#cos];
  }

  #markGround(corners: readonly Corner[], marks: Uint8Array, strength: Mark["strength"]): void {
    if (!this.#transform(corners) || !this.#solve(corners, this.#mark, 0, true)) return;
    this.#project(corners.length);
    if (this.#screen.count >= 3)
      fillMark(this.target, marks, { coefficients: this.#mark, strength }, this.#screen);
  }

  /** Object to world and view coordinates; false when the polygon is certainly out of sight. */
  #transform(corners: readonly Corner[]): boolean {
    const { camera, target } = this;
    const view = this.#view;
    const tanX = target.width / 2 / camera.focal;
    const tanY = target.height / 2 / camera.focal;
    let outside = 31;
    for (let k = 0; k < corners.length; k++) {
      const [x, y, z] = corners[k] as Corner;
      this.#toView(k, x, y, z);
      const vx = view[3 * k] as number;
      const vy = view[3 * k + 1] as number;
      const vz = view[3 * k + 2] as number;
      outside &=
        (vz < NEAR ? 1 : 0) |
        (vx > vz * tanX ? 2 : 0) |
        (-vx > vz * tanX ? 4 : 0) |
        (vy > vz * tanY ? 8 : 0) |
        (-vy > vz * tanY ? 16 : 0);
      if (outside === 0 && k + 1 < corners.length) {
        for (let rest = k + 1; rest < corners.length; rest++) {
          const [rx, ry, rz] = corners[rest] as Corner;
          this.#toView(rest, rx, ry, rz);
        }
        return true;
      }
    }
    return outside === 0;
  }

  #toView(k: number, x: number, y: number, z: number): void {
    const { camera } = this;
    const { right, up, ahead } = camera;
    const wx = this.#x + x * this.#cos + z * this.#sin;
    const wy = this.#y + y;
    const wz = this.#z - x * this.#sin + z * this.#cos;
    const world = this.#world;
    const view = this.#view;
    world[3 * k] = wx;
    world[3 * k + 1] = wy;
    world[3 * k + 2] = wz;
    const dx = wx - camera.x;
    const dy = wy - camera.y;
    const dz = wz - camera.z;
    view[3 * k] = dx * (right[0] as number) + dy * (right[1] as number) + dz * (right[2] as number);
    view[3 * k + 1] = dx * (up[0] as number) + dy * (up[1] as number) + dz * (up[2] as number);
    view[3 * k + 2] = dx * (ahead[0] as number) + dy * (ahead[1] as number) + dz * (ahead[2] as number);
  }

  /** Makes a primitive of the transformed polygon; 0 when it faces away. */
  #prepare(corners: readonly Corner[], surface: Surface): number {
    const { target } = this;
    const at = target.surfaces.length * COEFFICIENTS;
    if (!this.#solve(corners, target.coefficients, at, surface.twoSided)) return 0;
    return target.add(surface, false);
  }

  /**
   * Writes the polygon's coefficients. In view coordinates a point is P = d / nearness with d = (X, Y, 1) / focal
   * after centring; with the plane's normal n and a corner P0, nearness = (n . d) / (n . P0), and an attribute with
   * gradient g over the plane obeys u * nearness = (u0 - g . P0) * nearness + g . d: both linear in X and Y.
   */
  #solve(corners: readonly Corner[], out: Float64Array, at: number, twoSided: boolean): boolean {
    const view = this.#view;
    const p0x = view[0] as number;
    const p0y = view[1] as number;
    const p0z = view[2] as number;
    const e1x = (view[3] as number) - p0x;
    const e1y = (view[4] as number) - p0y;
    const e1z = (view[5] as number) - p0z;
    const e2x = (view[6] as number) - p0x;
    const e2y = (view[7] as number) - p0y;
    const e2z = (view[8] as number) - p0z;
    const nx = e1y * e2z - e1z * e2y;
    const ny = e1z * e2x - e1x * e2z;
    const nz = e1x * e2y - e1y * e2x;
    const toPlane = nx * p0x + ny * p0y + nz * p0z;
    const squared = nx * nx + ny * ny + nz * nz;
    // Seen edge on, or from behind (the view's axes are left-handed, like the world's).
    if (toPlane * toPlane < 1e-10 * squared || (toPlane > 0 && !twoSided)) return false;
    const { right, up, ahead } = this.camera;
    const k = 1 / toPlane;
    this.#linear(out, at, k * nx, k * ny, k * nz);
    const [, , , u0, v0] = corners[0] as Corner;
    const [, , , u1, v1] = corners[1] as Corner;
    const [, , , u2, v2] = corners[2] as Corner;
    // g = (a * (e2 x n) + b * (n x e1)) / n^2 has g . e1 = a and g . e2 = b.
    const c1x = (e2y * nz - e2z * ny) / squared;
    const c1y = (e2z * nx - e2x * nz) / squared;
    const c1z = (e2x * ny - e2y * nx) / squared;
    const c2x = (ny * e1z - nz * e1y) / squared;
    const c2y = (nz * e1x - nx * e1z) / squared;
    const c2z = (nx * e1y - ny * e1x) / squared;
    for (let attribute = 0; attribute < 2; attribute++) {
      const base = attribute === 0 ? u0 : v0;
      const a = (attribute === 0 ? u1 : v1) - base;
      const b = (attribute === 0 ? u2 : v2) - base;
      const gx = a * c1x + b * c2x;
      const gy = a * c1y + b * c2y;
      const gz = a * c1z + b * c2z;
      const constant = base - (gx * p0x + gy * p0y + gz * p0z);
      this.#linear(
        out,
        at + 3 + 3 * attribute,
        constant * k * nx + gx,
        constant * k * ny + gy,
        constant * k * nz + gz,
      );
    }
    // The normal in the world, turned towards the camera.
    const sign = (toPlane > 0 ? -1 : 1) / Math.sqrt(squared);
    for (let axis = 0; axis < 3; axis++) {
      out[at + 9 + axis] =
        sign * (nx * (right[axis] as number) + ny * (up[axis] as number) + nz * (ahead[axis] as number));
    }
    return true;
  }

  /** (a, b, c) over screen coordinates of a function that is linear in the view direction (x, y, 1). */
  #linear(out: Float64Array, at: number, x: number, y: number, z: number): void {
    const { focal, centerX, centerY } = this.camera;
    const a = x / focal;
    const b = -y / focal;
    out[at] = a;
    out[at + 1] = b;
    out[at + 2] = z - a * centerX - b * centerY;
  }

  /** Cuts the transformed polygon at the near plane and projects it. */
  #project(count: number): void {
    const { focal, centerX, centerY } = this.camera;
    const view = this.#view;
    const { x, y } = this.#screen;
    let kept = 0;
    for (let k = 0; k < count; k++) {
      const next = k + 1 === count ? 0 : k + 1;
      const z0 = view[3 * k + 2] as number;
      const z1 = view[3 * next + 2] as number;
      const x0 = view[3 * k] as number;
      const y0 = view[3 * k + 1] as number;
      if (z0 >= NEAR) {
        x[kept] = centerX + (focal * x0) / z0;
        y[kept++] = centerY - (focal * y0) / z0;
      }
      if (z0 < NEAR !== z1 < NEAR) {
        const t = (NEAR - z0) / (z1 - z0);
        const xCut = x0 + ((view[3 * next] as number) - x0) * t;
        const yCut = y0 + ((view[3 * next + 1] as number) - y0) * t;
        x[kept] = centerX + (focal * xCut) / NEAR;
        y[kept++] = centerY - (focal * yCut) / NEAR;
      }
    }
    this.#screen.count = kept;
  }

  #meanDepth(count: number): number {
    let sum = 0;
    for (let k = 0; k < count; k++) sum += this.#view[3 * k + 2] as number;
    return sum / count;
  }
}

const fullStrength = (): number => 255;

const within =
  (cutout: Cutout): Mark["strength"] =>
  (u, v) =>
    cutout.at(u, v) === SOLID ? 255 : 0;

/** Strongest in the middle of a rectangle from -1 to 1, nothing at its edges. */
const softRectangle =
  (strength: number): Mark["strength"] =>
  (u, v) => {
    const across = 1 - u * u;
    const along = 1 - v * v * v * v;
    return across <= 0 || along <= 0 ? 0 : 255 * strength * Math.min(1, 2 * across) * along;
  };
