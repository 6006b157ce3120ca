// The networks against the official code's figures: thinned files here, whole ones where PINMEM_GOLDEN names their folder.
// Without `full`, the smallest network with a memory and one of another family stand for all; names and
// shapes are compared by packages/pinmem/src/models/network.test.ts.

import { readdirSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { full } from "../packages/pinmem/test/scope.js";
import { type CaseFile, type KeyList, readGoldenFile } from "./case-file.js";
import { describeResult } from "./report.js";
import { runGoldenFile, runGoldenFolder } from "./run-golden.js";

const fixtures = join(import.meta.dirname, "fixtures");
const names = readdirSync(fixtures).map((name) => name.replace(".json", ""));
const read = <T>(name: string): T => readGoldenFile(join(fixtures, `${name}.json`)) as T;
const MINUTES = 60_000;
const representatives = ["mobilenetv2_mem_64", "resnet18_mem_64"];
const cases = full ? names.filter((name) => !name.startsWith("keys_")) : representatives;

describe.runIf(full)("names and shapes", () => {
  test.each(names.filter((name) => name.startsWith("keys_")))("of %s are the official ones", async (name) => {
    const results = runGoldenFile(read<KeyList>(name));
    expect(results.filter(({ passed }) => !passed).map((result) => describeResult(result))).toEqual([]);
    expect(results).toHaveLength(1);
  });
});

// Single precision is judged by the noise of eight perturbed runs where one draw is too little, which takes long.
describe.each(full ? (["float64", "float32"] as const) : (["float64"] as const))(
  "figures in %s",
  (precision) => {
    test.each(cases)(
      "of %s agree",
      async (name) => {
        const file = read<CaseFile>(name);
        const results = runGoldenFile(file, { precisions: [precision] });
        expect(results.map(({ section }) => section).sort()).toEqual(Object.keys(file.f64).sort());
        expect(results.filter(({ notRun }) => notRun !== null)).toEqual([]);
        expect(results.filter(({ passed }) => !passed).map((result) => describeResult(result))).toEqual([]);
      },
      5 * MINUTES,
    );
  },
);

const whole = process.env.PINMEM_GOLDEN;

test.skipIf(!whole)(
  "the whole golden files in PINMEM_GOLDEN agree",
  async () => {
    const results = await runGoldenFolder(whole ?? "");
    expect(results.filter(({ passed }) => !passed).map((result) => describeResult(result))).toEqual([]);
  },
  60 * MINUTES,
);
