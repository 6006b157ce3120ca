import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { folderOfLabels } from "../../test/label-folders.js";
import { openNamedDataset } from "../datasets/sets/index.js";
import { streetsDataset } from "../datasets/sets/streets.js";
import { classFrequencies } from "./class-frequencies.js";
import { evaluationImages } from "./evaluation-loader.js";

const streets = (domain: string, seed: number, count = 3) =>
  streetsDataset({ domain, count, width: 64, height: 32, seed });

describe("classFrequencies", () => {
  it("is the share of each class in the labeled pixels, and every data set counts alike", async () => {
    const [town, night] = [streets("toy-town", 0), streets("night", 1)];
    const expected = town.space.classes.map(() => 0);
    for (const dataset of [town, night]) {
      const counts = expected.map(() => 0);
      for await (const { label } of evaluationImages(dataset))
        for (const id of label) if (id !== 255) counts[id] = (counts[id] as number) + 1;
      const total = counts.reduce((sum, count) => sum + count, 0);
      for (const [id, count] of counts.entries()) expected[id] = (expected[id] as number) + count / total / 2;
    }
    const found = await classFrequencies([town, night]);
    expect(found).toHaveLength(expected.length);
    found.forEach((share, id) => {
      expect(share).toBeCloseTo(expected[id] as number, 12);
    });
    expect(found.reduce((sum, share) => sum + share, 0)).toBeCloseTo(1, 12);
  });

  it("looks at a part of the labels, spread evenly, and may be stopped", async () => {
    const all = streets("toy-town", 0, 4);
    const some = { ...all, samples: all.samples.filter((_, at) => at % 2 === 0) };
    expect(await classFrequencies([all], { labels: 2 })).toEqual(await classFrequencies([some]));
    await expect(classFrequencies([all], { signal: AbortSignal.abort() })).rejects.toThrow();
  });

  it("leaves out labels that cannot be used where somebody is told, and ends with them where not", async () => {
    const root = await folderOfLabels(
      [
        [0, 1],
        [1, 1],
        [2, 2],
      ],
      2,
    );
    const dataset = await openNamedDataset("folder", { root });
    const broken = join(root, "labels/1.png");
    writeFileSync(broken, "no picture");
    const told: string[] = [];
    const found = await classFrequencies([dataset], { onProblem: ({ file }) => told.push(file) });
    expect(told).toEqual([broken]);
    expect(found.slice(0, 3)).toEqual([0.25, 0.25, 0.5]);
    await expect(classFrequencies([dataset])).rejects.toThrow(broken);
  });

  it("is nothing where nothing is labeled", async () => {
    expect(new Set(await classFrequencies([{ ...streets("night", 0), samples: [] }]))).toEqual(new Set([0]));
    expect(await classFrequencies([])).toEqual([]);
  });
});
