import { expect, it } from "vitest";
import { duration } from "./duration.js";

it("tells durations as people do", () => {
  expect([0.4, 45, 59.6, 185, 3599.7, 7385, Number.NaN, Number.POSITIVE_INFINITY].map(duration)).toEqual([
    "0 s",
    "45 s",
    "1 min 0 s",
    "3 min 5 s",
    "1 h 0 min",
    "2 h 3 min",
    "?",
    "?",
  ]);
});
