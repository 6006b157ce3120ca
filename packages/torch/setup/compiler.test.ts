import { describe, expect, test } from "vitest";
import { findCompiler, parseCompilerVersion, requireStandard } from "./compiler.mjs";

describe("compilers", () => {
  test.each([
    ["g++ (Debian 12.2.0-14+deb12u1) 12.2.0\nCopyright", "gcc", "12.2.0"],
    ["g++-11 (Ubuntu 11.4.0-1ubuntu1~22.04) 11.4.0", "gcc", "11.4.0"],
    ["g++ (GCC) 8.5.0 20210514 (Red Hat 8.5.0-22)", "gcc", "8.5.0"],
    ["x86_64-conda-linux-gnu-c++ (conda-forge gcc 13.3.0-1) 13.3.0", "gcc", "13.3.0"],
    ["Debian clang version 14.0.6\nTarget: x86_64", "clang", "14.0.6"],
    ["Apple clang version 15.0.0 (clang-1500.3.9.4)", "clang", "15.0.0"],
  ])("%s", (output, kind, version) => {
    expect(parseCompilerVersion(output)).toEqual({ kind, version });
  });

  test("something else is no compiler", () => {
    expect(parseCompilerVersion("GNU bash, version 5.2.15(1)-release")).toBeUndefined();
  });

  test("one that is too old for the library is refused by name", () => {
    const old = { command: ["g++-9"], kind: "gcc" as const, version: "9.4.0" };
    expect(() => requireStandard(old, 17)).not.toThrow();
    expect(() => requireStandard(old, 20)).toThrow(
      "g++-9 is gcc 9.4.0, but this libtorch needs C++20: gcc 10.0 or newer",
    );
  });

  test("a CXX that is none is an error, not passed over", async () => {
    await expect(findCompiler({ CXX: "/nowhere/g++ -m64" })).rejects.toThrow(
      "CXX=/nowhere/g++ -m64 is not a C++ compiler",
    );
  });

  test("without a PATH there is none", async () => {
    if (process.platform !== "darwin") expect(await findCompiler({ PATH: "" })).toBeUndefined();
  });
});
