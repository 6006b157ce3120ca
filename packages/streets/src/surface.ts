// What a thing is made of. A surface says which class its pixels belong to and paints a fragment (the part of a surface
// seen through one pixel) with its own color; light, weather and air come later, in shading/, the same for all.

import { IGNORE_INDEX } from "@pinmem/core";
import type { Rgb } from "./color.js";

/** The train ids of the 19 Cityscapes classes by name. */
export const trainIds = {
  road: 0,
  sidewalk: 1,
  building: 2,
  wall: 3,
  fence: 4,
  pole: 5,
  trafficLight: 6,
  trafficSign: 7,
  vegetation: 8,
  terrain: 9,
  sky: 10,
  person: 11,
  rider: 12,
  car: 13,
  truck: 14,
  bus: 15,
  train: 16,
  motorcycle: 17,
  bicycle: 18,
  /** Things outside the classes: bins, benches, the ego vehicle's bonnet. */
  ignored: IGNORE_INDEX,
} as const;

/** In place of a train id: leaves the label of what is behind. Wires are too thin for any annotator. */
export const UNLABELED = 254;

/** One visible piece of a surface: where it is (set by the renderer) and how it looks (set by `Surface.paint`). */
export class Fragment {
  /** Where on the screen, in samples, and how much longer the ray there is than one straight ahead. */
  screenX = 0.1;
  screenY = 0.1;
  slant = 0.1;
  /** Position in the world, meters. */
  x = 0.1;
  y = 0.1;
  z = 0.1;
  /** Unit vector from the camera to the position, and the distance. */
  dx = 0.1;
  dy = 0.1;
  dz = 0.1;
  distance = 0.1;
  /** Coordinates on the surface and how much of them one pixel spans. */
  u = 0.1;
  v = 0.1;
  du = 0.1;
  dv = 0.1;
  /** The normal, a unit vector; surfaces may bend it. */
  nx = 0.1;
  ny = 0.1;
  nz = 0.1;
  /** Color of the surface in white light. */
  r = 0.1;
  g = 0.1;
  b = 0.1;
  /** Light that the surface gives off itself. */
  glowR = 0.1;
  glowG = 0.1;
  glowB = 0.1;
  /** The share of light mirrored rather than scattered, when seen head on. */
  mirror = 0.1;
  /** The share of the sky's light that arrives. */
  ambient = 0.1;
  /** How far fallen snow stays on it, or rain makes it shine: 1 for ground, 0 for things that shed both. */
  exposed = 0.1;
  /** The share of sunlight on its back that comes through: leaves. */
  translucent = 0.1;
  /** How much of the sun, and of the sky, things that stand on the ground keep away; 0 to 1. */
  shadow = 0.1;
  contact = 0.1;
  /** Light that falls on it; the sun's share of it, 0 to 1. */
  lightR = 0.1;
  lightG = 0.1;
  lightB = 0.1;
  sunlit = 0.1;
  /** How much of the pixel a pattern covers: for surfaces, while they paint. */
  paint = 0.1;

  setColor(color: Rgb, gain = 1): void {
    this.r = color[0] * gain;
    this.g = color[1] * gain;
    this.b = color[2] * gain;
  }

  /** Moves the color towards another by a weight from 0 to 1. */
  blendColor(color: Rgb, weight: number): void {
    this.r += (color[0] - this.r) * weight;
    this.g += (color[1] - this.g) * weight;
    this.b += (color[2] - this.b) * weight;
  }

  multiply(gain: number): void {
    this.r *= gain;
    this.g *= gain;
    this.b *= gain;
  }

  addGlow(color: Rgb, gain: number): void {
    this.glowR += color[0] * gain;
    this.glowG += color[1] * gain;
    this.glowB += color[2] * gain;
  }
}

/** What of a polygon's place a cutout covers. */
export const OUTSIDE = 0;
export const HOLE = 1;
export const SOLID = 2;

/** A shape cut out of a polygon, in the polygon's own coordinates. */
export interface Cutout {
  /**
   * Whether some of the shape is see-through. The data sets' annotators draw around a thing, so that what shows through
   * a fence or a wheel is labeled as the fence or the wheel (Cordts et al., CVPR 2016); so do these labels.
   */
  readonly seeThrough: boolean;
  at(u: number, v: number): typeof OUTSIDE | typeof HOLE | typeof SOLID;
}

export interface SurfaceTraits {
  readonly cutout?: Cutout | undefined;
  /** Whether it is seen from behind as well. */
  readonly twoSided?: boolean;
  /** Whether shadows that fall on the ground fall on it. */
  readonly ground?: boolean;
}

export abstract class Surface {
  readonly cutout: Cutout | undefined;
  readonly twoSided: boolean;
  readonly ground: boolean;

  constructor(
    readonly label: number,
    { cutout, twoSided = false, ground = false }: SurfaceTraits = {},
  ) {
    this.cutout = cutout;
    this.twoSided = twoSided;
    this.ground = ground;
  }

  /** Sets `r`, `g`, `b` and, where it matters, the other properties of the fragment's look. */
  abstract paint(fragment: Fragment): void;
}
