import { type EvaluationResult, protocol } from "@pinmem/core/formats";
import { describe, expect, it } from "vitest";
import { compareResults, formatClasses, formatComparison } from "./compare.js";
import { mergeResults } from "./merge.js";

const classes = ["road", "car", "rider"].map((name) => ({
  name,
  color: [0, 0, 0] as [number, number, number],
}));

type Domain = EvaluationResult["domains"][number];

const domain = (name: string, meanIoU: number, more: Partial<Domain> = {}): Domain => ({
  name,
  dataset: name,
  role: null,
  images: 1,
  skipped: [],
  confusion: [1, 0, 0, 0, 1, 0, 0, 0, 1],
  meanIoU,
  pixelAccuracy: meanIoU,
  meanAccuracy: meanIoU,
  classIoU: { road: meanIoU, car: meanIoU, rider: meanIoU },
  boundaryIoU: null,
  cohesionLoss: null,
  ...more,
});

const here = { images: "photos", labels: "photos-labels", pictures: 20, labeled: 8, steps: 0 };

function resultOf(
  path: string,
  seed: number,
  {
    domains = [domain("streets:fog", 0.5)],
    adaptation,
  }: { domains?: Domain[]; adaptation?: EvaluationResult["run"]["adaptation"] } = {},
): EvaluationResult {
  return {
    format: 1,
    run: {
      path,
      name: "r",
      file: "best.safetensors",
      method: "erm",
      backbone: "tiny",
      seed,
      step: 1,
      score: null,
      ...(adaptation && { adaptation }),
    },
    recipe: { name: "r", seed },
    protocol: protocol("whole"),
    space: { name: "three", classes },
    domains,
    environment: { node: "", libtorch: "", cpu: "", threads: 1, device: "cpu", system: "" },
    date: "2026-01-01T00:00:00.000Z",
    seconds: 1,
    shard: null,
  };
}

const rowsOf = (results: readonly EvaluationResult[]) => compareResults(results).rows.map(({ run }) => run);

describe("compareResults", () => {
  it("takes no mean over seeds of runs that were adapted differently, and one over those adapted alike", () => {
    const there = { ...here, images: "elsewhere" };
    const [one, two] = [resultOf("t1", 1), resultOf("t2", 2)];
    const [oneHere, twoHere] = [1, 2].map((seed) =>
      resultOf(`t${seed}-here`, seed, { adaptation: here }),
    ) as [EvaluationResult, EvaluationResult];
    expect(rowsOf([one, twoHere])).toEqual(["t1", "t2-here"]);
    expect(rowsOf([oneHere, resultOf("t2-there", 2, { adaptation: there })])).toEqual([
      "t1-here",
      "t2-there",
    ]);
    expect(rowsOf([one, oneHere, two, twoHere])).toEqual([
      "t1",
      "t2",
      "mean of 2 seeds",
      "t1-here",
      "t2-here",
      "mean of 2 seeds",
    ]);
  });

  it("says where unseen domains are others, and nothing where they are the same", () => {
    const both = [domain("folder", 0.2), domain("streets:fog", 0.4)];
    const seen = [domain("folder", 0.6, { role: "source" }), domain("streets:fog", 0.4)];
    const comparison = compareResults([
      resultOf("t1", 1, { domains: both }),
      resultOf("t1-here", 1, { domains: seen, adaptation: here }),
    ]);
    expect(comparison.rows.map(({ unseen }) => unseen?.mean.toFixed(2))).toEqual(["0.30", "0.40"]);
    expect(formatComparison(comparison)).toMatch(
      /\n"unseen" is not of the same domains: folder and streets:fog for t1; streets:fog for t1-here$/,
    );
    expect(compareResults([resultOf("a", 1), resultOf("b", 2)]).notes).toEqual([]);
  });

  it("says over how many classes means are where they differ", () => {
    const few = domain("streets:fog", 0.4, { classIoU: { road: 0.4, car: 0.4, rider: null } });
    const [a, b] = [resultOf("a", 1), resultOf("b", 2, { domains: [few] })];
    expect(compareResults([a, b]).notes).toEqual([
      "streets:fog: the mean is over the classes that occur or were predicted, 3 classes for a; 2 classes for b",
    ]);
    expect(formatClasses(b)).toMatch(/\nmean IoU +40\.0\nof classes +2\n/);
  });
});

describe("mergeResults", () => {
  it("adds no shard of a run to one of what was adapted from it", () => {
    const shard = (index: number, adaptation?: typeof here) => ({
      file: `${index}.json`,
      result: {
        ...resultOf("t1", 1, { ...(adaptation && { adaptation }) }),
        shard: { index, of: 2 },
      },
    });
    expect(mergeResults([shard(1, here), shard(2, here)]).run.adaptation).toEqual(here);
    expect(() => mergeResults([shard(1), shard(2, here)])).toThrow(
      "2.json does not belong to the evaluation of 1.json: the runs were not adapted alike",
    );
  });
});
