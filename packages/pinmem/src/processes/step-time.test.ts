import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import type { GradientCompression } from "./gradient-compression.js";
import { efficiency, stepTime } from "./step-time.js";

describe("the time of a step", () => {
  it("is that of its episodes alone where there is one process", () => {
    expect(stepTime(1, { compute: 0.5, bytes: 1e9, latency: 1, bandwidth: 1, accumulation: 3 })).toBe(1.5);
  });

  it("adds what a ring carries: twice all bytes but one part of N, and every exchange's steps", () => {
    const costs = { compute: 1, bytes: 64 * 2 ** 20, latency: 0, bandwidth: 2 ** 20 };
    expect(stepTime(4, costs)).toBeCloseTo(1 + 1.5 * 64, 10);
    // Two buckets and four small exchanges, each 9 messages in a row between 4 processes, there and back.
    const slow = { ...costs, latency: 0.01, bandwidth: Number.POSITIVE_INFINITY };
    expect(stepTime(4, slow)).toBeCloseTo(1 + 6 * 9 * 2 * 0.01, 10);
    expect(efficiency(4, slow)).toBeCloseTo(1 / 2.08, 10);
  });

  it("has half the bytes and a message more for each bucket where gradients travel as bfloat16", () => {
    const costs = { compute: 1, bytes: 64 * 2 ** 20, gradientCompression: "bfloat16" } as const;
    expect(stepTime(4, { ...costs, latency: 0, bandwidth: 2 ** 20 })).toBeCloseTo(1 + 0.75 * 64, 10);
    const slow = { ...costs, latency: 0.01, bandwidth: Number.POSITIVE_INFINITY };
    expect(stepTime(4, slow)).toBeCloseTo(1 + (6 * 9 * 2 + 2 * 2) * 0.01, 10);
  });

  it("is what the document's table says", () => {
    const text = readFileSync(join(import.meta.dirname, "../../../../docs/processes.md"), "utf8");
    const rows = [
      ...text.matchAll(
        /^\| ([\d.]+) +\| ([\d.]+) +\| ([\d.]+) +\| (none|bfloat16) +\|((?: [\d.]+ +\|){3})$/gm,
      ),
    ];
    expect(rows.length).toBeGreaterThan(2);
    for (const [, compute, gigabytes, micros, gradientCompression, found = ""] of rows) {
      const costs = {
        compute: Number(compute),
        bytes: 160e6,
        bandwidth: Number(gigabytes) * 1e9,
        latency: Number(micros) / 1e6,
        gradientCompression: gradientCompression as GradientCompression,
      };
      const told = found
        .split("|")
        .map((cell) => cell.trim())
        .filter(Boolean);
      expect(told).toEqual([8, 64, 512].map((processes) => efficiency(processes, costs).toFixed(2)));
    }
  });
});
