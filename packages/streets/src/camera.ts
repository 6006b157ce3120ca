// The pinhole camera. World coordinates: x to the right, y up, z ahead along the road, in meters, the ground at y = 0.
// Screen coordinates: x to the right, y down, in samples of the visibility buffer. No lens distortion: the labels of the
// public street data sets have none to speak of either.

import { cosine, sine } from "./arithmetic.js";

export interface Pose {
  /** Meters. */
  readonly x: number;
  readonly height: number;
  /** Radians: up is positive for the pitch, to the right for the yaw, clockwise for the roll. */
  readonly pitch: number;
  readonly yaw: number;
  readonly roll: number;
  /** Radians, across the width of the image. */
  readonly fieldOfView: number;
}

export class Camera {
  readonly x: number;
  readonly y: number;
  readonly z = 0;
  /** Samples for a slope of one. */
  readonly focal: number;
  readonly centerX: number;
  readonly centerY: number;
  /** The world directions of the image's right, up and ahead: three unit vectors. */
  readonly right: Float64Array;
  readonly up: Float64Array;
  readonly ahead: Float64Array;
  /** The view direction at (X, Y) is, component by component, a + b * X + c * Y; its part straight ahead is 1 long. */
  readonly rays: Float64Array;

  /** For an image of `width` x `height` samples. */
  constructor(pose: Pose, width: number, height: number) {
    this.x = pose.x;
    this.y = pose.height;
    this.centerX = width / 2;
    this.centerY = height / 2;
    const half = pose.fieldOfView / 2;
    this.focal = (width / 2) * (cosine(half) / sine(half));
    const [sp, cp] = [sine(pose.pitch), cosine(pose.pitch)];
    const [sy, cy] = [sine(pose.yaw), cosine(pose.yaw)];
    const [sr, cr] = [sine(pose.roll), cosine(pose.roll)];
    const levelRight = [cy, 0, -sy] as const;
    const levelUp = [-sp * sy, cp, -sp * cy] as const;
    this.ahead = Float64Array.of(cp * sy, sp, cp * cy);
    this.right = Float64Array.from(levelRight, (r, i) => cr * r - sr * (levelUp[i] as number));
    this.up = Float64Array.from(levelUp, (u, i) => cr * u + sr * (levelRight[i] as number));
    this.rays = new Float64Array(9);
    for (let axis = 0; axis < 3; axis++) {
      const b = (this.right[axis] as number) / this.focal;
      const c = -(this.up[axis] as number) / this.focal;
      this.rays.set([(this.ahead[axis] as number) - b * this.centerX - c * this.centerY, b, c], 3 * axis);
    }
  }
}
