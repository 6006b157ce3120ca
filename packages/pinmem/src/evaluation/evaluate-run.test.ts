import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { defineLabelSpace } from "@pinmem/core";
import { type EvaluationResult, parseResult, protocol } from "@pinmem/core/formats";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { folderOf } from "../../test/data-fixtures.js";
import { folderOfLabels } from "../../test/label-folders.js";
import { miniRecipe } from "../../test/mini-recipe.js";
import { openNamedDataset } from "../datasets/sets/index.js";
import { streetsDataset } from "../datasets/sets/streets.js";
import { type OpenRun, openRun } from "../runs/open-run.js";
import { RunFolder } from "../runs/run-folder.js";
import { train } from "../runs/train.js";
import { compareResults, formatClasses, formatComparison } from "./compare.js";
import { EvaluationInterrupted, evaluateRun } from "./evaluate-run.js";
import type { EvaluateRunOptions } from "./evaluate-run-options.js";
import { mergeResults } from "./merge.js";
import { openDomains } from "./open-domains.js";
import { readResult, writeResult } from "./result-file.js";

let root: string;
let run: OpenRun;
beforeAll(async () => {
  root = mkdtempSync(join(tmpdir(), "pinmem-evaluate-"));
  await train(miniRecipe(), { folder: new RunFolder(join(root, "run")) });
  run = openRun(join(root, "run"));
});
afterAll(() => {
  run[Symbol.dispose]();
  rmSync(root, { recursive: true });
});

const streets = (domain: string, count: number) => ({
  name: `streets:${domain}`,
  dataset: streetsDataset({ domain, count, seed: 5, width: 96, height: 48 }),
  role: null,
});
const domains = [streets("night", 5), streets("fog", 3)];
const options: EvaluateRunOptions = {
  protocol: protocol("whole"),
  domains,
  dilation: 0.02,
  cohesion: true,
};

