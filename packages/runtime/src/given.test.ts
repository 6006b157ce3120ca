import { expect, it } from "vitest";
import { checkNumber, shown } from "./given.js";

it("tells what was given by its type where that is what is wrong", () => {
  expect([10, "10", null, undefined, true, [], {}, new Map(), Number].map(shown)).toEqual([
    "10",
    'the string "10"',
    "null",
    "undefined",
    "true",
    "Array",
    "a plain object",
    "Map",
    "Function",
  ]);
});

it("refuses the string of a form, and says how a number is made of it", () => {
  const check = (value: unknown) => () => checkNumber(value, (one) => one >= 0, "votes: must be at least 0");
  expect(check("10")).toThrow(
    'votes: must be at least 0, got the string "10"; Number() makes a number of it',
  );
  expect(check("")).toThrow(/got the string ""$/);
  expect(check(-1)).toThrow(/got -1$/);
  expect(check(10)).not.toThrow();
});
