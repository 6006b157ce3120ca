import { expect, it } from "vitest";
import { distinct } from "./distinct.js";

it("tells names apart that are the same, and leaves others as they are", () => {
  expect(distinct(["run", "other", "run", "run"])).toEqual(["run", "other", "run (2)", "run (3)"]);
});
