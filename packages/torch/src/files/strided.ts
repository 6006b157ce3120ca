// Strided views: which elements of a storage a tensor covers, and copying them into row-major order.
// Offsets and strides count elements, as in PyTorch. Negative strides do not exist there, nor here.

import { elementCount } from "./raw-tensor.js";

type OwnedBytes = Uint8Array<ArrayBuffer>;

export interface View {
  readonly offset: number;
  readonly shape: readonly number[];
  readonly strides: readonly number[];
}

/** That a tensor can have, as in PyTorch. */
export const MOST_DIMENSIONS = 64;
const isIndex = (value: number): boolean => Number.isSafeInteger(value) && value >= 0;

/** What is wrong with a view of a storage of `length` elements; undefined where it lies within. */
export function viewProblem({ offset, shape, strides }: View, length: number): string | undefined {
  if (shape.length > MOST_DIMENSIONS)
    return `has ${shape.length} dimensions, at most ${MOST_DIMENSIONS} can be`;
  if (shape.length !== strides.length) return `has ${shape.length} sizes and ${strides.length} strides`;
  if (![offset, ...strides].every(isIndex)) return `has the offset ${offset} and strides [${strides}]`;
  const count = elementCount(shape);
  if (count === undefined) return `has the impossible shape [${shape}]`;
  const end = count === 0 ? offset : lastIndex({ offset, shape, strides }) + 1;
  if (end <= length) return undefined;
  return `with shape [${shape}], strides [${strides}] and offset ${offset} reaches beyond its storage of ${length} elements`;
}

/** Index of the last element of a view that has any. */
export const lastIndex = ({ offset, shape, strides }: View): number =>
  shape.reduce((index, size, axis) => index + (size - 1) * (strides[axis] ?? 0), offset);

export function isRowMajor({ shape, strides }: View): boolean {
  let expected = 1;
  for (let axis = shape.length - 1; axis >= 0; axis--) {
    const size = shape[axis] ?? 0;
    if (size !== 1 && strides[axis] !== expected) return false;
    expected *= size;
  }
  return true;
}

/**
 * Copies the elements of a view with at least one element into row-major order. `source` begins at the view's
 * first element; both arrays are aligned to the items, of 1, 2, 4 or 8 bytes.
 */
export function gather(source: OwnedBytes, itemSize: number, view: View, target: OwnedBytes): void {
  if (itemSize === 8) {
    // As pairs of words: JavaScript's doubles would not keep every pattern of 64 bits.
    const shape = [...view.shape, 2];
    const strides = [...view.strides.map((stride) => 2 * stride), 1];
    gather(source, 4, { offset: 0, shape, strides }, target);
    return;
  }
  const Words = itemSize === 4 ? Uint32Array : itemSize === 2 ? Uint16Array : Uint8Array;
  const from = new Words(source.buffer, source.byteOffset, source.byteLength / itemSize);
  const to = new Words(target.buffer, target.byteOffset, target.byteLength / itemSize);
  const outer = view.shape.slice(0, -1);
  const rowLength = view.shape.at(-1) ?? 1;
  const rowStride = view.strides.at(-1) ?? 1;
  const index = outer.map(() => 0);
  let rowStart = 0;
  for (let written = 0; written < to.length; ) {
    for (let column = 0, at = rowStart; column < rowLength; column++, at += rowStride) {
      to[written++] = from[at] ?? 0;
    }
    rowStart += advance(index, outer, view.strides);
  }
}

/** Moves a row-major index to the next row and returns how far that is in the storage. */
function advance(index: number[], shape: readonly number[], strides: readonly number[]): number {
  let step = 0;
  for (let axis = shape.length - 1; axis >= 0; axis--) {
    const next = (index[axis] ?? 0) + 1;
    const stride = strides[axis] ?? 0;
    if (next < (shape[axis] ?? 0)) {
      index[axis] = next;
      return step + stride;
    }
    step -= (next - 1) * stride;
    index[axis] = 0;
  }
  return step;
}
