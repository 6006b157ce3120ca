// What a training says about its data before the first step, and what it remembers of them.

import { cpSync, existsSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { EvaluationEvent, TrainingEvent } from "@pinmem/core/formats";
import { describe, expect, it, vi } from "vitest";
import { temporaryFolder } from "../../test/data-fixtures.js";
import { folderOfLabels, writeImage, writeLabel } from "../../test/label-folders.js";
import { miniRecipe } from "../../test/mini-recipe.js";
import { openNamedDataset } from "../datasets/sets/index.js";
import { loadRecipe } from "../recipes/load-recipe.js";
import type { Recipe } from "../recipes/recipe.js";
import { calibrate } from "./calibrate.js";
import { RunFolder } from "./run-folder.js";
import { train } from "./train.js";

const row = (...values: number[]) =>
  Array.from({ length: 48 }, (_, at) => values[at % values.length] as number);

const recipeOf = (root: string, labels = "cityscapes19"): Recipe => {
  const entry = { name: "folder" as const, root };
  return miniRecipe({
    method: { name: "erm" },
    data: {
      sources: [entry],
      crop: { width: 32, height: 32 },
      perDomain: 2,
      workers: 0,
      labels,
    },
    length: { steps: 2 },
    checkpoints: { every: 1, keep: 1 },
    validation: { every: 2, preciseBatchNorm: 0 },
  });
};

/** Trains until a step is done, and returns the notes. */
async function begin(recipe: Recipe, folder: string, resume = false): Promise<string[]> {
  const stop = new AbortController();
  const notes: string[] = [];
  await train(recipe, {
    folder,
    resume,
    signal: stop.signal,
    events: [
      {
        write: (event: TrainingEvent) => {
          if (event.event === "note") notes.push(event.text);
          if (event.event === "step") stop.abort();
        },
        flush: () => {},
        close: () => {},
      },
    ],
  });
  return notes;
}

describe("before the first step", () => {
  it("a training warns of classes without a pixel", async () => {
    const root = await folderOfLabels([row(0, 255), row(0, 255)], 48);
    const labels = join(root, "two.json");
    const classes = ["bg", "fg"].map((name, at) => ({ name, color: [at, at, at] }));
    writeFileSync(labels, JSON.stringify({ name: "two", classes }));
    expect(await begin(recipeOf(root, labels), join(temporaryFolder(), "run"))).toEqual([
      expect.stringMatching(/^warning: folder: no pixel of "fg" in 2 labels; ignored: 255 \(50\.0 %\)/),
    ]);
  });

  it("a training refuses labels in which nothing is labeled, and leaves no folder", async () => {
    const root = await folderOfLabels([row(255)], 48);
    const folder = join(temporaryFolder(), "run");
    await expect(begin(recipeOf(root), folder)).rejects.toThrow(/nothing is labeled/);
    expect(existsSync(folder)).toBe(false);
  });
});

describe("a run that is gone on with", () => {
  const prepare = async () => {
    const home = temporaryFolder();
    cpSync(await folderOfLabels([row(0, 1), row(1, 2), row(2, 0)], 48), join(home, "data"), {
      recursive: true,
    });
    return { home, data: join(home, "data"), run: join(home, "run") };
  };

  it("finds its data from any folder, though its recipe gave them by a relative path", async () => {
    const { home, data, run } = await prepare();
    const before = process.cwd();
    try {
      process.chdir(home);
      await begin(recipeOf("data"), run);
      process.chdir(temporaryFolder());
      const recipe = await loadRecipe(new RunFolder(run).recipe);
      expect(recipe.data.sources).toEqual([expect.objectContaining({ root: data })]);
      await begin(recipe, run, true);
    } finally {
      process.chdir(before);
    }
  });

  it("refuses other data, and says what differs and how to go on", async () => {
    const { data, run } = await prepare();
    await begin(recipeOf(data), run);
    await writeImage(join(data, "images/new.png"), 48, 48);
    await writeLabel(join(data, "labels/new.png"), row(0), 48);
    rmSync(join(data, "images/0.png"));
    rmSync(join(data, "labels/0.png"));
    await writeLabel(
      join(data, "labels/1.png"),
      Array.from({ length: 48 }, (_, at) => (at * at) % 3),
      48,
    );
    await expect(begin(recipeOf(data), run, true)).rejects.toThrow(
      [
        `${run} was trained on other data:`,
        "  data.sources[0] (folder, split all): 1 image more (images/new.png); 1 image less (images/0.png); other files under the same names (labels/1.png)",
        `Give it the same data again, or begin a new run; to go on with the data as they are now, remove ${run}/data.json`,
      ].join("\n"),
    );
    rmSync(join(run, "data.json"));
    await begin(recipeOf(data), run, true);
    expect(existsSync(join(run, "data.json"))).toBe(true);
  });

  it("takes data that were moved as they are", async () => {
    const { home, data, run } = await prepare();
    await begin(recipeOf(data), run);
    renameSync(data, join(home, "elsewhere"));
    await begin(recipeOf(join(home, "elsewhere")), run, true);
  });

  it("refuses a label space whose values changed", async () => {
    const { data, run } = await prepare();
    const labels = join(data, "space.json");
    const write = (values: readonly (readonly number[])[]) =>
      writeFileSync(
        labels,
        JSON.stringify({
          name: "s",
          classes: values.map((list, at) => ({ name: `c${at}`, color: [at, 0, 0], values: list })),
        }),
      );
    write([[0, 1], [2]]);
    await begin(recipeOf(data, labels), run);
    expect(JSON.parse(readFileSync(join(run, "recipe.json"), "utf8")).data.labels).toBe(labels);
    write([[0], [1, 2]]);
    await expect(begin(recipeOf(data, labels), run, true)).rejects.toThrow(
      /data\.labels: the label space has other classes or values/,
    );
  });

  it("may have begun with data that were mended before anything was trained", async () => {
    const { data, run } = await prepare();
    writeFileSync(join(data, "images/1.png"), "damaged");
    await expect(begin(recipeOf(data), run)).rejects.toThrow(/images\/1\.png/);
    await writeImage(join(data, "images/1.png"), 48, 48);
    await begin(recipeOf(data), run, existsSync(join(run, "recipe.json")));
  });
});

describe("a training that goes on without files that cannot be used", () => {
  it("validates and is calibrated without them too, and says which, once", async () => {
    const root = await folderOfLabels([row(0, 1), row(1, 2), row(2, 0)], 48);
    const broken = join(root, "labels/1.png");
    writeFileSync(broken, "no picture");
    const recipe = recipeOf(root);
    const kept = await folderOfLabels([row(0, 1), row(1, 0), row(1, 1)], 48);
    const alsoBroken = join(kept, "labels/2.png");
    writeFileSync(alsoBroken, "no picture");
    const run = new RunFolder(join(temporaryFolder(), "run"));
    const warn = vi.spyOn(console, "warn").mockImplementation(() => {});
    const scores: EvaluationEvent[] = [];
    const write = (event: TrainingEvent) => {
      if (event.event === "evaluation") scores.push(event);
    };
    await train(
      {
        ...recipe,
        data: {
          ...recipe.data,
          onError: "skip",
          validation: [{ ...recipe.data.sources[0], root: kept } as never],
        },
        validation: { ...recipe.validation, every: 1 },
        calibration: { pictures: 3 },
      },
      { folder: run, events: [{ write, flush: () => {}, close: () => {} }] },
    );
    const said: string[] = warn.mock.calls.flat();
    warn.mockRestore();
    const saidOf = (file: string) => said.filter((line) => line.includes(`leaves ${file} out: `));
    expect(saidOf(broken)).toEqual([
      expect.stringMatching(/^the training leaves/),
      expect.stringMatching(/^the calibration leaves/), // For the classes' frequencies.
    ]);
    expect(saidOf(alsoBroken).map((line) => line.split(" ", 2)[1])).toEqual(["training", "calibration"]);
    expect(scores.map(({ images, skipped }) => [images, skipped])).toEqual([
      [2, 1],
      [2, 1],
    ]);
    expect(existsSync(join(run.path, "best.calibration.json"))).toBe(true);

    const pictures = await openNamedDataset("folder", { root });
    const told: string[] = [];
    const { calibration } = await calibrate(run.path, [pictures], {
      onProblem: ({ file }) => told.push(file),
    });
    expect(new Set(told)).toEqual(new Set([broken]));
    expect(calibration.shown[0]).toMatchObject({ kind: "none", pictures: 2 });
    await expect(calibrate(run.path, [pictures], { onError: "throw" })).rejects.toThrow(broken);
  });
});
