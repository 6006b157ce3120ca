import { describe, expect, it } from "vitest";
import { camelCase, snakeCase } from "./names.js";

describe("names", () => {
  it.each([
    ["align_corners", "alignCorners"],
    ["batch1", "batch1"],
    ["upsample_bilinear2d", "upsampleBilinear2d"],
    ["_foreach_add_", "_foreachAdd_"],
    ["conv_transpose2d", "convTranspose2d"],
    ["UPLO", "UPLO"],
  ])("%s in TypeScript is %s", (snake, camel) => {
    expect(camelCase(snake)).toBe(camel);
  });

  it.each([
    ["runningMean", "running_mean"],
    ["conv1", "conv1"],
    ["numBatchesTracked", "num_batches_tracked"],
  ])("%s in a state dict is %s", (camel, snake) => {
    expect(snakeCase(camel)).toBe(snake);
  });
});
