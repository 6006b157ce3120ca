import { describe, expect, it } from "vitest";
import { Course } from "../scene/course.js";
import { Fragment } from "../surface.js";
import { SkylineShadow } from "./skyline-shadow.js";

/** The share of sunlight at a point of the street. */
function sunlight(
  skyline: SkylineShadow,
  x: number,
  y: number,
  z: number,
  sun: [number, number, number],
): number {
  const f = new Fragment();
  Object.assign(f, { x, y, z, sunlit: 1 });
  skyline.shade(f, sun);
  return f.sunlit;
}

describe("SkylineShadow", () => {
  const fromRight: [number, number, number] = [Math.SQRT1_2, Math.SQRT1_2, 0];

  it("shades as far from a row of houses as they are high, at 45 degrees", () => {
    const skyline = new SkylineShadow(new Course(0), -8, 8);
    skyline.add(0, 60, 8, 10);
    expect(sunlight(skyline, -1, 0, 20, fromRight)).toBe(0);
    expect(sunlight(skyline, -3, 0, 20, fromRight)).toBe(1);
    expect(sunlight(skyline, -1, 3, 20, fromRight)).toBe(1);
  });

  it("lets light through gaps and from the other side", () => {
    const skyline = new SkylineShadow(new Course(0), -8, 8);
    skyline.add(0, 20, 8, 10);
    skyline.add(40, 60, 8, 10);
    expect(sunlight(skyline, 2, 0, 30, fromRight)).toBe(1);
    expect(sunlight(skyline, 2, 0, 50, fromRight)).toBe(0);
    expect(sunlight(skyline, 2, 0, 50, [-Math.SQRT1_2, Math.SQRT1_2, 0])).toBe(1);
  });

  it("looks along the sun's direction, not straight across", () => {
    const skyline = new SkylineShadow(new Course(0), -8, 8);
    skyline.add(30, 40, 8, 20);
    const ahead = Math.sqrt(1 / 3);
    expect(sunlight(skyline, 0, 0, 27, [ahead, ahead, ahead])).toBe(0);
    expect(sunlight(skyline, 0, 0, 35, [ahead, ahead, ahead])).toBe(1);
  });

  it("follows the bend of the road", () => {
    const bend = new Course(0.01);
    const skyline = new SkylineShadow(bend, -8, 8);
    skyline.add(0, 120, 8, 10);
    const x = bend.x(60);
    expect(sunlight(skyline, x - 1, 0, 60, fromRight)).toBe(0);
    expect(sunlight(skyline, x - 3, 0, 60, fromRight)).toBe(1);
  });
});
