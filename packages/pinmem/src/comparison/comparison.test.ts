import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { protocol } from "@pinmem/core/formats";
import { describe, expect, it } from "vitest";
import { temporaryFolder } from "../../test/data-fixtures.js";
import { miniRecipe } from "../../test/mini-recipe.js";
import {
  addEvaluation,
  evaluationOf,
  type FixtureRun,
  recipeOf,
  writeRun,
} from "../../test/report-fixtures.js";
import type { AdaptationRecord } from "../runs/adaptation-record.js";
import { type Comparison, compare } from "./comparison.js";
import { markdownTable } from "./markdown.js";
import { readEntries } from "./read-entries.js";

async function compared(
  runs: readonly (readonly [string, FixtureRun])[],
  baseline?: string,
): Promise<Comparison> {
  const root = temporaryFolder();
  const { entries } = await readEntries(runs.map(([name, run]) => writeRun(root, name, run)));
  return compare(entries, baseline === undefined ? {} : { baseline });
}

const scores = (source: number, target: number) => ({ scores: { 4: { source, target } } });
const pin = (seed: number, target: number): FixtureRun => ({
  method: "pin-memory",
  seed,
  ...scores(0.5, target),
});
const erm = (target: number): FixtureRun => ({ method: "erm", seed: 1, ...scores(0.5, target) });

it("finds a baseline by any run of its row, and takes evaluation files of one run for one run", async () => {
  const root = temporaryFolder();
  const [first, second] = ["one", "two"].map((name, at) => writeRun(root, name, { seed: at + 1 })) as [
    string,
    string,
  ];
  const files = ["night", "fog"].map((domain) =>
    addEvaluation(second, `${domain}.json`, evaluationOf({ domains: { [domain]: 0.3 } })),
  );
  const { entries: both } = await readEntries([first, second]);
  for (const baseline of ["one", "two"])
    expect(compare(both, { baseline }).rows.some((row) => row.isBaseline)).toBe(true);
  const { entries } = await readEntries(files);
  expect(entries).toHaveLength(1);
  const { rows } = compare(entries);
  expect(rows.map(({ members, unseen }) => [members.length, unseen.domains])).toEqual([[1, 2]]);
});

