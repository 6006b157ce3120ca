import { describe, expect, it } from "vitest";
import { labelSpaceFromJson } from "./label-space.js";
import { DEEPEST, isNestedDeeper } from "./nesting.js";
import { parseExportedModel } from "./parse-exported-model.js";
import { parseResult } from "./result.js";

const nested = (depth: number): unknown => JSON.parse(`${"[".repeat(depth)}${"]".repeat(depth)}`);

describe("isNestedDeeper", () => {
  it("counts lists and objects, and never calls itself more often than that", () => {
    expect(isNestedDeeper(nested(DEEPEST))).toBe(false);
    expect(isNestedDeeper(nested(DEEPEST + 1))).toBe(true);
    expect(isNestedDeeper([1, { a: nested(500_000) }])).toBe(true);
    expect(isNestedDeeper({ a: { b: null } }, 2)).toBe(false);
    expect(isNestedDeeper({ a: { b: {} } }, 2)).toBe(true);
    expect(isNestedDeeper("text", 0)).toBe(false);
  });
});

it("names the file whose content is nested without end, whatever kind it is of", () => {
  const content = { format: 1, recipe: { options: nested(500_000) } };
  expect(() => parseResult(content, "some.json")).toThrow(/^some\.json is nested more than 100 levels deep/);
  expect(() => parseExportedModel(content, "model.json")).toThrow(
    /^model\.json is nested more than 100 levels deep/,
  );
  expect(() => labelSpaceFromJson(`{"files": ${"[".repeat(500_000)}${"]".repeat(500_000)}}`)).toThrow(
    /nested more than 100 levels deep/,
  );
});
