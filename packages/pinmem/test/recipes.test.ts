// The recipes of the repository are whole: every one resolves; all that any of them asks for of a network and a method takes one
// step, by the trainer, on two images of 64 x 64 of procedural streets for each source in place of the real data. What is left out:
// their data, their weights, and their length. A step tells nothing new where both were there before, apart from one another: every
// method with all its settings is tried on the smallest backbone, and every backbone with every head and normalization by one method.
// Without `full` only the former, one of each kind.

import { readdirSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { dispose } from "@pinmem/torch";
import { beforeAll, describe, expect, it } from "vitest";
import type { BackboneNetwork } from "../src/models/backbone-network.js";
import { listRecipes, loadRecipe } from "../src/recipes/load-recipe.js";
import { openData } from "../src/recipes/open-data.js";
import { type Recipe, resolveRecipe } from "../src/recipes/recipe.js";
import { createRecipeNetwork } from "../src/recipes/recipe-network.js";
import { createMethod, splitsDomains } from "../src/training/methods/index.js";
import { createOptimizer } from "../src/training/optimizer.js";
import { prepareEpisode } from "../src/training/prepare-episode.js";
import { innerRate, learningRate } from "../src/training/schedule.js";
import { Trainer } from "../src/training/trainer.js";
import { createWhitening } from "../src/training/whitening.js";
import { full } from "./scope.js";
import { Recorder } from "./tiny-run.js";

const folder = fileURLToPath(new URL("../../../recipes", import.meta.url));
const files = readdirSync(folder).filter((name) => name.endsWith(".mjs"));
const recipe = (address: string) => loadRecipe(join(folder, address));

/** These are left out, whose parts others have too: foundation models but the tiny ones. */
const tooLarge = ({ model: { backbone = "" } }: Recipe): boolean => /^dinov\d_(?!.*debug)/.test(backbone);

/** Backbones from small to large, as far as steps are concerned. */
const bySize = ["mobilenet_v2", "shufflenet_v2_x1_0", "resnet18", "resnet50", "resnet101"];
const sizeOf = ({ model: { backbone = "" } }: Recipe): number => bySize.indexOf(backbone);

/** What tells recipes apart but for their backbones. */
function settingsOf({ model, method }: Recipe): string {
  const { backbone, backboneWeights, ...rest } = model;
  const { head, normalization } = model;
  return JSON.stringify(full ? [rest, method] : [head, Object.values(normalization ?? {}), method.name]);
}

/** What tells networks apart; the deepest one has no more blocks for a normalization than resnet50 has. */
const networkOf = ({ model: { backbone, head, normalization } }: Recipe): string =>
  JSON.stringify([backbone, head, backbone !== "resnet101" && normalization]);

type Listed = readonly [address: string, recipe: Recipe];

/** One recipe for each key, of which no other one is `better`. */
function oneOfEach(
  recipes: readonly Listed[],
  keyOf: (recipe: Recipe) => string,
  better: (one: Recipe, other: Recipe) => boolean,
): Listed[] {
  const found = new Map<string, Listed>();
  for (const listed of recipes) {
    const key = keyOf(listed[1]);
    const there = found.get(key);
    if (!there || better(listed[1], there[1])) found.set(key, listed);
  }
  return [...found.values()];
}

const onSmallest = ([address, recipe]: Listed): Listed =>
  sizeOf(recipe) <= bySize.indexOf("resnet18")
    ? [address, recipe]
    : [
        `${address}, on a smaller backbone,`,
        { ...recipe, model: { ...recipe.model, backbone: "mobilenet_v2" } },
      ];

/** Recipes that stand for all, by address. */
async function distinct(): Promise<Listed[]> {
  const lists = await Promise.all(files.map((file) => listRecipes(join(folder, file))));
  const recipes = lists
    .flat()
    .filter(({ recipe }) => !tooLarge(recipe))
    .map(({ address, recipe }): Listed => [address.slice(folder.length + 1), recipe]);
  const settings = oneOfEach(recipes, settingsOf, (one, other) => sizeOf(one) < sizeOf(other));
  const withMemory = ({ method }: Recipe) => method.name === "pin-memory";
  const networks = full
    ? oneOfEach(recipes, networkOf, (one, other) => withMemory(one) && !withMemory(other))
    : [];
  return [...new Map([...settings.map(onSmallest), ...networks])];
}

const all = await distinct();

/** The recipe with miniature data in place of its own. */
const inMiniature = (recipe: Recipe): Recipe => {
  const streets = (domain: string) => ({ name: "streets", domain, count: 2, width: 64, height: 64 });
  const side = recipe.model.backbone?.startsWith("dinov2") ? 56 : 64;
  return resolveRecipe({
    ...recipe,
    device: "cpu",
    data: {
      ...recipe.data,
      sources: [streets("boulevard"), streets("toy-town")],
      validation: [],
      targets: [],
      crop: { width: side, height: side },
      scale: [1, 1],
      perDomain: 2,
      epoch: 1,
      workers: 0,
    },
    length: { steps: 1 },
    learningRate: { ...recipe.learningRate, warmUp: 0 },
    whitening: { ...recipe.whitening, selectAfterEpochs: 0, trials: 1, images: 1 },
  });
};

/** One step of a recipe; returns its loss terms by pass. */
async function step(recipe: Recipe): Promise<Readonly<Record<string, object>>> {
  const { data: config, model, seed, lossWeights } = recipe;
  const data = await openData(config, seed);
  const network = createRecipeNetwork(recipe, data.space.classes.length);
  try {
    expect((network as BackboneNetwork).backbone.name).toBe(model.backbone);
    const whitening = createWhitening(recipe, {
      network,
      sources: data.sources,
      batchesPerEpoch: data.training.batchesPerEpoch,
      steps: 1,
    });
    const method = createMethod(recipe.method, {
      network,
      weights: lossWeights,
      ...(whitening && { whiteningLoss: whitening.lossOf }),
    });
    const rate = learningRate(recipe.learningRate, 1);
    const { perDomain, color } = config;
    const recorder = new Recorder();
    const trainer = new Trainer({
      name: recipe.name,
      seed,
      device: "cpu",
      steps: 1,
      network,
      method,
      ...createOptimizer(network, recipe.optimizer, 0.01),
      data: data.training,
      prepare: (batch, split) => prepareEpisode(batch, split, { seed, device: "cpu", perDomain, ...color }),
      learningRate: rate,
      innerRate: splitsDomains(recipe.method) ? innerRate(recipe.method.innerRate, rate) : () => 0,
      hooks: whitening ? [whitening] : [],
      events: [recorder],
    });
    await trainer.run();
    return recorder.events.flatMap((event) => (event.event === "step" ? [event.losses] : []))[0] ?? {};
  } finally {
    dispose([...network.stateDict().values()]);
    await data.close();
  }
}

describe("the recipes", () => {
  let names: string[];
  beforeAll(async () => {
    const lists = await Promise.all(files.map((file) => listRecipes(join(folder, file))));
    names = lists.flat().map(({ recipe }) => recipe.name);
  });

  it("are there for every setting, network and method", () => {
    expect(files).toEqual([
      "camvid-study.mjs",
      "camvid.mjs",
      "cityscapes-acdc.mjs",
      "demo.mjs",
      "gtav-synthia-idd.mjs",
      "gtav-synthia.mjs",
      "gtav.mjs",
      "streets-gpu.mjs",
      "streets-study.mjs",
      "training-study.mjs",
    ]);
    const methods = ["erm", "ibn", "iw", "isw", "mldg", "memory-erm", "pin-memory"];
    const networks = ["resnet50", "mobilenetv2", "shufflenetv2", "resnet101", "resnet101-deeplabv2"];
    for (const setting of ["gtav-synthia", "gtav", "gtav-synthia-idd"]) {
      for (const method of methods)
        for (const network of networks) expect(names).toContain(`${setting}-${method}-${network}`);
    }
  });

  it("differ from the authors' settings where the README says so, and nowhere else", async () => {
    const [ours, official] = await Promise.all([
      recipe("gtav-synthia.mjs#pin-memory-resnet50"),
      recipe("gtav-synthia.mjs#pin-memory-resnet50-official"),
    ]);
    expect(official).toEqual({
      ...ours,
      name: "gtav-synthia-pin-memory-resnet50-official",
      data: { ...ours.data, color: { ...ours.data.color, strongFor: "first-source" } },
      model: { ...ours.model, memory: { read: { gumbel: "always" } } },
      method: { ...ours.method, memoryStart: { batches: "official", afterSteps: 0 } },
      learningRate: { kind: "exponential", base: 0.01, decay: 9, total: 120_000, warmUp: 0 },
      optimizer: { ...ours.optimizer, decay: "all" },
      validation: { ...ours.validation, preciseBatchNorm: 0 },
    });
    expect(ours.data.sources.map(({ name }) => name)).toEqual(["gtav", "synthia"]);
    expect(ours.length).toEqual({ epochs: 41 });
  });

  it("put instance normalization where the authors' scripts do", async () => {
    const kinds = { ibn: "instance-norm", iw: "instance-whitening", isw: "selective-whitening" };
    for (const [method, kind] of Object.entries(kinds)) {
      const { model } = await recipe(`gtav.mjs#${method}-resnet50`);
      expect(model.normalization).toEqual({ layer0: kind, layer1: kind, layer2: kind });
    }
  });

  it.each(all)("%s takes a step", async (_, recipe) => {
    const losses = await step(inMiniature(recipe));
    const splits = ["mldg", "pin-memory"].includes(recipe.method.name);
    expect(Object.keys(losses)).toEqual(splits ? ["meta-train", "meta-test"] : ["train"]);
    const [first] = Object.values(losses);
    const kinds = Object.values(recipe.model.normalization ?? {}) as string[];
    const isWhitened = kinds.some((kind) => kind.endsWith("-whitening"));
    expect(Object.keys(first as object).includes("whitening")).toBe(isWhitened);
    expect(Object.keys(first as object).includes("cohesion")).toBe(recipe.method.name.includes("memory"));
  });
});
