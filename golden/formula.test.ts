import { describe, expect, test } from "vitest";
import {
  formulaGumbel,
  formulaImages,
  formulaItems,
  formulaLabels,
  formulaPhotos,
  formulaState,
  hash,
  unit,
} from "./formula.js";

const values = (tensor: ReturnType<typeof formulaItems>) =>
  Array.from(tensor.toTypedArray() as Float32Array, Number);

describe("hash", () => {
  // Known answers of FNV-1a, 32 bits.
  test.each([
    ["", 0x811c9dc5],
    ["a", 0xe40c292c],
    ["foobar", 0xbf9cf968],
  ])("of %j is FNV-1a's", (name, expected) => {
    expect(hash(name)).toBe(expected);
  });

  test("is of UTF-8 bytes", () => {
    expect(hash("é")).not.toBe(hash("e"));
    expect(hash("é")).toBe(hash(new TextDecoder().decode(new Uint8Array([0xc3, 0xa9]))));
  });
});

describe("unit", () => {
  test("finishes as murmur3 does", () => {
    // fmix32(1) = 0x514e28b7, fmix32(0) = 0, known from the reference implementation.
    expect(unit(1, 0)).toBe((0x514e28b7 + 0.5) / 2 ** 31 - 1);
    expect(unit(0, 0)).toBe(0.5 / 2 ** 31 - 1);
  });

  test("stays in (-1, 1) and spreads evenly", () => {
    const seed = hash("some.weight");
    const stream = Float64Array.from({ length: 20_000 }, (_, i) => unit(seed, i));
    const mean = stream.reduce((a, b) => a + b) / stream.length;
    const variance = stream.reduce((a, b) => a + b * b, 0) / stream.length;
    expect(Math.max(...stream.map(Math.abs))).toBeLessThan(1);
    expect(mean).toBeCloseTo(0, 1);
    expect(variance).toBeCloseTo(1 / 3, 2);
  });
});

describe("formulaState", () => {
  const state = formulaState(
    new Map([
      ["conv.weight", [4, 2, 3, 3]],
      ["conv.bias", [4]],
      ["bn.weight", [4]],
      ["bn.bias", [4]],
      ["bn.running_mean", [4]],
      ["bn.running_var", [4]],
      ["bn.num_batches_tracked", []],
      ["linear.weight", [3, 4]],
      ["linear.bias", [3]],
      ["memory.m_items", [3, 5]],
    ]),
  );
  const of = (name: string) => values(state.get(name) as NonNullable<ReturnType<typeof state.get>>);
  const stream = (name: string, i: number) => unit(hash(name), i);

  test("gives every kind of parameter its rule, in single precision", () => {
    expect(of("conv.weight")[7]).toBe(Math.fround(Math.sqrt(6 / 18) * stream("conv.weight", 7)));
    expect(of("conv.bias")[2]).toBe(Math.fround(0.1 * stream("conv.bias", 2)));
    expect(of("bn.weight")[1]).toBe(Math.fround(0.5 + 0.1 * stream("bn.weight", 1)));
    expect(of("bn.bias")[3]).toBe(Math.fround(0.5 + 0.1 * stream("bn.bias", 3)));
    expect(of("linear.weight")[5]).toBe(Math.fround(Math.sqrt(6 / 4) * stream("linear.weight", 5)));
    expect(of("bn.running_mean")).toEqual([0, 0, 0, 0]);
    expect(of("bn.running_var")).toEqual([1, 1, 1, 1]);
    expect(of("bn.num_batches_tracked")).toEqual([0]);
    expect([...state].map(([, tensor]) => tensor.shape)).toContainEqual([4, 2, 3, 3]);
  });

  test("gives memory rows unit length", () => {
    const rows = of("memory.m_items");
    expect(rows).toEqual(values(formulaItems(3, 5)));
    for (let k = 0; k < 3; k++) expect(Math.hypot(...rows.slice(5 * k, 5 * k + 5))).toBeCloseTo(1, 6);
    expect(Math.min(...rows)).toBeGreaterThan(0);
  });

  test("refuses what it has no rule for", () => {
    expect(() => formulaState(new Map([["mixing.logits", [3]]]))).toThrow("no rule for 'mixing.logits' [3]");
  });
});

describe("inputs", () => {
  test("images are waves with noise, numbered", () => {
    const images = formulaImages([0, 3], [4, 5]);
    expect(images.shape).toEqual([2, 3, 4, 5]);
    const [c, y, x] = [2, 1, 4];
    const i = (c * 4 + y) * 5 + x;
    const expected = Math.sin(0.1 * x + 0.2 * y + c + 1.7 * 3) + 0.5 * unit(hash("image3"), i);
    expect(values(images)[60 + i]).toBe(Math.fround(expected));
    const photo = values(formulaPhotos([3], [4, 5]))[i] as number;
    expect(photo).toBeCloseTo(expected * (0.6 + 0.2 * c) + 0.2 * Math.sin(0.05 * (c + 1) * x), 6);
  });

  test("labels are blocks of 19 classes and the ignored value", () => {
    const labels = formulaLabels([0, 1], [17, 9]).toArray() as number[][][];
    expect(labels[0]?.[0]?.[0]).toBe(0);
    expect(labels[0]?.[16]?.[8]).toBe((5 * 2 + 3) % 20);
    expect(labels[1]?.[8]?.[7]).toBe((5 + 7) % 20);
    const large = (formulaLabels([0], [64, 64]).toArray() as number[][][]).flat(2);
    expect(new Set(large).has(255)).toBe(true);
    expect(new Set(large).has(19)).toBe(false);
  });

  test("Gumbel noise lies as the official code's scores do, pixels before classes", () => {
    const noise = formulaGumbel(1, [2, 3, 2, 2]);
    expect(noise.shape).toEqual([2, 3, 2, 2]);
    const at = (b: number, k: number, y: number, x: number) =>
      noise.select(0, b).select(0, k).select(0, y).select(0, x).toNumber();
    const i = ((1 * 2 + 0) * 2 + 1) * 3 + 2;
    const uniform = 0.5 + 0.5 * unit(hash("gumbel.dim1"), i);
    expect(at(1, 2, 0, 1)).toBe(-Math.log(-Math.log(uniform)));
    expect(formulaGumbel(0, [2, 3, 2, 2]).equal(noise)).toBe(false);
  });
});
