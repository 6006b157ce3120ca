import { describe, expect, it } from "vitest";
import { inProcess } from "../test/elsewhere.js";
import { suitableKernels } from "./blas-kernels.js";

const processor = (vendor: string, flags: string) =>
  `processor\t: 0\nvendor_id\t: ${vendor}\nmodel\t\t: 207\nflags\t\t: fpu sse2 ${flags} ht\n\nprocessor\t: 1\n`;
const avx512 = "avx2 fma avx512f avx512dq avx512cd avx512bw avx512vl";

describe("kernels of OpenBLAS", () => {
  it.each([
    ["GenuineIntel", avx512, "SkylakeX"],
    ["GenuineIntel", "avx2 fma avx512f", "Haswell"],
    ["GenuineIntel", "avx2 fma", "Haswell"],
    ["GenuineIntel", "avx", undefined],
    ["AuthenticAMD", avx512, undefined],
  ])("of %s with %s are %s", (vendor, flags, kernels) => {
    expect(suitableKernels(processor(vendor, flags))).toBe(kernels);
  });

  it("are left alone where nothing is known of the processor", () => {
    expect(suitableKernels("")).toBeUndefined();
  });

  it("are those that the user names", async () => {
    const { result } = await inProcess(({ buildInfo }) => buildInfo().blasKernels, {
      env: { OPENBLAS_CORETYPE: "Nehalem" },
    });
    expect([null, "Nehalem"]).toContain(result);
  });

  it("use what this processor can do", async () => {
    const { result } = await inProcess(
      ({ buildInfo }) => ({ found: buildInfo().blasKernels, asked: process.env.OPENBLAS_CORETYPE ?? null }),
      { env: { OPENBLAS_CORETYPE: undefined } },
    );
    // Without OpenBLAS there are none; where nothing is asked for, OpenBLAS chooses.
    const { found, asked } = result ?? {};
    expect(found).not.toBeUndefined();
    if (found && asked) expect(found).toBe(asked);
  });
});
