import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { parseOperatorList } from "./operator-list.js";

describe("parseOperatorList", () => {
  it("gathers overloads of one name, and passes over headings and empty lines", () => {
    const text =
      "# Heading\n\nadd.Tensor   Sum of two.\nadd.Scalar\nrelu  max(x, 0).\n_foreach_add_.List  Adds lists.\n";
    expect(parseOperatorList(text)).toEqual([
      { name: "add", description: "Sum of two.", overloads: ["Tensor", "Scalar"] },
      { name: "relu", description: "max(x, 0).", overloads: [""] },
      { name: "_foreach_add_", description: "Adds lists.", overloads: ["List"] },
    ]);
  });

  it("refuses lines that are no operator, and repetitions, with their line", () => {
    expect(() => parseOperatorList("relu\nadd.Tensor.out  x")).toThrow(
      'ops.txt:2: not an operator: "add.Tensor.out  x"',
    );
    expect(() => parseOperatorList("relu  x\n\nrelu")).toThrow("ops.txt:3: relu is listed twice");
  });

  it("reads the list of this package: every operator has a description", () => {
    const text = readFileSync(new URL("../../ops.txt", import.meta.url), "utf8");
    const operators = parseOperatorList(text);
    expect(operators.length).toBeGreaterThanOrEqual(150);
    expect(operators.filter(({ description }) => description === "").map(({ name }) => name)).toEqual([]);
  });
});
