import { expect, it } from "vitest";
import { browserPackages } from "./browser-packages.mjs";

it("installs a browser for continuous integration alone, on Debian, where there is none", () => {
  const debian = 'NAME="Debian GNU/Linux"\nID=debian\n';
  expect(browserPackages({ CI: "true" }, debian, false)).toEqual(["chromium"]);
  expect(browserPackages({}, debian, false)).toEqual([]);
  expect(browserPackages({ CI: "true" }, debian, true)).toEqual([]);
  expect(browserPackages({ CI: "true" }, "ID=ubuntu\nID_LIKE=debian\n", false)).toEqual([]);
});
