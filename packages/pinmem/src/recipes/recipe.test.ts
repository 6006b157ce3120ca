import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { TINY } from "../../test/tiny-backbone.js";
import { defineRecipe } from "./define-recipe.js";
import { loadRecipe } from "./load-recipe.js";
import { type RecipeInput, resolveRecipe } from "./recipe.js";
import { RecipeError } from "./validate.js";

const source = { name: "camvid", root: "/data/camvid" };
const good = defineRecipe({
  name: "test",
  data: { sources: [source, source], crop: { width: 64, height: 64 }, perDomain: 2 },
  model: { backbone: "resnet18" },
  method: { name: "pin-memory" },
  length: { steps: 10 },
});

function problems(changed: unknown): string {
  try {
    resolveRecipe(changed);
  } catch (error) {
    if (error instanceof RecipeError) return error.problems.join("\n");
    throw error;
  }
  return "";
}

describe("resolveRecipe", () => {
  it("shows every default, and resolves what it gave to itself", () => {
    const resolved = resolveRecipe(good);
    expect(resolved).toMatchObject({
      seed: 304,
      method: { order: "first", innerRate: { kind: "follow", first: 0.001, fraction: 0.25 } },
      lossWeights: { auxiliary: 0.4, cohesion: 0.02, divergence: 0.4, classification: 0.2 },
      optimizer: { kind: "sgd", momentum: 0.9, weightDecay: 5e-4, decay: "weights" },
      learningRate: { kind: "polynomial", base: 0.01, power: 0.9 },
      data: { scale: [0.5, 2], flip: 0.5, color: { strongFor: "meta-test", strong: { brightness: 0.8 } } },
    });
    expect(resolveRecipe(JSON.parse(JSON.stringify(resolved)))).toEqual(resolved);
  });

  const change = (more: Partial<RecipeInput>) => ({ ...good, ...more });
  it.each([
    [
      "one domain for a method that splits",
      change({ data: { ...good.data, sources: [source] } }),
      /data\.sources has 1 domain.*"pin-memory".*at least two/,
    ],
    [
      "one image in a pass",
      change({ data: { ...good.data, perDomain: 1 } }),
      /data\.perDomain is 1.*take 2 or more/,
    ],
    [
      "changed styles with recomputation",
      change({ featureStyles: { kind: "mix" }, activationCheckpointing: true }),
      /activationCheckpointing is true and featureStyles is set/,
    ],
    [
      "second order with recomputation",
      change({ method: { name: "mldg", order: "second" }, activationCheckpointing: true }),
      /activationCheckpointing is true and method\.order is "second"/,
    ],
    [
      "ImageNet weights that nobody publishes",
      change({ model: { backbone: TINY, backboneWeights: "imagenet" } }),
      /model\.backboneWeights is "imagenet", but none are published for "tiny"; name a file/,
    ],
    ["no length", change({ length: {} }), /length is \{\}; give either steps or epochs/],
    ["two lengths", change({ length: { steps: 1, epochs: 1 } }), /give either steps or epochs/],
    [
      "a turned range",
      change({ data: { ...good.data, scale: [2, 0.5] } }),
      /data\.scale is \[2,0\.5\]; the lower factor comes first/,
    ],
    [
      "a stride that the head does not have",
      change({ model: { backbone: "resnet18", head: "deeplab-v2", outputStride: 16 } }),
      /model\.outputStride: must be 8.*got 16/,
    ],
    ["a name that is no folder", change({ name: "a/b" }), /name is "a\/b"/],
    ["a device nobody knows", change({ device: "tpu" }), /device is "tpu": it may be "cpu", "cuda"/],
    [
      "options of another method",
      { ...good, method: { name: "erm", order: "second" } },
      /method\.order is no field of method; "erm" has none, but "mldg" and "pin-memory".*the change `method=\{"name":"erm"\}`/,
    ],
    [
      "a split that the data set does not have",
      change({ data: { ...good.data, validation: [{ ...source, split: "vall" }] } }),
      /data\.validation\[0\]\.split is "vall"; camvid has all, train, val, test \(did you mean "(all|val)"\?\)/,
    ],
    [
      "a mapping that the data set does not have",
      change({ data: { ...good.data, targets: [{ name: "mapillary-v2", root: "x", mapping: "rien" }] } }),
      /data\.targets\[0\]\.mapping is "rien"; mapillary-v2 has ours, rein \(did you mean "rein"\?\)/,
    ],
    [
      "a subset that the data set does not have",
      change({ data: { ...good.data, targets: [{ ...source, subset: "0001T" }] } }),
      /data\.targets\[0\]\.subset is "0001T"; camvid has .*did you mean "0001TP"/,
    ],
    [
      "a domain of streets that nobody knows",
      change({ data: { ...good.data, sources: [{ name: "streets", domain: "nihgt", count: 1 }, source] } }),
      /data\.sources\[0\]\.domain is "nihgt"; it may be .*did you mean "night"/,
    ],
    [
      "a warm-up that the run ends in",
      change({ length: { steps: 19 }, learningRate: { kind: "polynomial", base: 0.01, warmUp: 20 } }),
      /learningRate\.warmUp is 20, but the run has only 19 steps/,
    ],
    [
      "a window that is no border",
      change({ segmentation: { kind: "border-relaxed", window: 17 } }),
      /segmentation\.window is 17/,
    ],
    [
      "a relaxation that spares all",
      change({ whitening: { relaxation: 0.5 } }),
      /whitening\.relaxation is 0\.5: it must be 0, or greater than 1/,
    ],
    [
      "Nesterov's momentum without momentum",
      change({ optimizer: { kind: "sgd", momentum: 0, nesterov: true } }),
      /optimizer\.nesterov is true and optimizer\.momentum is 0/,
    ],
    [
      "an adapter as large as memory",
      change({ model: { backbone: "dinov2_debug", head: "linear", adapter: { kind: "lora", rank: 1e9 } } }),
      /model\.adapter\.rank is 1000000000/,
    ],
    [
      "more rows than a class may have",
      change({
        model: { memory: { rows: { per: "domain" } } },
        data: { ...good.data, sources: Array.from({ length: 65 }, () => source) },
      }),
      /model\.memory\.rows has one for each domain, and data\.sources has 65/,
    ],
  ])("refuses %s", (_, recipe, message) => {
    expect(problems(recipe)).toMatch(message);
  });

  it("reports problems of all parts together", () => {
    const twice = change({ length: {}, data: { ...good.data, sources: [source] } });
    expect(problems(twice).split("\n")).toHaveLength(2);
  });
});

