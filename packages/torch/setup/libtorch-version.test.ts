import { describe, expect, test } from "vitest";
import { cppStandard, isOlder, parseAbi, parseVersionHeader, parseVersionPy } from "./libtorch-version.mjs";
import { versionHeader } from "./testing.js";

describe("versions", () => {
  test("are read from the header", () => {
    expect(parseVersionHeader(versionHeader(2, 13))).toBe("2.13.1");
    expect(parseVersionHeader("#include <torch/headeronly/version.h>\n")).toBeUndefined();
  });

  test("are read from Python's version.py with what follows the number", () => {
    expect(parseVersionPy("__all__ = ['__version__']\n__version__ = '2.13.0+cpu'\ndebug = False\n")).toBe(
      "2.13.0+cpu",
    );
    expect(parseVersionPy("nothing")).toBeUndefined();
  });

  test.each([
    ["1.12.1", "1.13", true],
    ["1.13.0a0", "1.13", false],
    ["1.13.1+dfsg-4", "1.13", false],
    ["2.1", "1.13", false],
    ["2.9.1+cu128", "2.10", true],
    ["2.13.0", "2.10", false],
  ])("%s older than %s: %s", (version, than, expected) => {
    expect(isOlder(version, than)).toBe(expected);
  });
});

test("the ABI follows from the strings in libc10's own symbols", () => {
  expect(parseAbi("_ZN3c106detail14torchCheckFailEPKcS2_jRKSs")).toBe(0);
  expect(parseAbi("_ZN3c106detail14torchCheckFailEPKcS2_jRKNSt7__cxx1112basic_stringIcSt11char")).toBe(1);
  expect(parseAbi("_ZNSt7__cxx1112basic_string _ZN3c105ErrorC1ERKSs")).toBe(0);
  expect(parseAbi("")).toBe(1);
});

test("C++20 is used where the version or the headers ask for it", () => {
  const asks = (standard: string) => `#if !defined(_MSC_VER) && __cplusplus < ${standard}L\n#error\n`;
  expect(cppStandard("1.13.0", asks("201402"))).toBe(17);
  expect(cppStandard("2.9.0", asks("201703"))).toBe(17);
  expect(cppStandard("2.9.0", asks("202002"))).toBe(20);
  expect(cppStandard("2.13.0+cpu", asks("201703"))).toBe(20);
});
