import { describe, expect, it } from "vitest";
import { unpack } from "../../../pinmem/test/data-fixtures.js";
import { cityscapes19 } from "../labels/label-space.js";
import { boundary, boundaryDistance } from "./boundary-iou.js";
import { ConfusionMatrix } from "./confusion-matrix.js";
import fixture from "./fixtures/scores.json" with { type: "json" };
import { scoresOf } from "./scores.js";
import { stateOf, Tally } from "./tally.js";

const tallied = ({ images, boundary: { dilation } }: (typeof fixture.cases)[number]) => {
  const tally = new Tally({ classes: fixture.classes, dilation });
  for (const { prediction, label, ...size } of images) tally.add(unpack(prediction), unpack(label), size);
  return tally;
};
const close = (values: readonly (number | null)[]) =>
  values.map((value) => (value === null ? null : expect.closeTo(value, 12)));

describe.each(fixture.cases)("scores of $name", (expected) => {
  it("are those of scikit-learn", () => {
    const { matrix } = tallied(expected);
    const scores = scoresOf(matrix);
    expect([...matrix.counts]).toEqual(expected.confusion);
    expect(scores.classIoU).toEqual(close(expected.classIoU));
    expect(scores.classAccuracy).toEqual(close(expected.classAccuracy));
    expect(scores.meanIoU).toBeCloseTo(expected.meanIoU, 12);
    expect(scores.pixelAccuracy).toBeCloseTo(expected.pixelAccuracy, 12);
    expect(scores.meanAccuracy).toBeCloseTo(expected.meanAccuracy, 12);
  });

  it("at boundaries are those of plain erosions", () => {
    const { boundary: counts } = tallied(expected);
    expect([...(counts?.truth ?? [])]).toEqual(expected.boundary.truth);
    expect([...(counts?.prediction ?? [])]).toEqual(expected.boundary.prediction);
    expect([...(counts?.both ?? [])]).toEqual(expected.boundary.both);
    expect(counts?.classIoU()).toEqual(close(expected.boundary.classIoU));
  });
});

describe("scoresOf", () => {
  it("counts by hand", () => {
    const matrix = new ConfusionMatrix(3);
    matrix.counts.set([6, 2, 0, 1, 1, 0, 0, 0, 0]);
    expect(scoresOf(matrix)).toEqual({
      classIoU: [6 / 9, 1 / 4, null],
      meanIoU: (6 / 9 + 1 / 4) / 2,
      pixelAccuracy: 7 / 10,
      classAccuracy: [6 / 8, 1 / 2, null],
      meanAccuracy: (6 / 8 + 1 / 2) / 2,
    });
  });

  it("has no values where every pixel is ignored", () => {
    const tally = new Tally({ classes: 2, dilation: 0.02 });
    tally.add(Uint8Array.of(0, 1, 1, 0), new Uint8Array(4).fill(255), { width: 2, height: 2 });
    const { meanIoU, pixelAccuracy, meanAccuracy, classAccuracy } = scoresOf(tally.matrix);
    expect([meanIoU, pixelAccuracy, meanAccuracy]).toEqual([null, null, null]);
    expect(classAccuracy).toEqual([null, null]);
    expect(tally.boundary?.meanIoU()).toBeNull();
    expect(tally.images).toBe(1);
  });
});

describe("boundary", () => {
  it("is what lies within the distance of another value or of the image's end", () => {
    const ids = new Uint8Array(7 * 7);
    ids[6] = 1;
    const inside = [...boundary(ids, { width: 7, height: 7 }, 2)].flatMap((edge, at) => (edge ? [] : [at]));
    // Rows and columns 2 to 4 are far enough from the end; (2, 4) is two away from the corner, (3, 4) is not.
    expect(inside).toEqual(
      [2, 3].map((x) => 14 + x).concat([2, 3, 4].flatMap((x) => [21 + x, 28 + x]).sort()),
    );
  });

  it("is a share of the diagonal wide, at least a pixel", () => {
    expect(boundaryDistance({ width: 2048, height: 1024 }, 0.005)).toBe(11);
    expect(boundaryDistance({ width: 30, height: 40 }, 0.005)).toBe(1);
  });
});

describe("ConfusionMatrix.addBytes", () => {
  it("refuses values that are no classes, and counts nothing then", () => {
    const matrix = new ConfusionMatrix(2);
    expect(() => matrix.add(Uint8Array.of(0, 2), Uint8Array.of(0, 1))).toThrow(/a prediction is 2/);
    expect(() => matrix.add(Uint8Array.of(0, 1), Uint8Array.of(0, 7))).toThrow(/a label is 7/);
    expect(() => matrix.add(Uint8Array.of(0), Uint8Array.of(0, 1))).toThrow(/1 predicted pixels/);
    expect([...matrix.counts]).toEqual([0, 0, 0, 0]);
  });
});

describe("Tally", () => {
  const [first, second] = [Uint8Array.of(0, 1, 1, 3), Uint8Array.of(2, 1, 0, 255)] as const;
  const size = { width: 2, height: 2 };

  it("adds parts up to exactly what the whole gives, through results too", () => {
    const make = () => new Tally({ classes: 19, dilation: 0.02, cohesion: true });
    const [whole, a, b, sum] = [make(), make(), make(), make()];
    for (const [tally, loss] of [
      [whole, 2.123456789],
      [a, 2.123456789],
    ] as const) {
      tally.add(first, second, size);
      tally.addCohesion(loss, 3);
    }
    for (const tally of [whole, b]) {
      tally.add(
        second.map((id) => id % 19),
        first,
        size,
      );
      tally.addCohesion(0.987654321, 4);
      tally.skip("z.png", "is empty");
    }
    a.skip("a.png", "is empty");
    whole.skip("a.png", "is empty");
    const through = (tally: Tally) => ({
      name: "x",
      dataset: "x",
      role: null,
      ...tally.result(cityscapes19),
    });
    sum.addState(stateOf(through(b)));
    sum.addState(JSON.parse(JSON.stringify(a.state)));
    expect(sum.result(cityscapes19)).toEqual(whole.result(cityscapes19));
    expect(whole.result(cityscapes19).cohesionLoss).toBeCloseTo((3 * 2.123456789 + 4 * 0.987654321) / 7, 3);
    expect(whole.result(cityscapes19).skipped.map(({ file }) => file)).toEqual(["a.png", "z.png"]);
  });

  it("refuses counts of other classes or other scores", () => {
    const { state } = new Tally({ classes: 19 });
    expect(() => new Tally({ classes: 4 }).addState(state)).toThrow(/other classes/);
    expect(() => new Tally({ classes: 19, dilation: 0.02 }).addState(state)).toThrow(/other scores/);
  });
});
