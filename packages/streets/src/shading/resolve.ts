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

/** Places on the screen are counted in this part of a sample, so that the middle of two, three or four is a whole number. */
const PART = 12;

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
        const sample = SAMPLES * (y * width + x);
        const pixel = y * frame.width + x;
        const first = owner[sample] as number;
        label[pixel] = this.#vote(sample);
        this.#wet = 0;
        if (
          first === owner[sample + 1] &&
          first === owner[sample + width] &&
          first === owner[sample + width + 1]
        ) {
          this.#shade(first, PART * (SAMPLES * x + 1), PART * (SAMPLES * y + 1), sample);
          color[3 * pixel] = f.r;
          color[3 * pixel + 1] = f.g;
          color[3 * pixel + 2] = f.b;
        } else {
          this.#blend(x, y, sample, color, 3 * pixel);
        }
        wet[pixel] = this.#wet;
      }
    }
  }

  /** A pixel in which several primitives are seen. */
  #blend(x: number, y: number, sample: number, color: Float32Array, at: number): void {
    const { width, primitive: owner } = this.#target;
    const f = this.#fragment;
    let done = 0;
    let r = 0;
    let g = 0;
    let b = 0;
    for (let k = 0; k < 4; k++) {
      if (done & (1 << k)) continue;
      const primitive = owner[sample + (k & 1) + (k >> 1) * width] as number;
      let share = 0;
      let right = 0;
      let below = 0;
      for (let other = k; other < 4; other++) {
        if (owner[sample + (other & 1) + (other >> 1) * width] !== primitive) continue;
        done |= 1 << other;
        share++;
        right += other & 1;
        below += other >> 1;
      }
      const part = PART / share;
      const left = PART * SAMPLES * x + PART / 2 + part * right;
      const top = PART * SAMPLES * y + PART / 2 + part * below;
      this.#shade(primitive, left, top, sample + (k & 1) + (k >> 1) * width);
      r += f.r * share;
      g += f.g * share;
      b += f.b * share;
    }
    color[at] = r * 0.25;
    color[at + 1] = g * 0.25;
    color[at + 2] = b * 0.25;
  }

  #vote(sample: number): number {
    const { label, nearness, width } = this.#target;
    const below = sample + width;
    const a = label[sample] as number;
    const b = label[sample + 1] as number;
    const c = label[below] as number;
    const d = label[below + 1] as number;
    if (a === b && c === d) {
      if (a === c) return a;
      const upper = Math.max(nearness[sample] as number, nearness[sample + 1] as number);
      const lower = Math.max(nearness[below] as number, nearness[below + 1] as number);
      return upper > lower ? a : c;
    }
    if (a === c && b === d) {
      const left = Math.max(nearness[sample] as number, nearness[below] as number);
      const right = Math.max(nearness[sample + 1] as number, nearness[below + 1] as number);
      return left > right ? a : b;
    }
    if (a === b || a === c || a === d) return a;
    if (b === c || b === d) return b;
    return c === d ? c : a;
  }

  /** Shades a primitive at a point of the screen; the light that arrives is left in the fragment. */
  #shade(primitive: number, x: number, y: number, sample: number): void {
    const f = this.#fragment;
    f.screenX = x / PART;
    f.screenY = y / PART;
    this.#aim(f);
    f.mirror = 0;
    f.ambient = 1;
    f.translucent = 0;
    f.shadow = 0;
    f.contact = 0;
    f.exposed = 1;
    f.glowR = 0;
    f.glowG = 0;
    f.glowB = 0;
    let surface = this.#target.surfaces[primitive];
    if (surface === undefined) {
      if (f.dy > -1e-4) {
        this.#shadeSky(f);
        return;
      }
      surface = this.#backdrop.ground;
      this.#onGround(f);
    } else if (this.#target.round[primitive]) this.#onCapsule(f, primitive);
    else this.#onPolygon(f, primitive);
    f.x = this.#camera.x + f.dx * f.distance;
    f.y = this.#camera.y + f.dy * f.distance;
    f.z = f.dz * f.distance;
    surface.paint(f);
    if (surface.ground) {
      f.contact = (this.#target.contact[sample] as number) / 255;
      f.shadow = this.#shadowAround(Math.round(x / PART), Math.round(y / PART)) / 1020;
      if (this.#backdrop.wetness > 0) this.#soak(f);
    }
    this.#light.apply(f);
  }

  /** Points the fragment's view direction at its place on the screen. */
  #aim(f: Fragment): void {
    const { rays } = this.#camera;
    const x = f.screenX;
    const y = f.screenY;
    const dx = (rays[0] as number) + (rays[1] as number) * x + (rays[2] as number) * y;
    const dy = (rays[3] as number) + (rays[4] as number) * x + (rays[5] as number) * y;
    const dz = (rays[6] as number) + (rays[7] as number) * x + (rays[8] as number) * y;
    const slant = Math.sqrt(dx * dx + dy * dy + dz * dz);
    const shorten = 1 / slant;
    f.slant = slant;
    f.dx = dx * shorten;
    f.dy = dy * shorten;
    f.dz = dz * shorten;
  }

  #shadeSky(f: Fragment): void {
    f.du = SAMPLES / this.#camera.focal;
    this.#light.sky.paint(f);
    // The air in front of the sky: thick at the horizon, thin above.
    f.distance = 60 / (f.dy + 0.06);
    this.#light.air(f);
  }

  #onGround(f: Fragment): void {
    const camera = this.#camera;
    f.distance = -camera.y / f.dy;
    f.u = camera.x + f.dx * f.distance;
    f.v = f.dz * f.distance;
    f.du = (SAMPLES * f.distance) / camera.focal;
    f.dv = (f.du * f.distance) / camera.y;
    f.nx = 0;
    f.ny = 1;
    f.nz = 0;
  }

  #onPolygon(f: Fragment, primitive: number): void {
    const c = this.#target.coefficients;
    const at = primitive * COEFFICIENTS;
    const x = f.screenX;
    const y = f.screenY;
    const ia = c[at] as number;
    const ib = c[at + 1] as number;
    const ua = c[at + 3] as number;
    const ub = c[at + 4] as number;
    const va = c[at + 6] as number;
    const vb = c[at + 7] as number;
    // At an edge the middle of the samples may lie off the polygon: keep it in front of the camera.
    const depth = 1 / Math.max(1e-4, ia * x + ib * y + (c[at + 2] as number));
    const u = (ua * x + ub * y + (c[at + 5] as number)) * depth;
    const v = (va * x + vb * y + (c[at + 8] as number)) * depth;
    const pixel = SAMPLES * depth;
    f.distance = depth * f.slant;
    f.u = u;
    f.v = v;
    f.du = (Math.abs(ua - u * ia) + Math.abs(ub - u * ib)) * pixel;
    f.dv = (Math.abs(va - v * ia) + Math.abs(vb - v * ib)) * pixel;
    f.nx = c[at + 9] as number;
    f.ny = c[at + 10] as number;
    f.nz = c[at + 11] as number;
  }

  /** On a capsule u runs across from -1 to 1 and v along in meters. */
  #onCapsule(f: Fragment, primitive: number): void {
    const { right, up, ahead } = this.#camera;
    const c = this.#target.coefficients;
    const at = primitive * COEFFICIENTS;
    const qx = f.screenX - (c[at] as number);
    const qy = f.screenY - (c[at + 1] as number);
    const t = clamp(qx * (c[at + 2] as number) + qy * (c[at + 3] as number), 0, 1);
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
    f.distance = depth * f.slant;
    f.u = px;
    f.v = t * (c[at + 11] as number);
    f.du = SAMPLES / radius;
    f.dv = (SAMPLES * depth) / (c[at + 10] as number);
  }

  /** The sum of the shadow marks of the four samples around a corner of samples: soft edges. */
  #shadowAround(x: number, y: number): number {
    const { width, height, shadow } = this.#target;
    const left = Math.max(0, x - 1);
    const top = Math.max(0, y - 1);
    const right = Math.min(width - 1, left + 1);
    const bottom = Math.min(height - 1, top + 1);
    return (
      (shadow[top * width + left] as number) +
      (shadow[top * width + right] as number) +
      (shadow[bottom * width + left] as number) +
      (shadow[bottom * width + right] as number)
    );
  }

  /** Rain darkens the ground; a film of water lies nearly everywhere and makes mirrors in the hollows. */
  #soak(f: Fragment): void {
    const { wetness } = this.#backdrop;
    const low = clouds.at(f.x * 13, f.z * 7, Math.max(f.du, f.dv) * 7);
    f.multiply(1 - 0.45 * wetness);
    this.#wet = wetness * clamp(0.35 + 2.2 * (low - 0.45), 0.18, 1);
  }
}
