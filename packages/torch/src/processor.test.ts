import { describe, expect, it } from "vitest";
import { bfloat16Instructions } from "./processor.js";

describe("bfloat16", () => {
  it.each([
    ["flags\t\t: fpu avx512f avx512_bf16 amx_bf16 ht\n\nflags\t\t: fpu\n", "amx_bf16"],
    ["processor\t: 0\nflags\t\t: fpu avx2 avx512_bf16\n", "avx512_bf16"],
    ["Features\t: fp asimd i8mm bf16\n", "bf16"],
    ["flags\t\t: fpu avx2 avx512f\n", null],
    ["", null],
  ])("of a processor that says %j is %s", (cpuInfo, instructions) => {
    expect(bfloat16Instructions(cpuInfo)).toBe(instructions);
  });
});
