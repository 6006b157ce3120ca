// From visibility to picture: each pixel asks its samples which primitives they see, shades each of these once, at the
// middle of its samples, and adds the results up by their share. The label is that of most samples; of the nearer
// thing where two share a pixel equally.

import { clamp } from "../arithmetic.js";
import type { Camera } from "../camera.js";
import { COEFFICIENTS, SAMPLES, type Visibility } from "../raster/visibility.js";
import { Fragment, type Surface } from "../surface.js";
import { clouds } from "../textures/noise.js";
import type { Frame } from "./frame.js";
import type { Light } from "./light.js";

export interface Backdrop {
  /** What the ground is made of wherever nothing else was drawn. */
  readonly ground: Surface;
  /** How wet the streets are, 0 to 1. */
  readonly wetness: number;
}

export class Resolver {
  readonly #fragment = new Fragment();
  readonly #target: Visibility;
  readonly #camera: Camera;
  readonly #light: Light;
  readonly #backdrop: Backdrop;
  #wet = 0;

  constructor(target: Visibility, camera: Camera, light: Light, backdrop: Backdrop) {
    this.#target = target;
    this.#camera = camera;
    this.#light = light;
    this.#backdrop = backdrop;
  }

  resolve(frame: Frame): void {
    const { width, primitive: owner } = this.#target;
    const { color, wet, label } = frame;
    const f = this.#fragment;
    for (let y = 0; y < frame.height; y++) {
      for (let x = 0; x < frame.width; x++) {
        const s0 = SAMPLES * (y * width + x);
        const s1 = s0 + 1;
        const s2 = s0 + width;
        const s3 = s2 + 1;
        const p0 = owner[s0] as number;
        const p1 = owner[s1] as number;
        const p2 = owner[s2] as number;
        const p3 = owner[s3] as number;
        const left = SAMPLES * x;
        const top = SAMPLES * y;
        const pixel = y * frame.width + x;
        label[pixel] = this.#vote(s0, s1, s2, s3);
        let r: number;
        let g: number;
        let b: number;
        this.#wet = 0;
        if (p0 === p1 && p0 === p2 && p0 === p3) {
          this.#shade(p0, left + 1, top + 1, s0);
          r = f.r;
          g = f.g;
          b = f.b;
        } else {
          // The samples of p0, then of each primitive not seen before.
          const same1 = p1 === p0;
          const same2 = p2 === p0;
          const same3 = p3 === p0;
          const share0 = 1 + (same1 ? 1 : 0) + (same2 ? 1 : 0) + (same3 ? 1 : 0);
          const right0 = (same1 ? 1 : 0) + (same3 ? 1 : 0);
          const below0 = (same2 ? 1 : 0) + (same3 ? 1 : 0);
          this.#shade(p0, left + 0.5 + right0 / share0, top + 0.5 + below0 / share0, s0);
          r = f.r * share0;
          g = f.g * share0;
          b = f.b * share0;
          if (!same1) {
            const also2 = p2 === p1;
            const also3 = p3 === p1;
            const share = 1 + (also2 ? 1 : 0) + (also3 ? 1 : 0);
            const right = 1 + (also3 ? 1 : 0);
            const below = (also2 ? 1 : 0) + (also3 ? 1 : 0);
            this.#shade(p1, left + 0.5 + right / share, top + 0.5 + below / share, s1);
            r += f.r * share;
            g += f.g * share;
            b += f.b * share;
          }
          if (!same2 && p2 !== p1) {
            const also3 = p3 === p2 ? 1 : 0;
            this.#shade(p2, left + 0.5 + also3 / 2, top + 1.5, s2);
            r += f.r * (1 + also3);
            g += f.g * (1 + also3);
            b += f.b * (1 + also3);
          }
          if (!same3 && p3 !== p1 && p3 !== p2) {
            this.#shade(p3, left + 1.5, top + 1.5, s3);
            r += f.r;
            g += f.g;
            b += f.b;
          }
          r *= 0.25;
          g *= 0.25;
          b *= 0.25;
        }
        color[3 * pixel] = r;
        color[3 * pixel + 1] = g;
        color[3 * pixel + 2] = b;
        wet[pixel] = this.#wet;
      }
    }
  }

