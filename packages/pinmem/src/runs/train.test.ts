import { getEventListeners } from "node:events";
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { defineLabelSpace } from "@pinmem/core";
import { dispose, liveTensors, loadSafetensors, scope } from "@pinmem/torch";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { collectGarbage } from "../../test/collect-garbage.js";
import { miniRecipe } from "../../test/mini-recipe.js";
import { TINY } from "../../test/tiny-backbone.js";
import { Recorder } from "../../test/tiny-run.js";
import { streetsDataset } from "../datasets/sets/streets.js";
import {
  Erm,
  innerStep,
  loadRecipe,
  type MethodFactory,
  metaTestOf,
  type RecipeInput,
  registerDataset,
  registerMethod,
  trainedParameters,
  trainingPass,
  withOwnStatistics,
} from "../api/training.js";
import { hasSecondDerivatives } from "../training/precision.js";
import { openRun } from "./open-run.js";
import { RunFolder } from "./run-folder.js";
import { train } from "./train.js";

let root: string;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), "pinmem-train-"));
});
afterEach(() => rmSync(root, { recursive: true }));

const folder = (name = "run") => new RunFolder(join(root, name));

const log = ({ events }: RunFolder): Record<string, unknown>[] =>
  readFileSync(events, "utf8")
    .trimEnd()
    .split("\n")
    .map((line) => ({ ...JSON.parse(line), timing: null }));

const sameBytes = (a: string, b: string) => readFileSync(a).equals(readFileSync(b));
const tensorNames = (path: string) => scope(() => [...loadSafetensors(path).tensors.keys()]);

