import { dispose } from "@pinmem/torch";
import { expect, it } from "vitest";
import { createNetwork, type NetworkOptions } from "../models/network.js";
import { defineRecipe } from "./define-recipe.js";
import { factorProblems } from "./factor-problems.js";
import { resolveRecipe } from "./recipe.js";

const recipe = (factors: Record<string, number>, more: object = {}) =>
  defineRecipe({
    name: "test",
    data: {
      sources: [{ name: "camvid", root: "/data/camvid" }],
      crop: { width: 64, height: 64 },
      perDomain: 2,
    },
    model: { backbone: "resnet18" },
    method: { name: "erm" },
    length: { steps: 10 },
    optimizer: { kind: "sgd", factors },
    ...more,
  });

it.each<[name: string, remedy: RegExp]>([
  ["layer", /names "layer", but no part of the network is called so; did you mean "layer0"\?/],
  ["lyaer4.0", /names "lyaer4\.0", .*; did you mean "layer4"\?/],
  ["decoder", /names "decoder", .*; there are backbone, layer0, .* final2, dsn$/m],
  ["memory", /names "memory", .*; the network has none, since method\.name trains none/],
  ["backbone.layer4", /names "backbone\.layer4", .* are called without it, such as "layer4"/],
  ["", /names "", but/],
])("a factor of %j is refused before any data are read", (name, remedy) => {
  expect(() => resolveRecipe(recipe({ [name]: 0.1 }))).toThrow(remedy);
});

it("factors of what networks have are taken, and of networks of one's own all", () => {
  const factors = { backbone: 0.1, "layer4.0": 0.2, bot_fine: 2 };
  expect(resolveRecipe(recipe(factors)).optimizer.factors).toEqual(factors);
  const withMemory = recipe({ memory: 2 }, { method: { name: "memory-erm" } });
  expect(resolveRecipe(withMemory).optimizer.factors).toEqual({ memory: 2 });
  expect(factorProblems({ factors: { own: 1 } }, { network: "own" }, false)).toEqual([]);
  expect(factorProblems({ factors: { own: 1 } }, { head: "own" }, false)).toEqual([]);
});

it.each<NetworkOptions>([
  { backbone: "mobilenet_v2", memory: {} },
  { backbone: "shufflenet_v2_x1_0", normalization: { layer0: "switchable-whitening" } },
  { backbone: "resnet18", head: "deeplab-v2" },
  { backbone: "dinov2_debug", head: "linear" },
  { backbone: "dinov3_debug", head: "dpt" },
  { backbone: "dinov3_debug" },
  { backbone: "dinov3_convnext_debug" },
])("every part of %o may have a factor", (options) => {
  const network = createNetwork({ classes: 3, width: 16, ...options });
  const factors = Object.fromEntries([...network.namedParameters()].map(([name]) => [name, 1]));
  const { head = "deeplab-v3+" } = options;
  expect(Object.keys(factors).length).toBeGreaterThan(10);
  expect(factorProblems({ factors }, { head }, options.memory !== undefined)).toEqual([]);
  dispose([...network.stateDict().values()]);
});
