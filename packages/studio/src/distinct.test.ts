import { expect, it } from "vitest";
import { distinct, namesByFolder } from "./distinct.js";

it("tells names apart that are the same, and leaves others as they are", () => {
  expect(distinct(["run", "other", "run", "run"])).toEqual(["run", "other", "run (2)", "run (3)"]);
});

it("says which folder runs are of that are called the same", () => {
  const named = (...runs: [name: string, path: string][]) =>
    namesByFolder(runs.map(([name, path]) => ({ name, path })));
  expect(named(["demo", "/a/first"], ["demo", "/a/second"], ["other", "/a/other"])).toEqual([
    "demo (first)",
    "demo (second)",
    "other",
  ]);
  expect(named(["run", "a/run"], ["run", "./b/run/"])).toEqual(["run (a/run)", "run (b/run)"]);
  expect(named(["run", "run"], ["run", "run"])).toEqual(["run", "run (2)"]);
});