describe("evaluateRun", () => {
  it("gives a result that says everything, and reads back as it was written", async () => {
    const result = await evaluateRun(run, options);
    const file = join(root, "results/one.json");
    await writeResult(file, result);
    expect(readResult(file)).toEqual(result);
    expect(result).toMatchObject({
      run: { name: "mini", method: "pin-memory", backbone: "tiny", step: run.step, score: run.score },
      protocol: protocol("whole"),
      recipe: { name: "mini", data: { perDomain: 2 } },
      shard: null,
    });
    const [night, fog] = result.domains;
    expect(night).toMatchObject({ name: "streets:night", dataset: "streets-night, seed 5", images: 5 });
    expect(fog?.images).toBe(3);
    expect(night?.confusion.reduce((a, b) => a + b)).toBeGreaterThan(0.8 * 5 * 96 * 48);
    expect(night?.cohesionLoss).toBeGreaterThan(1);
    expect(night?.boundaryIoU?.meanIoU).toBeGreaterThanOrEqual(0);
    expect(formatClasses(result)).toMatch(/^class +streets:night +streets:fog\nroad /);
  });

  it("scores the targets of a recipe as training did", async () => {
    const events = readFileSync(join(root, "run/events.jsonl"), "utf8").trim().split("\n");
    const trained = events
      .map((line) => JSON.parse(line))
      .find(({ event, role, step }) => event === "evaluation" && role === "target" && step === run.step);
    const result = await evaluateRun(run, {
      protocol: protocol("whole"),
      domains: await openDomains(["recipe"], run),
    });
    expect(result.domains[0]).toMatchObject({ name: "streets:night", role: "target" });
    // Folding batch norms rounds: a pixel on the edge may fall to the other side.
    expect(result.domains[0]?.meanIoU).toBeCloseTo(trained.meanIoU, 3);
    expect(result.domains[0]?.classIoU.road).toBeCloseTo(trained.classIoU.road, 3);
  });

  it("finds in shards together exactly what it finds in the whole", async () => {
    const whole = await evaluateRun(run, options);
    const parts = [];
    for (const index of [3, 1, 2]) {
      const result = await evaluateRun(run, { ...options, shard: { index, of: 3 } });
      parts.push({ file: `${index}.json`, result: parseResult(JSON.parse(JSON.stringify(result)), "x") });
    }
    expect(parts.map(({ result }) => result.domains[0]?.images)).toEqual([1, 2, 2]);
    const merged = mergeResults(parts);
    expect(merged.domains).toEqual(whole.domains);
    expect(merged.shard).toBeNull();
    const [a, b, c] = parts as [(typeof parts)[0], (typeof parts)[0], (typeof parts)[0]];
    expect(() => mergeResults([a, c])).toThrow(/3\.json is one of 3 shards; missing: 1\/3/);
    expect(() => mergeResults([a, b, a])).toThrow(/3\.json is shard 3 of 3, and so is 3\.json/);
    const other = { file: "o.json", result: { ...c.result, protocol: protocol("whole-flip") } };
    expect(() => mergeResults([a, b, other])).toThrow(/o\.json does not belong .*the protocols differ/);
  });

  it("goes on after an interruption where it was, to the same figures; and starts anew when something changed", async () => {
    const whole = await evaluateRun(run, options);
    const progressFile = join(root, "some.progress");
    const stop = new AbortController();
    const interrupted = evaluateRun(run, {
      ...options,
      progressFile,
      signal: stop.signal,
      onProgress: ({ done }) => done === 6 && stop.abort(),
    });
    await expect(interrupted).rejects.toThrow(EvaluationInterrupted);
    const saved = readFileSync(progressFile, "utf8");
    const done: number[] = [];
    const resumed = { ...options, progressFile, onProgress: (now: { done: number }) => done.push(now.done) };
    expect((await evaluateRun(run, resumed)).domains).toEqual(whole.domains);
    expect(done).toEqual([7, 8]);
    writeFileSync(progressFile, saved);
    done.length = 0;
    await evaluateRun(run, { ...resumed, cohesion: false });
    expect(done).toHaveLength(8);
    writeFileSync(progressFile, saved.slice(0, 99));
    done.length = 0;
    await evaluateRun(run, resumed);
    expect(done).toHaveLength(8);
  });

  it("lets the memory vote in windows and mirrored views alike, where run and protocol agree that it does", async () => {
    const views = { kind: "sliding", crop: 32, overlap: 0.5, flip: true } as const;
    const evaluated = (opened: OpenRun, vote: number | null, batch = 1) =>
      evaluateRun(opened, {
        protocol: protocol("whole", { ...views, vote }),
        domains: [streets("fog", 2)],
        batch,
      });
    const confusion = ({ domains: [first] }: EvaluationResult) => first?.confusion;
    using voting = openRun(join(root, "run"), { vote: 50 });
    using silent = openRun(join(root, "run"), { vote: 0 });
    const result = await evaluated(voting, 50);
    expect(result.protocol.vote).toBe(50);
    expect(confusion(await evaluated(voting, 50, 3))).toEqual(confusion(result));
    const plain = confusion(await evaluated(run, null));
    expect(confusion(result)).not.toEqual(plain);
    expect(confusion(await evaluated(silent, 0))).toEqual(plain);
    await expect(evaluated(run, 50)).rejects.toThrow(
      /the protocol asks for votes x 50, but the run was opened with votes as trained/,
    );
    const adjusted = protocol("whole", { logitAdjustment: 0.3 });
    await expect(evaluateRun(run, { protocol: adjusted, domains: [streets("fog", 2)] })).rejects.toThrow(
      /the protocol asks for logits adjusted 0.3, but the run was opened with logits as they are/,
    );
  });

  it("saves progress while it goes", async () => {
    const progressFile = join(root, "going.progress");
    const seen: boolean[] = [];
    const onProgress = () => seen.push(existsSync(progressFile));
    await evaluateRun(run, { ...options, progressFile, saveEvery: 0, onProgress });
    expect(seen.slice(0, 3)).toEqual([false, true, true]);
  });

  it("loses one image to a broken file among many, and says which", async () => {
    const names = Array.from({ length: 40 }, (_, at) => String(at).padStart(3, "0"));
    const files = folderOf(
      Object.fromEntries(
        names.flatMap((name) => [
          [`images/${name}.png`, name === "017" ? "truncated.png" : "photo.png"],
          [`labels/${name}.png`, "train-ids.png"],
        ]),
      ),
    );
    writeFileSync(join(files, "images/031.png"), "");
    const dataset = await openNamedDataset("folder", { root: files });
    const { domains: scored } = await evaluateRun(run, {
      protocol: protocol("whole"),
      domains: [{ name: "folder", dataset, role: null }],
    });
    expect(scored[0]?.images).toBe(38);
    expect(scored[0]?.skipped).toEqual([
      {
        file: join(files, "images/017.png"),
        problem: expect.stringContaining("is damaged or truncated"),
      },
      { file: join(files, "images/031.png"), problem: "is empty" },
    ]);
  });

  it("refuses a domain in which nothing is labeled, before an image is predicted", async () => {
    const dataset = await openNamedDataset("folder", { root: await folderOfLabels([[255, 255]]) });
    let seen = 0;
    const asked = evaluateRun(run, {
      protocol: protocol("whole"),
      domains: [...domains, { name: "empty", dataset, role: null }],
      onProgress: () => void seen++,
    });
    await expect(asked).rejects.toThrow(/cannot be used: nothing is labeled: .* 255 \(100\.0 %\)/);
    expect(seen).toBe(0);
  });

  it("refuses labels in another space than the network's, and domains of one name", async () => {
    const space = defineLabelSpace({
      name: "pair",
      classes: [
        { name: "road", color: [1, 1, 1] },
        { name: "water", color: [2, 2, 2] },
      ],
    });
    const dataset = streetsDataset({ domain: "night", count: 1, space });
    const wrong = { ...options, domains: [{ name: "pair", dataset, role: null }] };
    await expect(evaluateRun(run, wrong)).rejects.toThrow(
      /labels of pair are in the space pair \(2 classes\), but the network tells the 19 classes of cityscapes19/,
    );
    const twice = { ...options, domains: [streets("fog", 1), streets("fog", 1)] };
    await expect(evaluateRun(run, twice)).rejects.toThrow(/two domains called "streets:fog"/);
    await expect(evaluateRun(run, { ...options, shard: { index: 3, of: 2 } })).rejects.toThrow(
      /no shard 3 of 2/,
    );
  });
});

