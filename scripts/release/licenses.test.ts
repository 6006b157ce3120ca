// Made-up libraries, which hold the names by which parts are recognized.

import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { addLicenses, missingLicenses, parts, partsOf } from "./licenses.mjs";

let root: string;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), "pinmem-licenses-"));
});
afterEach(() => rmSync(root, { recursive: true }));

const lib = () => join(root, "lib");
const licenses = () => join(root, "licenses");
function write(path: string, text: string): void {
  mkdirSync(dirname(join(root, path)), { recursive: true });
  writeFileSync(join(root, path), text);
}
const mklMark = "Intel(R) oneAPI Math Kernel Library Version ";

test("a part is found by its library's name or by its mark anywhere in one, across the parts that are read", () => {
  write("lib/libtorch_cpu.so", `${"x".repeat(2 ** 24 - 20)}${mklMark}${"x".repeat(500)}\0_ZN6asmjit4CodeE`);
  write("lib/libgomp.so.1", "");
  expect(partsOf(lib()).found.map(({ name }) => name)).toEqual([
    "PyTorch",
    "AsmJit",
    "Intel oneMKL",
    "libgomp of GCC",
  ]);
});

test("each part without its license is named, and each library that nobody knows", () => {
  write("lib/libtorch_cpu.so", `${mklMark}\0Sleef_sind4\0`);
  write("lib/libgomp.so.1", "");
  write("lib/libsurprise.so", "");
  write("licenses/LICENSE", "PyTorch's");
  write("licenses/third_party/sleef/LICENSE.txt", "SLEEF's");
  addLicenses(lib(), licenses(), undefined);
  expect(missingLicenses(lib(), licenses())).toEqual([
    "Intel oneMKL is in it without its license (third_party/intel-mkl/license.txt, third_party/intel-mkl/third-party-programs.txt)",
    "libsurprise.so is a library whose license is not known here",
  ]);
  rmSync(join(licenses(), "third_party/sleef"), { recursive: true });
  expect(missingLicenses(lib(), licenses())).toContain(
    "SLEEF is in it without its license (third_party/sleef/LICENSE.txt)",
  );
});

test("the licenses that the wheel lacks are there for every part, but for oneMKL's, and those of absent parts are not added", () => {
  write("lib/libtorch_cpu.so", parts.map(({ mark }) => mark ?? "").join("\0"));
  for (const name of ["libgomp-24e2ab19.so.1.0.0", "libomp.dylib", "libopenblas.so.0", "libarm_compute.so"])
    write(`lib/${name}`, "");
  addLicenses(lib(), licenses(), undefined);
  const lacking = parts.flatMap(({ licenses: paths }) =>
    paths.filter((path) => !existsSync(join(licenses(), path))),
  );
  // The wheel has each of its own in a folder.
  expect(lacking.filter((path) => /^third_party\/[^/]+$/.test(path))).toEqual([]);
  expect(lacking).toContain("third_party/intel-mkl/license.txt");
  rmSync(root, { recursive: true });
  write("lib/libtorch_cpu.so", "5Xbyak");
  addLicenses(lib(), licenses(), undefined);
  expect(readdirSync(join(licenses(), "third_party"))).toEqual(["xbyak.txt"]);
});

test("oneMKL's license is taken from where pip puts it, and no other license for it", () => {
  write("lib/libtorch.so", mklMark);
  write("licenses/LICENSE", "PyTorch's");
  write("mkl/tbb-2021.13.dist-info/LICENSE.txt", "Apache License");
  write("mkl/share/doc/mkl/licensing/third-party-programs.txt", "others");
  addLicenses(lib(), licenses(), join(root, "mkl"));
  expect(missingLicenses(lib(), licenses())).toEqual([
    "Intel oneMKL is in it without its license (third_party/intel-mkl/license.txt)",
  ]);
  const text = "Intel Simplified Software License (Version October 2022)\n\nUse and Redistribution. You may";
  write("mkl/share/doc/mkl/licensing/license.txt", text);
  addLicenses(lib(), licenses(), join(root, "mkl"));
  expect(missingLicenses(lib(), licenses())).toEqual([]);
  expect(readFileSync(join(licenses(), "third_party/intel-mkl/license.txt"), "utf8")).toBe(text);
});
