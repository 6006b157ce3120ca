import { describe, expect, it } from "vitest";
import { degrees } from "./arithmetic.js";
import { Camera } from "./camera.js";
import { Canvas, type Corner, type Point } from "./canvas.js";
import { COEFFICIENTS, SAMPLES, Visibility } from "./raster/visibility.js";
import { type Cutout, HOLE, SOLID, trainIds } from "./surface.js";
import { Plain } from "./surfaces/plain.js";

const WIDTH = 100;
const HEIGHT = 50;

function setUp(sun?: Point, pitch = 0) {
  const target = new Visibility(WIDTH, HEIGHT);
  const pose = { x: 0, height: 1.5, pitch, yaw: 0, roll: 0, fieldOfView: degrees(90) };
  const camera = new Camera(pose, target.width, target.height);
  const canvas = new Canvas(target, camera, sun);
  target.clear();
  canvas.fillBackground();
  const sampleAt = (x: number, y: number) => Math.floor(y) * target.width + Math.floor(x);
  /** Where a point of the world is on the screen, in samples. */
  const onScreen = ([x, y, z]: Point): [number, number] => [
    camera.centerX + (camera.focal * x) / z,
    camera.centerY - (camera.focal * (y - 1.5)) / z,
  ];
  return { target, canvas, camera, sampleAt, onScreen };
}

const car = new Plain(trainIds.car, [1, 0, 0]);
const wall = new Plain(trainIds.wall, [0, 1, 0]);

/** A square across the view at depth z, seen from the camera. */
const square = (x0: number, x1: number, y0: number, y1: number, z: number): Corner[] => [
  [x0, y0, z, x0, y0],
  [x0, y1, z, x0, y1],
  [x1, y1, z, x1, y1],
  [x1, y0, z, x1, y0],
];

