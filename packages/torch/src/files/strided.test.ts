import { describe, expect, test } from "vitest";
import { gather, isRowMajor, lastIndex, type View, viewProblem } from "./strided.js";

/** The definition, element by element. */
function indices({ offset, shape, strides }: View): number[] {
  return shape.reduce(
    (starts, size, axis) =>
      starts.flatMap((start) =>
        Array.from({ length: size }, (_, index) => start + index * (strides[axis] ?? 0)),
      ),
    [offset],
  );
}

const views: View[] = [
  { offset: 0, shape: [], strides: [] },
  { offset: 3, shape: [4], strides: [2] },
  { offset: 0, shape: [2, 3], strides: [3, 1] },
  { offset: 1, shape: [3, 2], strides: [1, 3] },
  { offset: 0, shape: [2, 3, 2, 2], strides: [12, 1, 6, 3] },
  { offset: 2, shape: [3, 1, 2], strides: [0, 99, 1] },
  { offset: 0, shape: [2, 2, 3], strides: [1, 1, 1] },
];

describe("gather", () => {
  test.each([1, 2, 4, 8])("agrees with the definition for items of %i bytes", (itemSize) => {
    const storage = new Uint8Array(32 * itemSize).map((_, index) => (index * 37) % 251);
    const item = (index: number) => [...storage.subarray(index * itemSize, (index + 1) * itemSize)];
    for (const view of views) {
      const source = storage.slice(view.offset * itemSize, (lastIndex(view) + 1) * itemSize);
      const expected = indices(view).flatMap(item);
      const target = new Uint8Array(expected.length);
      gather(source, itemSize, view, target);
      expect([...target]).toEqual(expected);
    }
  });

  test("keeps every bit pattern of eight bytes, signalling NaNs included", () => {
    const source = Uint8Array.from([1, 0, 0, 0, 0, 0, 0xf0, 0x7f, 2, 0, 0, 0, 0, 0, 0xf0, 0xff]);
    const target = new Uint8Array(16);
    gather(source, 8, { offset: 0, shape: [2], strides: [1] }, target);
    expect(target).toEqual(source);
  });
});

describe("views", () => {
  test("know their last element", () => {
    for (const view of views) expect(lastIndex(view)).toBe(Math.max(...indices(view)));
  });

  test("lie within a storage exactly if their last element does", () => {
    for (const view of views) {
      expect(viewProblem(view, lastIndex(view) + 1)).toBeUndefined();
      expect(viewProblem(view, lastIndex(view))).toMatch(/beyond its storage/);
    }
  });

  test("are row-major if their elements follow one another", () => {
    for (const view of views) {
      const consecutive = indices(view).every((index, at) => index === view.offset + at);
      expect(isRowMajor(view)).toBe(consecutive);
    }
  });
});
