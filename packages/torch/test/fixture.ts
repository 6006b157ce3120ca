// Numbers that PyTorch made: JSON files beside the Python scripts that wrote them.

import { readFileSync } from "node:fs";
import { type DType, type Tensor, tensor } from "../src/index.js";

/** A tensor as the scripts write it, elements in row-major order. */
export interface PlainTensor {
  readonly shape: readonly number[];
  readonly data: readonly number[];
}

export const readFixture = <T>(name: string): T =>
  JSON.parse(readFileSync(new URL(`fixtures/${name}`, import.meta.url), "utf8")) as T;

export const fromPlain = ({ shape, data }: PlainTensor, dtype: DType = "float32"): Tensor =>
  tensor(data as number[], { dtype }).reshape(shape);

export const numbers = (value: Tensor): number[] => Array.from(value.to("float64").toTypedArray(), Number);

/** The largest absolute difference between a tensor and the fixture's; infinite where their shapes differ. */
export function distance(value: Tensor, { shape, data }: PlainTensor): number {
  if (value.shape.join() !== shape.join()) return Number.POSITIVE_INFINITY;
  return numbers(value).reduce(
    (largest, x, index) => Math.max(largest, Math.abs(x - (data[index] ?? Number.NaN))),
    0,
  );
}