  #vote(s0: number, s1: number, s2: number, s3: number): number {
    const { label, nearness } = this.#target;
    const a = label[s0] as number;
    const b = label[s1] as number;
    const c = label[s2] as number;
    const d = label[s3] as number;
    if (a === b && c === d) {
      if (a === c) return a;
      const upper = Math.max(nearness[s0] as number, nearness[s1] as number);
      const lower = Math.max(nearness[s2] as number, nearness[s3] as number);
      return upper > lower ? a : c;
    }
    if (a === c && b === d) {
      const left = Math.max(nearness[s0] as number, nearness[s2] as number);
      const right = Math.max(nearness[s1] as number, nearness[s3] as number);
      return left > right ? a : b;
    }
    if (a === b || a === c || a === d) return a;
    if (b === c || b === d) return b;
    return c === d ? c : a;
  }

  /** Shades a primitive at a point of the screen; the light that arrives is left in the fragment. */
  #shade(primitive: number, x: number, y: number, sample: number): void {
    const f = this.#fragment;
    const camera = this.#camera;
    const { right, up, ahead } = camera;
    const sx = (x - camera.centerX) / camera.focal;
    const sy = (camera.centerY - y) / camera.focal;
    const rx = (ahead[0] as number) + (right[0] as number) * sx + (up[0] as number) * sy;
    const ry = (ahead[1] as number) + (right[1] as number) * sx + (up[1] as number) * sy;
    const rz = (ahead[2] as number) + (right[2] as number) * sx + (up[2] as number) * sy;
    const long = Math.sqrt(rx * rx + ry * ry + rz * rz);
    f.dx = rx / long;
    f.dy = ry / long;
    f.dz = rz / long;
    f.mirror = 0;
    f.ambient = 1;
    f.exposed = 1;
    f.glowR = 0;
    f.glowG = 0;
    f.glowB = 0;
    let surface: Surface;
    let depth: number;
    if (primitive === 0) {
      if (f.dy > -1e-4) {
        f.distance = 1e4;
        f.du = SAMPLES / camera.focal;
        this.#light.sky.paint(f);
        // The air in front of the sky: thick at the horizon, thin above.
        f.distance = 350 / (f.dy + 0.06);
        this.#light.air(f, f.r, f.g, f.b);
        return;
      }
      surface = this.#backdrop.ground;
      depth = -camera.y / ry;
      f.u = camera.x + rx * depth;
      f.v = rz * depth;
      const width = (SAMPLES * depth) / camera.focal;
      f.du = width;
      f.dv = (width * depth) / camera.y;
      f.nx = 0;
      f.ny = 1;
      f.nz = 0;
    } else {
      surface = this.#target.surfaces[primitive] as Surface;
      depth = this.#target.round[primitive]
        ? this.#onCapsule(primitive, x, y)
        : this.#onPolygon(primitive, x, y);
    }
    f.distance = depth * long;
    f.x = camera.x + rx * depth;
    f.y = camera.y + ry * depth;
    f.z = rz * depth;
    surface.paint(f);
    if (!surface.ground) {
      this.#light.apply(f, 0, 0);
      return;
    }
    const { shadow, contact } = this.#target;
    const occlusion = (contact[sample] as number) / 255;
    if (this.#backdrop.wetness > 0) this.#soak(f);
    this.#light.apply(f, this.#shadowAround(shadow, x, y), occlusion);
  }

  /** The mean of the shadow marks of the four samples around a point: soft edges. */
  #shadowAround(shadow: Uint8Array, x: number, y: number): number {
    const { width, height } = this.#target;
    const left = Math.max(0, Math.round(x) - 1);
    const top = Math.max(0, Math.round(y) - 1);
    const right = Math.min(width - 1, left + 1);
    const bottom = Math.min(height - 1, top + 1);
    const sum =
      (shadow[top * width + left] as number) +
      (shadow[top * width + right] as number) +
      (shadow[bottom * width + left] as number) +
      (shadow[bottom * width + right] as number);
    return sum / 1020;
  }

  #onPolygon(primitive: number, x: number, y: number): number {
    const f = this.#fragment;
    const c = this.#target.coefficients;
    const at = primitive * COEFFICIENTS;
    const ia = c[at] as number;
    const ib = c[at + 1] as number;
    const ua = c[at + 3] as number;
    const ub = c[at + 4] as number;
    const va = c[at + 6] as number;
    const vb = c[at + 7] as number;
    // Between samples at an edge the plane may lie far outside the polygon: keep it in front of the camera.
    const near = Math.max(1e-4, ia * x + ib * y + (c[at + 2] as number));
    const depth = 1 / near;
    const u = (ua * x + ub * y + (c[at + 5] as number)) * depth;
    const v = (va * x + vb * y + (c[at + 8] as number)) * depth;
    f.u = u;
    f.v = v;
    const pixel = SAMPLES * depth;
    f.du = (Math.abs(ua - u * ia) + Math.abs(ub - u * ib)) * pixel;
    f.dv = (Math.abs(va - v * ia) + Math.abs(vb - v * ib)) * pixel;
    f.nx = c[at + 9] as number;
    f.ny = c[at + 10] as number;
    f.nz = c[at + 11] as number;
    return depth;
  }

  /** On a capsule u runs across from -1 to 1 and v along in metres. */
  #onCapsule(primitive: number, x: number, y: number): number {
    const f = this.#fragment;
    const { right, up, ahead } = this.#camera;
    const c = this.#target.coefficients;
    const at = primitive * COEFFICIENTS;
    const qx = x - (c[at] as number);
    const qy = y - (c[at + 1] as number);
    const along = qx * (c[at + 2] as number) + qy * (c[at + 3] as number);
    const t = along < 0 ? 0 : along > 1 ? 1 : along;
    const radius = (c[at + 6] as number) + t * (c[at + 7] as number);
    const px = (qx - t * (c[at + 4] as number)) / radius;
    const py = (qy - t * (c[at + 5] as number)) / radius;
    const outward = Math.sqrt(Math.max(0.05, 1 - px * px - py * py));
    const length = Math.sqrt(px * px + py * py + outward * outward);
    const nr = px / length;
    const nu = -py / length;
    const na = -outward / length;
    f.nx = (right[0] as number) * nr + (up[0] as number) * nu + (ahead[0] as number) * na;
    f.ny = (right[1] as number) * nr + (up[1] as number) * nu + (ahead[1] as number) * na;
    f.nz = (right[2] as number) * nr + (up[2] as number) * nu + (ahead[2] as number) * na;
    const depth = 1 / ((c[at + 8] as number) + t * (c[at + 9] as number));
    f.u = px;
    f.v = t * (c[at + 11] as number);
    f.du = SAMPLES / radius;
    f.dv = (SAMPLES * depth) / (c[at + 10] as number);
    return depth;
  }

  /** Rain darkens the ground and lies in its hollows. */
  #soak(f: Fragment): void {
    const { wetness } = this.#backdrop;
    const hollow = puddles(f);
    f.multiply(1 - 0.45 * wetness);
    this.#wet = wetness * hollow;
  }
}

/** How much water stands at a place on the ground: a film nearly everywhere, mirrors in the hollows. */
function puddles(f: Fragment): number {
  const low = clouds.at(f.x * 13, f.z * 7, Math.max(f.du, f.dv) * 7);
  return clamp(0.35 + 2.2 * (low - 0.45), 0.18, 1);
}