describe("loadRecipe", () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "pinmem-recipe-"));
  });
  afterEach(() => rmSync(folder, { recursive: true }));
  const write = (name: string, text: string) => {
    writeFileSync(join(folder, name), text);
    return join(folder, name);
  };

  it("reads modules and JSON files, and carries out assignments", async () => {
    const json = write("a.json", JSON.stringify(good));
    const module = write("b.mjs", `export default ${JSON.stringify(good)};`);
    expect(await loadRecipe(json)).toEqual(await loadRecipe(module));
    const changed = await loadRecipe(json, ["length.steps=7", "method.name=erm"]);
    expect(changed).toMatchObject({ length: { steps: 7 }, method: { name: "erm" } });
  });

  it("names the field and the file where a recipe holds a function", async () => {
    const file = write("c.mjs", `export default { ...${JSON.stringify(good)}, length: { steps: () => 1 } };`);
    await expect(loadRecipe(file, ["seed=1"])).rejects.toThrow(
      `${file} cannot be used:\n  length.steps is a function; a recipe holds data alone`,
    );
  });

  it.each([
    ["gone.json", undefined, /there is no such file/],
    ["gone.mjs", undefined, /there is no such file/],
    ["recipe.yaml", "name: x", /ending in \.js, \.mjs or \.json/],
    ["broken.json", "{", /JSON/],
    ["empty.mjs", "export const x = 1;", /exports no recipe/],
    ["throws.mjs", "throw new Error('oh no');", /oh no/],
  ])("explains what is wrong with %s", async (name, text, message) => {
    const file = text === undefined ? join(folder, name) : write(name, text);
    await expect(loadRecipe(file)).rejects.toThrow(message);
    await expect(loadRecipe(file)).rejects.toThrow(RecipeError);
  });
});

it("writes a recipe that was saved and read again as before, to the letter", () => {
  const saved = JSON.stringify(resolveRecipe(good));
  expect(JSON.stringify(resolveRecipe(JSON.parse(saved)))).toBe(saved);
});
