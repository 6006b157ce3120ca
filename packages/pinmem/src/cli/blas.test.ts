import { expect, test } from "vitest";
import { describeBlas, isForAnyProcessor } from "./blas.js";

const debian = "/usr/lib/x86_64-linux-gnu";
const generic = "Build settings: BLAS_INFO=generic, LAPACK_INFO=generic, USE_CUDA=OFF";

test("the library in the process decides where libtorch only says generic", () => {
  const libraries = [
    `${debian}/libc.so.6`,
    `${debian}/openblas-openmp/libblas.so.3`,
    `${debian}/openblas-openmp/libopenblasp-r0.3.21.so`,
  ];
  expect(describeBlas(generic, libraries)).toEqual({
    name: "OpenBLAS 0.3.21, openmp",
    library: libraries[2],
    optimized: true,
    kernels: null,
  });
});

test("Debian's reference BLAS is called what it is", () => {
  const library = `${debian}/blas/libblas.so.3.11.0`;
  expect(describeBlas(generic, [library])).toEqual({
    name: "the reference BLAS",
    library,
    optimized: false,
    kernels: null,
  });
});

test("one that is a part of libtorch is named by libtorch's build settings", () => {
  expect(describeBlas("BLAS_INFO=mkl, BUILD_TYPE=Release", ["/site/torch/lib/libgomp.so.1"])).toEqual({
    name: "MKL, inside libtorch",
    library: null,
    optimized: true,
    kernels: null,
  });
  expect(describeBlas("", [])).toBeNull();
});

test("the kernels that OpenBLAS chose are told", () => {
  const library = `${debian}/openblas-openmp/libopenblasp-r0.3.21.so`;
  expect(describeBlas(generic, [library], "SkylakeX")?.kernels).toBe("SkylakeX");
});

test("kernels for any processor are known as such", () => {
  expect(["Prescott", "Haswell", "SkylakeX"].map(isForAnyProcessor)).toEqual([true, false, false]);
});
