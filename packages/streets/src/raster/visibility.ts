// What is seen where: for every sample the nearest primitive, its nearness and its class, and for the ground the shadows
// that lie on it. Drawing only settles visibility; shading happens afterwards, once for each pixel and primitive.
// There are SAMPLES x SAMPLES samples to a pixel, so that edges are smooth and thin things do not break.

import type { Surface } from "../surface.js";

export const SAMPLES = 2;

/** Numbers kept for each primitive; polygon.ts and capsule.ts say what they mean. */
export const COEFFICIENTS = 12;

const MOST_PRIMITIVES = 20000;

export class Visibility {
  /** In samples. */
  readonly width: number;
  readonly height: number;
  /** 1 / depth along the camera's axis; 0 where nothing is. */
  readonly nearness: Float32Array;
  /** Index of the primitive; 0 where nothing is. */
  readonly primitive: Uint16Array;
  readonly label: Uint8Array;
  /** 255 where the sun's light is blocked on its way to the ground. */
  readonly shadow: Uint8Array;
  /** 255 where hardly any light of the sky reaches the ground. */
  readonly contact: Uint8Array;

  readonly coefficients = new Float64Array(COEFFICIENTS * MOST_PRIMITIVES);
  /** 1 for capsules, 0 for polygons. */
  readonly round = new Uint8Array(MOST_PRIMITIVES);
  readonly surfaces: (Surface | undefined)[] = [undefined];

  /** The first and last x of each row of the polygon being filled: working space of polygon.ts. */
  readonly spanStart: Float64Array;
  readonly spanEnd: Float64Array;

  /** For an image of `width` x `height` pixels. */
  constructor(width: number, height: number) {
    this.width = width * SAMPLES;
    this.height = height * SAMPLES;
    const samples = this.width * this.height;
    this.nearness = new Float32Array(samples);
    this.primitive = new Uint16Array(samples);
    this.label = new Uint8Array(samples);
    this.shadow = new Uint8Array(samples);
    this.contact = new Uint8Array(samples);
    this.spanStart = new Float64Array(this.height);
    this.spanEnd = new Float64Array(this.height);
  }

  clear(): void {
    this.nearness.fill(0);
    this.primitive.fill(0);
    this.shadow.fill(0);
    this.contact.fill(0);
    this.surfaces.length = 1;
  }

  /** Room for one more primitive: its index. */
  add(surface: Surface, round: boolean): number {
    const index = this.surfaces.length;
    if (index === MOST_PRIMITIVES)
      throw new Error(`internal: a scene of more than ${MOST_PRIMITIVES} primitives`);
    this.surfaces.push(surface);
    this.round[index] = round ? 1 : 0;
    return index;
  }
}
