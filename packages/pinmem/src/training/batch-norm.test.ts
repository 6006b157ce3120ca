import { fromTypedArray, keep, liveTensors, manualSeed, randn, scope, type Tensor } from "@pinmem/torch";
import { describe, expect, it } from "vitest";
import { TinyNetwork } from "../../test/tiny-network.js";
import { estimateStatistics, withEstimatedStatistics } from "./batch-norm.js";
import type { LabeledBatch } from "./episode.js";
import { startMemory } from "./memory-start.js";

const network = () => {
  manualSeed(2);
  return new TinyNetwork({ classes: 4, width: 6 }).to({ dtype: "float64" });
};

const batch = (offset: number, labels: readonly number[] = [0, 1, 2]): LabeledBatch =>
  keep({
    image: scope(() => randn([2, 3, 8, 8], { dtype: "float64" }).add(offset)),
    label: fromTypedArray(
      BigInt64Array.from({ length: 128 }, (_, at) => BigInt(labels[at % labels.length] as number)),
      [2, 8, 8],
    ),
  });

async function* stream(batches: readonly LabeledBatch[]) {
  yield* batches;
}

const numbers = (tensor: Tensor | null) => [...((tensor as Tensor).toTypedArray() as Float64Array)];

describe("estimateStatistics", () => {
  it("gives the plain means of the batches' statistics", async () => {
    const made = network();
    const batches = [batch(0), batch(3)];
    await estimateStatistics(made, stream(batches));
    const expected = scope(() => {
      const each = batches.map(({ image }) => made.shallow.conv.call(image));
      const means = each.map((output) => numbers(output.mean([0, 2, 3])));
      const variances = each.map((output) => numbers(output.var([0, 2, 3])));
      return [means, variances].map(([a = [], b = []]) => a.map((value, at) => (value + (b[at] ?? 0)) / 2));
    });
    const [mean = [], variance = []] = expected;
    numbers(made.shallow.norm.runningMean).forEach((value, at) => {
      expect(value).toBeCloseTo(mean[at] as number, 12);
    });
    numbers(made.shallow.norm.runningVar).forEach((value, at) => {
      expect(value).toBeCloseTo(variance[at] as number, 12);
    });
    expect(made.shallow.norm.momentum).toBe(0.1);
    expect(made.memory?.writenet.stateDict().get("writefeat.1.num_batches_tracked")?.toNumber()).toBe(2);
  });

  it("changes nothing but statistics, and nothing at all without batches", async () => {
    const made = network();
    const state = () => [...made.stateDict()].map(([name, tensor]) => [name, tensor.toArray()] as const);
    const before = state();
    await estimateStatistics(made, stream([]));
    expect(state()).toEqual(before);
    await estimateStatistics(made, stream([batch(1)]));
    const changed = state().filter(
      ([, value], at) => JSON.stringify(value) !== JSON.stringify(before[at]?.[1]),
    );
    expect(changed.every(([name]) => /running|num_batches/.test(name))).toBe(true);
    expect(changed).toHaveLength(3 * 4);
  });

  it("can be for a while only", async () => {
    const made = network();
    made.eval();
    const mean = () => numbers(made.deep.norm.runningMean);
    const before = mean();
    const [one] = [batch(2)];
    const live = liveTensors();
    const during = await withEstimatedStatistics(made, stream([one]), async () => mean());
    expect(during).not.toEqual(before);
    expect(mean()).toEqual(before);
    expect(made.training).toBe(false);
    expect(liveTensors()).toBe(live);
  });
});

describe("startMemory", () => {
  it("stores unit mean directions of the features, and tells of classes that do not occur", async () => {
    const made = network();
    made.train();
    const report = await startMemory(made, stream([batch(0), batch(1)]));
    expect(report).toEqual({ batches: 2, absent: [3] });
    const rows = made.memory?.items.toArray() as number[][];
    expect(rows.map((row) => Math.hypot(...row)).map((length) => Number(length.toFixed(6)))).toEqual([
      1, 1, 1, 0,
    ]);
    expect(made.training).toBe(true);
    expect(numbers(made.shallow.norm.runningMean)).toEqual([0, 0, 0, 0, 0]);
  });

  it("refuses to start from nothing", async () => {
    await expect(startMemory(network(), stream([]))).rejects.toThrow(/no batch/);
  });
});
