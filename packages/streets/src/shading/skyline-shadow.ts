// The shadow of the rows of houses: for each side of the street how high they stand and where, in steps along the road.
// One look-up answers whether a point in the street canyon sees the sun, for ground, façades, cars and people alike.

import { clamp } from "../arithmetic.js";
import type { Course } from "../scene/course.js";
import type { Fragment } from "../surface.js";

const STEP = 2;
const START = -60;
const STEPS = 160;

export class SkylineShadow {
  readonly #course: Course;
  readonly #height = { left: new Float32Array(STEPS), right: new Float32Array(STEPS) };
  readonly #front = { left: new Float32Array(STEPS), right: new Float32Array(STEPS) };

  /** `left` and `right`: where, across the street, houses stand unless they say otherwise. */
  constructor(course: Course, left: number, right: number) {
    this.#course = course;
    this.#front.left.fill(left);
    this.#front.right.fill(right);
  }

  /** A house of the given height along [start, end], its front at `t`. */
  add(start: number, end: number, t: number, height: number): void {
    const side = t < 0 ? "left" : "right";
    const first = Math.max(0, Math.round((start - START) / STEP));
    const last = Math.min(STEPS, Math.round((end - START) / STEP));
    this.#height[side].fill(height, first, last);
    this.#front[side].fill(t, first, last);
  }

  /** Reduces `sunlit` where the houses stand between the fragment and the sun; `sun` is the direction towards it. */
  shade(f: Fragment, sun: readonly [number, number, number]): void {
    const { x, y, z } = f;
    const across = sun[0];
    if (across < 0.02 && across > -0.02) return;
    const side = across < 0 ? "left" : "right";
    const heights = this.#height[side];
    const fronts = this.#front[side];
    const t = x - this.#course.x(z);
    // The front differs along the row: look where the ray would cross it here, then there.
    let step = clamp(Math.floor((z - START) / STEP), 0, STEPS - 1);
    let reach = ((fronts[step] as number) - t) / across;
    if (reach > 0) {
      step = clamp(Math.floor((z + sun[2] * reach - START) / STEP), 0, STEPS - 1);
      reach = ((fronts[step] as number) - t) / across;
    }
    if (reach < 0.4) return;
    const clearance = y + sun[1] * reach - (heights[step] as number);
    f.sunlit *= clamp(0.5 + clearance / (0.2 + 0.02 * reach), 0, 1);
  }
}
