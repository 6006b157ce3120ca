import { describe, expect, it } from "vitest";
import { dtypeFromCode, isDType } from "./dtype.js";
import { type DType, dtypes, zeros } from "./index.js";

describe("dtypes", () => {
  it.each(Object.entries(dtypes))("%s has libtorch's code and size", (name, { code, itemSize, array }) => {
    const made = zeros([3], { dtype: name as DType });
    // The addon knows dtypes by name and reports the code that libtorch gave the tensor.
    expect(made.dtype).toBe(name);
    expect(made.toTypedArray().byteLength).toBe(3 * itemSize);
    expect(array.BYTES_PER_ELEMENT).toBe(itemSize);
    expect(dtypeFromCode(code)).toBe(name);
  });

  it("are known by name", () => {
    expect(isDType("bfloat16")).toBe(true);
    expect([isDType("float"), isDType("constructor"), isDType("")]).toEqual([false, false, false]);
  });

  it("leave out complex and quantized types", () => {
    expect([9, 10, 12, 13, -1].map(dtypeFromCode)).toEqual(Array(5).fill(undefined));
  });
});
