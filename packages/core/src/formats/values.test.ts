import { expect, it } from "vitest";
import { packValues, unpackValues } from "./values.js";

it("brings tensors and wishes through unchanged, wherever the bytes lie", () => {
  const values = {
    image: { data: Float32Array.of(1.5, -2, 3), shape: [1, 3] },
    labels: { data: Uint8Array.of(7, 255, 9, 1, 2), shape: [5] },
    size: { data: BigInt64Array.of(48n, -1n), shape: [2] },
  };
  const packed = packValues(values, ["logits"]);
  const moved = new Uint8Array(packed.length + 3);
  moved.set(packed, 3);
  for (const body of [packed, moved.subarray(3)])
    expect(unpackValues(body)).toEqual({ wanted: ["logits"], values });
  expect(unpackValues(packValues({}))).toEqual({ wanted: [], values: {} });
});

it("refuses what is none, or not whole", () => {
  const packed = packValues({ image: { data: new Float32Array(100), shape: [100] } });
  const head = (text: string) => {
    const bytes = new TextEncoder().encode(`    ${text}`);
    new DataView(bytes.buffer).setUint32(0, bytes.length - 4, true);
    return bytes;
  };
  for (const bad of [
    new Uint8Array(0),
    new Uint8Array(40),
    packed.subarray(0, packed.length - 4),
    head("{}"),
    head('{"wanted":[],"values":[{"name":"a","type":"constructor","shape":[]}]}'),
    head('{"wanted":[],"values":[{"name":"a","type":"uint8","shape":[-1]}]}'),
    head('{"wanted":[],"values":[{"name":"a","type":"uint8","shape":[1e300]}]}'),
  ])
    expect(() => unpackValues(bad)).toThrow(RangeError);
});