describe("train", () => {
  it("leaves a whole run behind, and going on changes nothing of it", async () => {
    const whole = folder("whole");
    const recorder = new Recorder();
    const result = await train(miniRecipe(), { folder: whole, events: [recorder] });
    expect(result).toMatchObject({ step: 4, reason: "finished" });
    expect(readdirSync(whole.path).sort()).toEqual([
      "best.safetensors",
      "checkpoints",
      "data.json",
      "environment.json",
      "events.jsonl",
      "last.safetensors",
      "recipe.json",
      "tensorboard",
    ]);
    expect(await loadRecipe(whole.recipe)).toEqual(miniRecipe());
    expect(readdirSync(whole.checkpoints)).toContain("step-000004");
    expect(log(whole).map(({ event }) => event)).toEqual([
      "note",
      "memory",
      "step",
      "step",
      "step",
      "evaluation",
      "evaluation",
      "memory",
      "step",
      "evaluation",
      "evaluation",
      "memory",
    ]);
    const compared = recorder.events.filter((event) => event.event === "memory");
    expect(compared.map(({ step }) => step)).toEqual([0, 3, 4]);
    expect(compared[0]?.cosine).not.toEqual(compared[1]?.cosine);
    expect(recorder.events.filter(({ event }) => event === "picture")).toHaveLength(4);
    const scores = recorder.events.filter((event) => event.event === "evaluation");
    expect(scores.map(({ role, domain, images }) => [role, domain, images])).toEqual(
      [1, 2].flatMap(() => [
        ["source", "streets-boulevard, seed 1", 2],
        ["target", "streets-night, seed 0", 1],
      ]),
    );
    expect(
      statSync(join(whole.tensorboard, readdirSync(whole.tensorboard)[0] as string)).size,
    ).toBeGreaterThan(1000);

    // The same in two parts.
    const parts = folder("parts");
    const controller = new AbortController();
    const stopping = {
      write: (event: { event: string }) => void (event.event === "step" && controller.abort()),
      flush() {},
      close() {},
    };
    const first = await train(miniRecipe(), { folder: parts, events: [stopping], signal: controller.signal });
    expect(first).toMatchObject({ step: 1, reason: "interrupted" });
    expect(existsSync(parts.model("last"))).toBe(false);
    const second = await train(await loadRecipe(parts.recipe), { folder: parts, resume: true });
    expect(second).toEqual(result);
    expect(log(parts)).toEqual(log(whole));
    for (const which of ["best", "last"] as const) {
      expect(sameBytes(parts.model(which), whole.model(which)), which).toBe(true);
    }
    expect(JSON.parse(readFileSync(parts.environment, "utf8"))).toHaveLength(2);
  });

  it.each(["erm", "mldg", "memory-erm"] as const)("trains by %s", async (name) => {
    const { reason } = await train(miniRecipe({ method: { name }, length: { steps: 1 } }), {
      folder: folder(),
    });
    expect(reason).toBe("finished");
    const names = tensorNames(folder().model("last"));
    expect(names.includes("memory.m_items")).toBe(name === "memory-erm");
  });

  it("takes options together: layout, recomputation, accumulation, clipping, rates by part, frozen norms, few meta steps", async () => {
    const recorder = new Recorder();
    const recipe = miniRecipe({
      channelsLast: true,
      activationCheckpointing: true,
      accumulation: 2,
      maxGradientNorm: 1,
      optimizer: { kind: "sgd", factors: { backbone: 0.1 } },
      frozenBatchNorm: "statistics",
      method: {
        name: "pin-memory",
        from: 0.5,
        every: 2,
        writeFeature: "before",
        memoryStart: { batches: 1 },
      },
      length: { steps: 2 },
    });
    await train(recipe, { folder: folder(), events: [recorder] });
    const steps = recorder.events.filter((event) => event.event === "step");
    expect(steps.map(({ losses }) => Object.keys(losses))).toEqual([["train"], ["meta-train", "meta-test"]]);
    expect(recorder.events.filter(({ event }) => event === "memory")[0]?.step).toBe(1);
    for (const { losses } of steps) {
      for (const terms of Object.values(losses))
        expect(Object.values(terms).every(Number.isFinite)).toBe(true);
    }
  });

  it("scores and keeps the average of the weights beside them, the same where it was interrupted", async () => {
    const recipe = miniRecipe({
      averaging: { kind: "ema" },
      featureStyles: { kind: "mix" },
      length: { steps: 3 },
    });
    const [whole, parts] = [folder("whole"), folder("parts")];
    await train(recipe, { folder: whole });
    const controller = new AbortController();
    const stopping = {
      write: ({ event, step }: { event: string; step: number }) =>
        void (event === "step" && step === 2 && controller.abort()),
      flush() {},
      close() {},
    };
    await train(recipe, { folder: parts, events: [stopping], signal: controller.signal });
    await train(recipe, { folder: parts, resume: true });
    const bytes = (run: RunFolder, which: "last" | "average") => readFileSync(run.model(which));
    expect(bytes(parts, "average").equals(bytes(whole, "average"))).toBe(true);
    expect(bytes(whole, "average").equals(bytes(whole, "last"))).toBe(false);
    const scored = log(whole).filter(({ event, step }) => event === "evaluation" && step === 3);
    expect(scored.map(({ weights, role }) => [weights ?? "trained", role])).toEqual([
      ["trained", "source"],
      ["trained", "target"],
      ["average", "source"],
      ["average", "target"],
    ]);
    using run = openRun(whole.path, { which: "average" });
    expect([run.step, run.score]).toEqual([3, scored[2]?.meanIoU]);
  });

  it("starts the memory after a warm-up, selects covariances at their epoch, and keeps both in checkpoints", async () => {
    const recipe = miniRecipe({
      model: { backbone: TINY, width: 32, normalization: { layer1: "selective-whitening" } },
      method: { name: "memory-erm", memoryStart: { batches: 1, afterSteps: 2 } },
      whitening: { selectAfterEpochs: 1, trials: 2, images: 2 },
      length: { steps: 4 },
    });
    const run = folder();
    const controller = new AbortController();
    const stopping = {
      write: (event: { event: string; step: number }) =>
        void (event.event === "step" && event.step === 3 && controller.abort()),
      flush() {},
      close() {},
    };
    await train(recipe, { folder: run, events: [stopping], signal: controller.signal });
    await train(recipe, { folder: run, resume: true });
    const notes = log(run).filter(({ event }) => event === "note");
    expect(notes.map(({ step, text }) => [step, String(text).replace(/[;:].*/, "")])).toEqual([
      [2, "the memory starts from 1 batch"],
      [3, "whitening begins"],
    ]);
    const whitened = log(run)
      .filter(({ event }) => event === "step")
      .map(({ losses }) => "whitening" in (losses as { train: object }).train);
    expect(whitened).toEqual([false, false, false, true]);
  });

  it("refuses what cannot work before the first step, and leaves no run behind", async () => {
    const attempt = (recipe: Parameters<typeof train>[0]) => train(recipe, { folder: folder() });
    await expect(attempt(miniRecipe({ device: "cuda:7" }))).rejects.toThrow(
      /device is "cuda:7", but .*use "cpu"/,
    );
    const late = miniRecipe({
      model: { backbone: TINY, width: 32, normalization: { layer1: "selective-whitening" } },
    });
    await expect(attempt(late)).rejects.toThrow(
      /selectAfterEpochs is 6, which is step 18 .* the run has 4 steps/,
    );
    const never = (method: object, words: RegExp) =>
      expect(
        attempt(miniRecipe({ method: { name: "pin-memory", memoryStart: { batches: 2 }, ...method } })),
      ).rejects.toThrow(words);
    await never({ from: 0.99 }, /method\.from: meta-learning would begin after 4 of 4 steps, and so never/);
    await never(
      { memoryStart: { batches: 2, afterSteps: 50 } },
      /memoryStart\.afterSteps: the memory would start after 50 of 4 steps, and so never/,
    );
    const { data } = miniRecipe();
    const missing = miniRecipe({
      data: { ...data, sources: [{ name: "camvid", root: "/nowhere" }, ...data.sources] },
    });
    await expect(attempt(missing)).rejects.toThrow(/\/nowhere: is no folder/);
    const labels = miniRecipe({ data: { ...data, labels: "/nowhere.json" } });
    await expect(attempt(labels)).rejects.toThrow(/data\.labels is "\/nowhere\.json"/);
    expect(existsSync(folder().recipe)).toBe(false);
  });

  it.skipIf(hasSecondDerivatives("bfloat16", "cpu"))(
    "refuses the second order in a precision in which libtorch gets it wrong",
    async () => {
      const recipe = miniRecipe({ method: { name: "mldg", order: "second" }, precision: "bfloat16" });
      await expect(train(recipe, { folder: folder() })).rejects.toThrow(
        /method\.order is "second" and precision is "bfloat16".*wrong on this machine: take "float32"/,
      );
      expect(existsSync(folder().recipe)).toBe(false);
    },
  );

  it("leaves data sets and method to the program where the recipe says so, and only to that program", async () => {
    const { data } = miniRecipe();
    const given = (name: string) => ({ name: "custom" as const, as: name });
    const recipe = miniRecipe({
      data: { ...data, sources: [given("north"), given("south")], validation: [given("south")] },
      method: { name: "custom", as: "mine" },
      length: { steps: 2 },
    });
    const datasets = ["north", "south"].map((name) => ({
      ...streetsDataset({ domain: "boulevard", count: 2, width: 96, height: 48 }),
      name,
    }));
    const mine: MethodFactory = (context) => {
      const erm = new Erm(context);
      return { name: "mine", splitsDomains: false, accumulate: (...given) => erm.accumulate(...given) };
    };
    const attempt = (more: object, changed = recipe) =>
      train(changed, { folder: folder("given").path, ...more });
    await expect(attempt({ method: mine })).rejects.toThrow(/data set "north" is that of a program/);
    await expect(attempt({ datasets })).rejects.toThrow(/method "mine" is that of a program/);
    const other: MethodFactory = (...given) => ({ ...mine(...given), name: "other" });
    await expect(attempt({ datasets, method: other })).rejects.toThrow(
      /the recipe's method is "mine", but the one that train was given is "other"/,
    );
    await expect(attempt({ method: mine }, miniRecipe())).rejects.toThrow(
      /train was given a method, but the recipe's is "pin-memory"/,
    );
    const classes = [
      { name: "way", color: [128, 64, 128] as const },
      { name: "rest", color: [0, 0, 0] as const },
    ];
    const space = defineLabelSpace({ name: "two", classes });
    const foreign = datasets.map((dataset) => ({ ...dataset, space }));
    await expect(attempt({ datasets: foreign, method: mine })).rejects.toThrow(
      /"north" has the classes way, rest, but data\.labels of the recipe is "cityscapes19"/,
    );
    expect(folder("given").exists).toBe(false);

    await attempt({ datasets, method: mine });
    const lines = log(folder("given"));
    expect(lines.filter(({ event }) => event === "step")).toHaveLength(2);
    expect(lines.find(({ event }) => event === "evaluation")).toMatchObject({ domain: "south, seed 0" });
    expect(await loadRecipe(folder("given").recipe)).toEqual(recipe);
  });

  it("knows methods and data sets that a program has registered, and which function does so", async () => {
    const { data } = miniRecipe();
    const given = (name: string) => ({ name: "custom" as const, as: name });
    const options = { width: 96, height: 48, count: 2 };
    const looks = ["boulevard", "toy-town"] as const;
    const streets = looks.map((domain) => ({ name: "streets" as const, domain, ...options }));
    const recipe = (method: RecipeInput["method"], sources: RecipeInput["data"]["sources"] = streets) =>
      miniRecipe({
        data: { ...data, sources, validation: [] },
        model: { backbone: TINY, width: 32, memory: {} },
        method,
        length: { steps: 2 },
      });
    const own = recipe(given("twin"), looks.map(given));
    const attempt = (name: string) => train(own, { folder: folder(name).path });
    await expect(attempt("own")).rejects.toThrow(/registerDataset\("boulevard", …\) of pinmem\/training/);
    for (const domain of looks)
      registerDataset(domain, () => ({ ...streetsDataset({ domain, ...options }), name: domain }));
    await expect(attempt("own")).rejects.toThrow(/registerMethod\("twin", …\) of pinmem\/training/);
    registerMethod("twin", (context) => ({
      name: "twin",
      splitsDomains: true,
      accumulate(episode, { innerRate, share = 1 }) {
        const { network } = context;
        const inner = trainingPass(context, episode.metaTrain);
        const step = innerStep(inner, trainedParameters(network), { rate: innerRate, order: "first" });
        const outer = withOwnStatistics(network, step.adapted, () => {
          const pass = trainingPass(context, metaTestOf(episode, "twin"));
          step.backward(pass, share);
          return pass;
        });
        return { "meta-train": inner.losses, "meta-test": outer.losses };
      },
    }));
    expect(() => registerMethod("twin", () => expect.fail())).toThrow(
      /registerMethod: .*"twin", which is taken/,
    );
    await attempt("own");
    await train(recipe({ name: "mldg" }), { folder: folder("built-in").path });
    const [one, other] = ["own", "built-in"].map(
      (name) => loadSafetensors(folder(name).model("last")).tensors,
    );
    scope(() => {
      for (const [name, tensor] of one ?? []) expect(other?.get(name)?.equal(tensor), name).toBe(true);
    });
    for (const tensors of [one, other]) dispose([...(tensors?.values() ?? [])]);
  });

  it("does not go on from checkpoints of a run whose recipe is gone", async () => {
    await train(miniRecipe({ length: { steps: 1 } }), { folder: folder() });
    rmSync(folder().recipe);
    await expect(train(miniRecipe(), { folder: folder() })).rejects.toThrow("already holds a run");
  });

  it("tells each score once where it is interrupted between two domains of a validation", async () => {
    const [whole, parts] = [folder("whole"), folder("parts")];
    await train(miniRecipe(), { folder: whole });
    const controller = new AbortController();
    const stopping = {
      write: ({ event }: { event: string }) => void (event === "evaluation" && controller.abort()),
      flush() {},
      close() {},
    };
    const first = await train(miniRecipe(), { folder: parts, events: [stopping], signal: controller.signal });
    expect(first).toMatchObject({ step: 3, reason: "interrupted" });
    expect(log(parts).filter(({ event }) => event === "evaluation")).toHaveLength(1);
    await train(miniRecipe(), { folder: parts, resume: true });
    expect(log(parts)).toEqual(log(whole));
  });

  it("says that the memory does not start where weights bring its rows", async () => {
    const method = { name: "memory-erm", memoryStart: { batches: 1 } } as const;
    const recipe = (more = {}) => miniRecipe({ method, length: { steps: 1 }, ...more });
    await train(recipe(), { folder: folder("first") });
    const weights = { file: folder("first").model("last") };
    const started = recipe({ model: { backbone: TINY, width: 32, weights } });
    await train(started, { folder: folder("second") });
    const notes = (name: string) => log(folder(name)).flatMap(({ text }) => (text ? [text] : []));
    const unused = "the memory's rows are those of model.weights; method.memoryStart is not used";
    expect(notes("second")).toContain(unused);
    expect(notes("first")).not.toContain(unused);
  });

  it("keeps nothing alive of trainings that one signal may stop", async () => {
    const { signal } = new AbortController();
    const recipe = miniRecipe({
      length: { steps: 1 },
      averaging: { kind: "ema" },
      model: { backbone: TINY, width: 32, normalization: { layer1: "instance-whitening" } },
    });
    await train(recipe, { folder: folder("first"), signal });
    await collectGarbage();
    const before = liveTensors();
    for (const name of ["second", "third"]) await train(recipe, { folder: folder(name), signal });
    await collectGarbage(before);
    expect(liveTensors()).toBe(before);
    expect(getEventListeners(signal, "abort")).toEqual([]);
  });

  it("frees what it computed with when it ends, and does not wait for the garbage collector", async () => {
    let network: { readonly parameters: () => readonly { readonly isDisposed: boolean }[] } | undefined;
    const seen: MethodFactory = (context) => {
      network = context.network;
      const erm = new Erm(context);
      return { name: "seen", splitsDomains: false, accumulate: (...given) => erm.accumulate(...given) };
    };
    const recipe = miniRecipe({ method: { name: "custom", as: "seen" }, length: { steps: 1 } });
    await train(recipe, { folder: folder(), method: seen });
    expect(network?.parameters().map(({ isDisposed }) => isDisposed)).not.toContain(false);
  });

  it("leaves no file behind where it fails before the first step", async () => {
    const recipe = miniRecipe({ method: { name: "custom", as: "mine" }, length: { steps: 1 } });
    const failing: MethodFactory = () => {
      throw new Error("not today");
    };
    await expect(train(recipe, { folder: folder(), method: failing })).rejects.toThrow("not today");
    expect(existsSync(folder().path)).toBe(false);
  });

  it("has a program's own method that splits domains take the usual inner steps, and hands it its options", async () => {
    const rates: number[] = [];
    const options: unknown[] = [];
    const own =
      (splits: boolean): MethodFactory =>
      (context, given) => {
        options.push(given);
        const erm = new Erm(context);
        return {
          name: "mine",
          splitsDomains: splits,
          accumulate: (episode, settings) => {
            rates.push(settings.innerRate);
            return erm.accumulate(episode, settings);
          },
        };
      };
    const method = { name: "custom" as const, as: "mine", options: { margin: 0.5, kinds: ["a"] } };
    const recipe = (more = {}) =>
      miniRecipe({
        method: { ...method, ...more },
        length: { steps: 2 },
        learningRate: { kind: "constant", base: 0.01 },
      });
    await train(recipe(), { folder: folder("splits"), method: own(true) });
    await train(recipe(), { folder: folder("joint"), method: own(false) });
    await train(recipe({ innerRate: { kind: "fixed", rate: 0.5 } }), {
      folder: folder("fixed"),
      method: own(true),
    });
    expect(rates).toEqual([0.001, 0.0025, 0, 0, 0.5, 0.5]);
    expect(options).toEqual([method.options, method.options, method.options]);
    expect((await loadRecipe(folder("joint").recipe)).method).toEqual(method);
  });

  it("keeps a run that is there", async () => {
    await train(miniRecipe({ length: { steps: 1 } }), { folder: folder() });
    await expect(train(miniRecipe(), { folder: folder() })).rejects.toThrow(
      /already holds a run: continue it with `resume: true`/,
    );
  });
});
