// What JavaScript passes to operators: numbers that know their type, names of devices and memory formats, and how any
// value reads in a message.

import { OwnedTensor } from "./ownership.js";

/** A number that counts as floating-point even when it is integral; JavaScript cannot tell 2 from 2.0. */
export type FloatScalar = Float64Array & { readonly __scalar?: "float" };

/** A number to an operator: integral numbers count as integers (`float(2)` is 2.0), bigints as 64-bit integers. */
export type Scalar = number | boolean | bigint | FloatScalar;

/** Says that `value` is floating-point where a `Scalar`'s type matters, such as `zeros([2], { dtype: "int64" }).add(float(2))`. */
export const float = (value: number): FloatScalar => Float64Array.of(value);

/** Where a tensor lives: `"cpu"` or `"cuda:1"`. */
export type Device = "cpu" | "cuda" | `cuda:${number}`;

/** How elements lie in memory. */
export type MemoryFormat = "contiguous" | "channelsLast" | "channelsLast3d" | "preserve";

/** What an argument was, for messages: `float32[2, 3] on cpu`. */
export function describeValue(value: unknown): string {
  if (value instanceof OwnedTensor) return value.isDisposed ? "a disposed tensor" : String(value);
  if (Array.isArray(value)) {
    return value.length > 8 ? `an array of ${value.length}` : `[${value.map(describeValue).join(", ")}]`;
  }
  if (value instanceof Float64Array && value.length === 1) return `float(${value[0]})`;
  if (typeof value === "string") return JSON.stringify(value);
  if (typeof value === "function") return "a function";
  if (typeof value === "object" && value !== null) return `a ${value.constructor?.name ?? "plain"} object`;
  return String(value);
}
