import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { buildInfo } from "../index.js";
import { parseOperatorList } from "./operator-list.js";
import { renderOperators } from "./render.js";
import { readSchemas } from "./schema.js";

const read = (path: string) => readFileSync(new URL(path, import.meta.url), "utf8");

/** What would be generated for a list of operators, without the lines that all have in common. */
function render(list: string): string {
  const operators = parseOperatorList(list);
  return renderOperators(operators, readSchemas(operators));
}

describe("the generated surface", () => {
  // Schemas differ between versions; the surface is written from those of the oldest that is supported.
  it.runIf(buildInfo().libtorch.startsWith("1.13"))("is what ops.txt and libtorch's schemas say", () => {
    expect(render(read("../../ops.txt"))).toBe(read("../generated/operators.ts"));
  });

  it("is a method where the first argument is a tensor, a function elsewhere", () => {
    const text = render("relu  max(x, 0).\ncat  Joins.");
    expect(text).toContain("  relu(): Tensor {\n    return run(reluOp, [this]) as Tensor;\n  }");
    expect(text).toContain(
      [
        "export function cat(tensors: readonly Tensor[], dim: number): Tensor;",
        "export function cat(tensors: readonly Tensor[], options?: { dim?: number | undefined }): Tensor;",
      ].join("\n"),
    );
  });

  it("offers a function beside the method, unless PyTorch has none", () => {
    const text = render(
      "exp  Exponential.\nexp_  In place.\nview  Shape.\nvar  Variance.\nwhere.self  Either.",
    );
    expect([...text.matchAll(/^export function (\w+)/gm)].map(([, name]) => name)).toEqual(["exp", "where"]);
    expect([...text.matchAll(/^ {2}(\w+)\(.*\{$/gm)].map(([, name]) => name)).toEqual([
      "exp",
      "exp_",
      "view",
      "var",
    ]);
  });

  it("documents what it does, the defaults and the schema", () => {
    expect(render("avg_pool2d  Mean of each window.")).toContain(
      [
        "  /**",
        "   * Mean of each window.",
        "   * Defaults: stride [], padding [0, 0], ceilMode false, countIncludePad true.",
        "   *",
        "   * `aten::avg_pool2d(Tensor self, int[2] kernel_size,",
      ].join("\n"),
    );
  });

  it("returns the tensor itself from operators in place, and tuples from several results", () => {
    const text = render("relu_  In place.\nmax.dim  Largest.");
    expect(text).toContain("relu_(): this {");
    expect(text).toContain(
      [
        "  max(dim: number, options?: { keepdim?: boolean | undefined }): [Tensor, Tensor];",
        "  max(options: { dim: number; keepdim?: boolean | undefined }): [Tensor, Tensor];",
      ].join("\n"),
    );
  });

  it("refuses operators that libtorch does not have, and types that are not offered", () => {
    expect(() => render("fold_space  x")).toThrow("has no operator aten::fold_space");
    expect(() => render("to_mkldnn_backward  x\nstft  y\n_conj  z\nset_.source_Storage  w")).toThrow(
      "argument type Storage is not offered",
    );
  });
});