describe("readResult", () => {
  it("says what is wrong with what is no result", async () => {
    const result = await evaluateRun(run, { protocol: protocol("whole"), domains: [streets("fog", 1)] });
    const file = join(root, "odd.json");
    const odd = (content: unknown) => {
      writeFileSync(file, JSON.stringify(content));
      return () => readResult(file);
    };
    expect(odd({ ...result, format: 2 })).toThrow(/newer version of pinmem \(format 2/);
    expect(odd({ ...result, domains: [] })).toThrow(/odd\.json is no result of an evaluation: domains/);
    expect(odd([])).toThrow(/is no result of an evaluation/);
    const [domain] = result.domains;
    expect(odd({ ...result, domains: [{ ...domain, confusion: [1, 2] }] })).toThrow(
      /confusion matrix of 2 counts, but 19 classes/,
    );
    writeFileSync(file, "{");
    expect(() => readResult(file)).toThrow(/odd\.json is no JSON: /);
    expect(() => readResult(join(root, "gone.json"))).toThrow(/gone\.json does not exist/);
  });
});

describe("compareResults", () => {
  it("puts runs in rows, unseen domains first, and mean and deviation below runs that differ in the seed", async () => {
    const base = await evaluateRun(run, { protocol: protocol("whole"), domains: [streets("fog", 1)] });
    const scored = (path: string, seed: number, scores: [number, number]): EvaluationResult => ({
      ...base,
      run: { ...base.run, path, seed },
      recipe: { ...base.recipe, seed },
      domains: scores.map((meanIoU, at) => ({
        ...(base.domains[0] as EvaluationResult["domains"][number]),
        name: at === 0 ? "streets:boulevard" : "streets:fog",
        role: at === 0 ? ("source" as const) : null,
        meanIoU,
      })),
    });
    const a = scored("runs/a", 1, [0.6, 0.3]);
    const b = scored("runs/b", 2, [0.5, 0.4]);
    const { rows, mixed } = compareResults([a, b]);
    expect(mixed).toBe(false);
    expect(rows.map(({ run }) => run)).toEqual(["runs/a", "runs/b", "mean of 2 seeds"]);
    expect(rows[2]?.unseen?.mean).toBeCloseTo(0.35, 12);
    expect(rows[2]?.unseen?.deviation).toBeCloseTo(Math.SQRT1_2 / 10, 12);
    expect(
      formatComparison(compareResults([a, b]))
        .split("\n")
        .slice(0, 4),
    ).toEqual([
      "run                  unseen  streets:boulevard  streets:fog",
      "runs/a                 30.0               60.0         30.0",
      "runs/b                 40.0               50.0         40.0",
      "mean of 2 seeds  35.0 ± 7.1         55.0 ± 7.1   35.0 ± 7.1",
    ]);
    const flipped = { ...b, protocol: protocol("whole-flip") };
    const table = compareResults([a, flipped]);
    expect(table.rows).toHaveLength(2);
    expect(formatComparison(table)).toMatch(
      /^run +protocol +unseen .*\nruns\/a +whole \(whole image\) +30\.0/,
    );
    const { method: _, ...recipe } = b.recipe;
    expect(compareResults([a, { ...b, recipe }]).rows).toHaveLength(2);
  });
});
