import { describe, expect, it } from "vitest";
import { degrees } from "./arithmetic.js";
import { Camera } from "./camera.js";

const level = { x: 0, height: 1.5, pitch: 0, yaw: 0, roll: 0, fieldOfView: degrees(90) };

/** The view direction at a point of the screen. */
function ray({ rays }: Camera, x: number, y: number): number[] {
  return [0, 3, 6].map(
    (at) => (rays[at] as number) + (rays[at + 1] as number) * x + (rays[at + 2] as number) * y,
  );
}

describe("Camera", () => {
  it("looks straight ahead in the middle and half the field of view aside at the edge", () => {
    const camera = new Camera(level, 200, 100);
    expect(camera.focal).toBeCloseTo(100, 4);
    expect(ray(camera, 100, 50)).toEqual([expect.closeTo(0), expect.closeTo(0), expect.closeTo(1)]);
    const [x, , z] = ray(camera, 200, 50) as [number, number, number];
    expect(x / z).toBeCloseTo(1, 5);
  });

  it("sees the horizon above the middle when it looks down", () => {
    const camera = new Camera({ ...level, pitch: degrees(-10) }, 200, 100);
    const row = 50 - 100 * Math.tan((10 * Math.PI) / 180);
    expect(ray(camera, 100, row)[1]).toBeCloseTo(0, 5);
    expect(ray(camera, 20, row)[1]).toBeCloseTo(0, 5);
  });

  it("turns to the right with a positive yaw, and clockwise with a positive roll", () => {
    expect(ray(new Camera({ ...level, yaw: degrees(20) }, 200, 100), 100, 50)[0]).toBeGreaterThan(0);
    // Clockwise, the camera's right side goes down: there the horizon is higher in the picture.
    const rolled = new Camera({ ...level, roll: degrees(10) }, 200, 100);
    expect(ray(rolled, 200, 50)[1]).toBeLessThan(0);
  });

  it("has three axes of length one at right angles", () => {
    const { right, up, ahead } = new Camera({ ...level, pitch: -0.1, yaw: 0.3, roll: 0.05 }, 64, 32);
    const dot = (a: Float64Array, b: Float64Array) =>
      a.reduce((sum, value, k) => sum + value * (b[k] as number), 0);
    for (const axis of [right, up, ahead]) expect(dot(axis, axis)).toBeCloseTo(1, 6);
    for (const [a, b] of [
      [right, up],
      [up, ahead],
      [ahead, right],
    ] as const) {
      expect(dot(a, b)).toBeCloseTo(0, 6);
    }
  });
});