describe("compare", () => {
  it("makes one row of runs that differ in their seed alone: mean, deviation, gain over erm", async () => {
    const { rows } = await compared([
      ["p1", pin(1, 0.3)],
      ["p2", pin(2, 0.5)],
      ["e", erm(0.25)],
    ]);
    expect(rows.map(({ label, isBaseline, members }) => [label, isBaseline, members.length])).toEqual([
      ["Pin the Memory", false, 2],
      ["ERM", true, 1],
    ]);
    expect(rows[0]?.unseen.score?.mean).toBeCloseTo(0.4, 12);
    expect(rows[0]?.unseen.score?.deviation).toBeCloseTo(0.2 / Math.SQRT2, 12);
    expect(rows[0]?.unseen.gain).toBeCloseTo(0.15, 12);
    expect(rows[1]?.unseen).toMatchObject({ score: { mean: 0.25, deviation: null }, gain: null });
  });

  it("calls programs' own methods by their names, and keeps runs with other options of one apart", async () => {
    const own = (as: string, seed: number, margin = 1): FixtureRun => ({
      recipe: miniRecipe({ seed, method: { name: "custom", as, options: { margin } } }),
      ...scores(0.5, 0.3),
    });
    const two = await compared([
      ["a1", own("pull", 1)],
      ["a2", own("pull", 2)],
      ["b1", own("push", 1)],
    ]);
    const rows = ({ rows }: Comparison) => rows.map(({ label, members }) => [label, members.length]);
    expect(rows(two)).toEqual([
      ["pull", 2],
      ["push", 1],
    ]);
    const options = await compared([
      ["weak", own("pull", 1)],
      ["strong", own("pull", 2, 9)],
    ]);
    expect(rows(options)).toEqual([
      ["weak", 1],
      ["strong", 1],
    ]);
    const { rows: against } = await compared(
      [
        ["a", own("pull", 1)],
        ["b", own("push", 1)],
      ],
      "push",
    );
    expect(against.map(({ label, isBaseline }) => [label, isBaseline])).toEqual([
      ["pull", false],
      ["push", true],
    ]);
  });

  it("keeps runs apart that were adapted to a place, with a note", async () => {
    const root = temporaryFolder();
    const paths = ["plain", "here"].map((name) => writeRun(root, name, erm(0.2)));
    const record: AdaptationRecord = {
      from: { run: "plain", file: "plain/last.safetensors", step: 4 },
      images: "photos",
      labels: null,
      pictures: 3,
      labeled: 0,
      own: 0,
      exposure: 1,
      weight: 0.3,
      vote: 0,
      classifier: 0,
      logitAdjustment: 0,
      written: [],
      momentum: 0,
      attached: false,
      steps: 0,
      seed: 0,
      leftOut: null,
      notes: [],
    };
    writeFileSync(join(root, "here/adaptation.json"), JSON.stringify(record));
    const { rows, notes } = compare((await readEntries(paths)).entries);
    expect(rows.map(({ label, members }) => [label, members.length])).toEqual([
      ["plain", 1],
      ["here", 1],
    ]);
    expect(notes).toContain("here: adapted to photos: 3 pictures");
  });

  it("keeps runs apart that differ in anything else that matters", async () => {
    const other = recipeOf("erm", 2);
    const { rows } = await compared([
      ["a", erm(0.2)],
      [
        "b",
        { recipe: { ...other, lossWeights: { ...other.lossWeights, auxiliary: 0 } }, ...scores(0.5, 0.2) },
      ],
      ["c", { recipe: { ...other, name: "renamed", threads: 1 }, ...scores(0.5, 0.2) }],
    ]);
    expect(rows.map(({ members }) => members.map(({ run }) => run.name))).toEqual([["a", "c"], ["b"]]);
  });

  it("keeps scores apart that were noted with other statistics, and names them", async () => {
    const plain = recipeOf("erm", 1);
    const normalize = { kind: "image", weight: 0.3 } as const;
    const { rows, protocols } = await compared([
      ["a", erm(0.2)],
      ["b", { recipe: { ...plain, validation: { ...plain.validation, normalize } }, ...scores(0.5, 0.2) }],
    ]);
    expect(rows).toHaveLength(2);
    expect(protocols.map(({ title }) => title)).toEqual([
      "in training: whole image",
      "in training: whole image, image statistics 0.3",
    ]);
  });

  it("makes one row of runs that each go on from the run with their own seed", async () => {
    const from = (file: string, seed: number): FixtureRun => {
      const recipe = recipeOf("erm", seed);
      return { recipe: { ...recipe, model: { ...recipe.model, weights: { file, partial: false } } } };
    };
    const { rows } = await compared([
      ["a", from("trunk-1/best.safetensors", 1)],
      ["b", from("trunk-2/best.safetensors", 2)],
      ["c", from("other-3/best.safetensors", 3)],
      ["d", from("trunk-14/best.safetensors", 4)],
    ]);
    expect(rows.map(({ members }) => members.map(({ run }) => run.name))).toEqual([["a", "b"], ["c"], ["d"]]);
  });

  it("puts unseen domains first", async () => {
    const { columns } = await compared([["e", erm(0.2)]]);
    expect(columns.map(({ role, name }) => [role, name])).toEqual([
      ["target", "night, val"],
      ["source", "day, val"],
    ]);
  });

  it("compares by one protocol only, and names each", async () => {
    const root = temporaryFolder();
    const [a, b] = [writeRun(root, "a", { method: "pin-memory" }), writeRun(root, "b", { method: "erm" })];
    const of = (method: "erm" | "pin-memory", by: string, score: number) =>
      evaluationOf({ recipe: recipeOf(method), by: protocol(by), domains: { night: score } });
    addEvaluation(a, "1.json", of("pin-memory", "whole", 0.3));
    addEvaluation(a, "2.json", of("pin-memory", "whole-flip", 0.9));
    addEvaluation(b, "1.json", of("erm", "whole", 0.2));
    const comparison = compare((await readEntries([a, b])).entries);
    const gains = comparison.rows.map(({ label, protocol: at, unseen }) => [
      label,
      comparison.protocols[at]?.protocol?.name,
      unseen.gain === null ? null : Number(unseen.gain.toFixed(6)),
    ]);
    expect(gains).toEqual([
      ["Pin the Memory", "whole", 0.1],
      ["Pin the Memory", "whole-flip", null],
      ["ERM", "whole", null],
    ]);
    expect(markdownTable(comparison).split("\n")[0]).toMatch(/experiment \| protocol \|/);
  });

  it("has no gain where means are over different domains", async () => {
    const { rows } = await compared([
      ["a", { ...pin(1, 0.9), target: "fog, val" }],
      ["b", erm(0.2)],
    ]);
    expect(rows[0]?.unseen).toMatchObject({ domains: 1, gain: null, score: { mean: 0.9 } });
  });

  it("notes rows that saw different images of a domain", async () => {
    const root = temporaryFolder();
    const [a, b] = [writeRun(root, "a", { method: "pin-memory" }), writeRun(root, "b", { method: "erm" })];
    addEvaluation(a, "1.json", evaluationOf({ recipe: recipeOf("pin-memory"), images: 5 }));
    addEvaluation(b, "1.json", evaluationOf({ recipe: recipeOf("erm"), images: 2 }));
    const { notes } = compare((await readEntries([a, b])).entries);
    expect(notes).toEqual(["night (night, val): not all rows saw the same images (5, 2 of them)"]);
  });

  it("counts a run once that is given twice", async () => {
    const run = writeRun(temporaryFolder(), "a");
    expect(compare((await readEntries([run, `${run}/`])).entries).rows[0]?.members).toHaveLength(1);
  });

  it("takes the baseline that is named, by row, run or method, and says what there is", async () => {
    const runs = [
      ["a", pin(1, 0.3)],
      ["b", erm(0.2)],
    ] as const;
    for (const name of ["Pin the Memory", "a", "pin-memory"]) {
      const { rows } = await compared(runs, name);
      expect(rows.map(({ isBaseline }) => isBaseline)).toEqual([true, false]);
    }
    await expect(compared(runs, "c")).rejects.toThrow(
      /no row "c" to compare with; there are "Pin the Memory", "ERM"/,
    );
  });
});

describe("markdownTable", () => {
  it("has the figures of the comparison, and lets no name end its cell", async () => {
    const table = markdownTable(
      await compared([
        ["p1", { ...pin(1, 0.3), target: "night|*x*" }],
        ["p2", { ...pin(2, 0.5), target: "night|*x*" }],
        ["e", { ...erm(0.45), target: "night|*x*" }],
      ]),
    );
    expect(table).toContain("night\\|\\*x\\*");
    expect(table).toContain("| Pin the Memory | 2 | 40.0 ± 14.1 | −5.0 | 40.0 ± 14.1 | 50.0 ± 0.0 |");
  });
});