describe("Canvas", () => {
  it("draws a polygon exactly where a pinhole camera sees it", () => {
    const { target, canvas, onScreen } = setUp();
    canvas.place(0, 0, 0);
    canvas.polygon(square(-1.02, 2.03, 0.51, 2.53, 8), car);
    const [left, top] = onScreen([-1.02, 2.53, 8]);
    const [right, bottom] = onScreen([2.03, 0.51, 8]);
    for (let y = 0; y < target.height; y++) {
      for (let x = 0; x < target.width; x++) {
        const inside = x + 0.5 > left && x + 0.5 < right && y + 0.5 > top && y + 0.5 < bottom;
        expect(target.label[y * target.width + x] === trainIds.car, `${x}, ${y}`).toBe(inside);
      }
    }
  });

  it("keeps nearness and surface coordinates exact in perspective", () => {
    const { target, canvas, onScreen } = setUp();
    canvas.place(0, 0, 0);
    // A wall along the street, u along it and v up it.
    canvas.polygon(
      [
        [3, 0, 4, 4, 0],
        [3, 3, 4, 4, 3],
        [3, 3, 40, 40, 3],
        [3, 0, 40, 40, 0],
      ].reverse() as unknown as Corner[],
      wall,
    );
    const c = target.coefficients.subarray(COEFFICIENTS, 2 * COEFFICIENTS);
    const evaluate = (at: number, x: number, y: number) =>
      (c[at] as number) * x + (c[at + 1] as number) * y + (c[at + 2] as number);
    for (const [y, z] of [
      [0.4, 5],
      [2.2, 9],
      [1.5, 33],
    ] as const) {
      const [sx, sy] = onScreen([3, y, z]);
      const near = evaluate(0, sx, sy);
      expect(1 / near).toBeCloseTo(z, 6);
      expect(evaluate(3, sx, sy) / near).toBeCloseTo(z, 6);
      expect(evaluate(6, sx, sy) / near).toBeCloseTo(y, 6);
    }
    expect([...c.subarray(9, 12)]).toEqual([expect.closeTo(-1), expect.closeTo(0), expect.closeTo(0)]);
  });

  it("shows the nearer of two things whatever the order", () => {
    for (const order of [0, 1]) {
      const { target, canvas, sampleAt } = setUp();
      canvas.place(0, 0, 0);
      const near = () => canvas.polygon(square(-1, 1, 1, 2, 5), car);
      const far = () => canvas.polygon(square(-9, 9, 0, 9, 12), wall);
      if (order === 0) near();
      far();
      if (order === 1) near();
      expect(target.label[sampleAt(100, 50)]).toBe(trainIds.car);
      expect(target.label[sampleAt(60, 50)]).toBe(trainIds.wall);
    }
  });

  it("leaves no gap and no overlap between polygons that share an edge", () => {
    const { target, canvas } = setUp();
    canvas.place(0.3, 0.1, 9, 0.8, 0.6);
    const [a, b, c, d]: Corner[] = [
      [-2, 0, 0, 0, 0],
      [-2.3, 2, 0, 0, 0],
      [1.9, 2.4, 0, 0, 0],
      [2, -0.3, 0, 0, 0],
    ];
    const twoSided = new Plain(trainIds.car, [1, 0, 0], { twoSided: true });
    const count = () => target.label.reduce((sum, label) => sum + (label === trainIds.car ? 1 : 0), 0);
    canvas.polygon([a, b, c] as Corner[], twoSided);
    const first = count();
    target.nearness.fill(0);
    canvas.fillBackground();
    canvas.polygon([a, c, d] as Corner[], twoSided);
    const second = count();
    target.nearness.fill(0);
    canvas.fillBackground();
    canvas.polygon([a, b, c, d] as Corner[], twoSided);
    expect(first).toBeGreaterThan(50);
    expect(second).toBeGreaterThan(50);
    expect(first + second).toBe(count());
  });

  it("cuts what reaches behind the camera and drops what is wholly behind it or turned away", () => {
    const { target, canvas } = setUp();
    canvas.place(0, 0, 0);
    const ground: Corner[] = [
      [-3, 0, -20, 0, 0],
      [-3, 0, 20, 0, 0],
      [3, 0, 20, 0, 0],
      [3, 0, -20, 0, 0],
    ];
    canvas.polygon(ground, car);
    const last = (target.height - 1) * target.width + target.width / 2;
    expect(target.label[last]).toBe(trainIds.car);
    expect(target.label[target.width / 2]).toBe(trainIds.sky);
    const drawn = target.surfaces.length;
    canvas.polygon(square(-1, 1, 0, 2, -5), wall);
    canvas.polygon(square(-1, 1, 0, 2, 5).reverse(), wall);
    expect(target.surfaces.length).toBe(drawn);
    expect(target.label.includes(trainIds.wall)).toBe(false);
  });

  it("labels the holes of see-through things, and shows through them", () => {
    const { target, canvas, sampleAt } = setUp();
    canvas.place(0, 0, 0);
    const bars: Cutout = { seeThrough: true, at: (u) => (u < 0 ? SOLID : HOLE) };
    // Drawn first, but settled last: it stands before the car.
    canvas.polygon(square(-2, 2, 0, 3, 5), new Plain(trainIds.fence, [0, 0, 1], { cutout: bars }));
    canvas.polygon(square(-2, 2, 0, 3, 8), car);
    canvas.finish();
    const [solid, hole] = [sampleAt(90, 50), sampleAt(110, 50)];
    expect([target.label[solid], target.label[hole]]).toEqual([trainIds.fence, trainIds.fence]);
    expect(target.surfaces[target.primitive[solid] as number]?.label).toBe(trainIds.fence);
    expect(target.surfaces[target.primitive[hole] as number]?.label).toBe(trainIds.car);
  });

  it("draws a sphere as a disc of the right size, its middle nearest", () => {
    const { target, canvas, camera, sampleAt } = setUp();
    canvas.place(0, 0, 0);
    canvas.capsule([0, 1.5, 10], 1, [0, 1.5, 10], 1, car);
    const seen = target.label.reduce((sum, label) => sum + (label === trainIds.car ? 1 : 0), 0);
    const radius = camera.focal / 10;
    expect(seen / (Math.PI * radius * radius)).toBeCloseTo(1, 1);
    const middle = target.nearness[sampleAt(100, 50)] as number;
    const edge = target.nearness[sampleAt(100 + 0.9 * radius, 50)] as number;
    expect(1 / middle).toBeCloseTo(9.1, 1);
    expect(middle).toBeGreaterThan(edge);
  });

  it("throws shadows away from the sun, as long as its height says", () => {
    // The sun stands at 45 degrees to the left: a pole of 2 m throws 2 m of shadow to the right.
    const { target, canvas, onScreen, sampleAt } = setUp([-Math.SQRT1_2, Math.SQRT1_2, 0]);
    canvas.place(-1, 0, 6);
    canvas.capsuleShadow([0, 0, 0], [0, 2, 0], 0.2);
    const marked = (x: number) => target.shadow[sampleAt(...onScreen([x, 0, 6]))];
    expect([marked(-1.3), marked(-0.9), marked(0.9), marked(1.1)]).toEqual([0, 255, 255, 0]);
    canvas.place(2, 0, 6, 0, 1);
    canvas.boxShadow(0.5, 0.5, 1);
    expect([marked(2.4), marked(3.4), marked(3.7)]).toEqual([255, 255, 0]);
  });

  it("throws no shadow without a sun", () => {
    const { target, canvas } = setUp();
    canvas.place(0, 0, 6);
    canvas.boxShadow(1, 1, 2);
    expect(target.shadow.every((mark) => mark === 0)).toBe(true);
  });

  it("labels sky above and terrain below a horizon that the camera's roll tilts", () => {
    const target = new Visibility(WIDTH, HEIGHT);
    const pose = { x: 0, height: 1.5, pitch: -0.1, yaw: 0, roll: 0.2, fieldOfView: degrees(90) };
    const camera = new Camera(pose, target.width, target.height);
    new Canvas(target, camera, undefined).fillBackground();
    for (let y = 0; y < target.height; y++) {
      for (let x = 0; x < target.width; x++) {
        const [a, b, c] = camera.rays.subarray(3, 6) as unknown as [number, number, number];
        const above = a + b * (x + 0.5) + c * (y + 0.5) > 0;
        expect(target.label[y * target.width + x]).toBe(above ? trainIds.sky : trainIds.terrain);
      }
    }
    expect(SAMPLES).toBe(2);
  });
});
