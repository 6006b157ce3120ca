import type { ExportedModel } from "@pinmem/core/formats";
import { expect, it } from "vitest";
import type { Runner } from "../runner.js";
import { selfTestProblem } from "./self-test.js";

const base64 = (...bytes: number[]) => Buffer.from(bytes).toString("base64");

const model = {
  memory: null,
  labels: { ignoreIndex: 255 },
  selfTest: { width: 2, height: 1, pixels: base64(1, 2, 3, 4, 5, 6), labels: base64(7, 255) },
} as unknown as ExportedModel;

const saying = (...labels: number[]) =>
  ({ segment: async () => ({ width: 2, height: 1, labels: Uint8Array.from(labels) }) }) as unknown as Runner;

it("tells a device that computes other labels than are known; those too close to call do not count", async () => {
  expect(await selfTestProblem(saying(7, 3), { model, rows: null })).toBeNull();
  expect(await selfTestProblem(saying(6, 3), { model, rows: null })).toBe(
    "1 of 2 pixels of the self-test have a wrong label",
  );
});
