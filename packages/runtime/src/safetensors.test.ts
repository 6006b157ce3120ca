import { expect, it } from "vitest";
import { readTensor } from "./safetensors.js";

function file(header: unknown, data: Float32Array): Uint8Array {
  const text = new TextEncoder().encode(JSON.stringify(header));
  const bytes = new Uint8Array(8 + text.length + data.byteLength);
  new DataView(bytes.buffer).setBigUint64(0, BigInt(text.length), true);
  bytes.set(text, 8);
  bytes.set(new Uint8Array(data.buffer), 8 + text.length);
  return bytes;
}

const rows = Float32Array.of(1, 2, 3, 4);
const entry = { dtype: "F32", shape: [2, 2], data_offsets: [0, 16] };

it("reads the tensor of a name, type and shape", () => {
  expect(readTensor(file({ items: entry }, rows), "items", [2, 2])).toEqual(rows);
});

it.each<[string, unknown, Float32Array, RegExp]>([
  ["before the data", { ...entry, data_offsets: [-16, 0] }, rows, /items is F32/],
  ["between two bytes", { ...entry, data_offsets: [0.5, 16.5] }, new Float32Array(8), /items is F32/],
  ["beyond the end", { ...entry, data_offsets: [4, 20] }, rows, /items is F32/],
  ["of another shape", { ...entry, shape: [4] }, rows, /items is F32 \[4\], not F32 \[2,2\]/],
  ["of another type", { ...entry, dtype: "F16" }, rows, /items is F16/],
  ["without offsets", { dtype: "F32", shape: [2, 2] }, rows, /has no tensor items/],
  ["that is nothing", null, rows, /has no tensor items/],
  ["with numbers that are none", entry, Float32Array.of(1, Number.NaN, 3, 4), /numbers that are not finite/],
])("refuses one %s", (_, described, data, problem) => {
  expect(() => readTensor(file({ items: described }, data), "items", [2, 2])).toThrow(problem);
});

it("takes no tensor for one that is called like what every object has", () => {
  expect(() => readTensor(file({}, rows), "constructor", [2, 2])).toThrow("it has no tensor constructor");
});
