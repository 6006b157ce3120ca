// Foundation backbones against the figures of Hugging Face's transformers and peft. Without `full`, one block of each kind and the
// adapters stand for all.

import { readdirSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { full } from "../packages/pinmem/test/scope.js";
import { GoldenFileError, parseGoldenFile, readGoldenFile } from "./case-file.js";
import type { FoundationCase } from "./foundation/files.js";
import { describeResult } from "./report.js";
import { runGoldenFile } from "./run-golden.js";

const fixtures = join(import.meta.dirname, "foundation/fixtures");
const names = readdirSync(fixtures).map((name) => name.replace(".json", ""));
const isQuick = (name: string) => /^(keys_|lora_)|swiglu|splus16/.test(name);
const read = (name: string) => readGoldenFile(join(fixtures, `${name}.json`));

describe("figures of foundation backbones", () => {
  test.each(names.filter((name) => full || isQuick(name)))("of %s agree", (name) => {
    const results = runGoldenFile(read(name), full ? {} : { precisions: ["float64"] });
    expect(results.length).toBeGreaterThan(0);
    expect(results.filter(({ notRun }) => notRun !== null)).toEqual([]);
    expect(results.filter(({ passed }) => !passed).map((result) => describeResult(result))).toEqual([]);
  });

  test("do not agree where one of them is another", () => {
    const file = read("dinov3_splus16_32x48") as FoundationCase;
    const { output, grads } = file.f64;
    const changed: FoundationCase = {
      ...file,
      f64: {
        ...file.f64,
        output: { ...output, l2: output.l2 * (1 + 1e-6) },
        grads: { ...grads, "norm.weight": [1, 0, 0] },
      },
    };
    const failed = runGoldenFile(changed, { precisions: ["float64"] }).filter(({ passed }) => !passed);
    expect(failed.map(({ section }) => section)).toEqual(["features", "gradients"]);
  });

  test.runIf(full)(
    "a loss beyond twice a file's own draw is held to its noise, and a wrong one is not",
    () => {
      const file = read("dinov2_swiglu_s14_28x42") as FoundationCase;
      const lossOff = (by: number) => {
        const changed = {
          ...file,
          f64: { ...file.f64, loss: file.f32.loss + by },
          gap_f32_f64: { ...file.gap_f32_f64, loss_abs: 0 },
        };
        const results = runGoldenFile(changed, { precisions: ["float32"] });
        return results.flatMap(({ groups }) => groups).find(({ group }) => group === "loss");
      };
      // How far off this CPU's own rounding puts the loss is not known: one of these is a little beyond it.
      const near = [3e-9, -3e-9, 6e-9, -6e-9].map(lossOff);
      expect(near).toContainEqual(expect.objectContaining({ passed: true, basis: "rounding" }));
      expect([5e-8, -5e-8].map((by) => lossOff(by)?.passed)).toEqual([false, false]);
    },
  );

  test("of a network that is not here are not run, and others are", () => {
    const file = read("dinov3_splus16_32x48") as FoundationCase;
    const other = { ...file, config: { ...file.config, mlp_bias: false } } as FoundationCase;
    const results = runGoldenFile(other, { precisions: ["float64"] });
    expect(results).toMatchObject([{ notRun: "there is no DINOv3 without biases in its products" }]);
  });

  test("of a picture whose last patches are cut are those of what is left, as the references have it", () => {
    const { config, ...file } = read("dinov2_swiglu_s14_28x42") as FoundationCase;
    const [height, width] = config.hw;
    // Another picture: what has to agree is its size alone.
    const cut = { ...file, config: { ...config, hw: [height + 5, width + 13] } } as FoundationCase;
    const [features] = runGoldenFile(cut, { precisions: ["float64"] });
    const { groups } = features ?? {};
    expect(groups?.find(({ group }) => group === "output")?.figure).not.toContain("shape");
  });

  test("of a damaged file are refused, with the field", () => {
    const file = read("dinov3_splus16_32x48") as FoundationCase;
    const broken = { ...file, config: { ...file.config, hidden_size: -1 } };
    expect(() => parseGoldenFile(broken, "x.json")).toThrow(GoldenFileError);
    expect(() => parseGoldenFile(broken, "x.json")).toThrow("x.json: not a golden file: config.hidden_size");
  });
});
