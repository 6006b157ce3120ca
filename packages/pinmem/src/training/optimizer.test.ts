import { describe, expect, it } from "vitest";
import { TinyNetwork } from "../../test/tiny-network.js";
import { createOptimizer, optimizerSchema } from "./optimizer.js";

const network = new TinyNetwork({ read: { temperature: { learned: 0.5 } } });
const settings = (config: unknown) =>
  createOptimizer(network, optimizerSchema.parse(config), 0.1).groups.map(({ params, settings }) => ({
    dimensions: new Set(params.map(({ dim }) => dim)),
    weightDecay: (settings as unknown as { weightDecay: number }).weightDecay,
    lr: settings.lr,
  }));

describe("createOptimizer", () => {
  it("decays convolutions and products only, not norms, biases and temperatures", () => {
    expect(settings({ kind: "sgd" })).toEqual([
      { dimensions: new Set([4, 2]), weightDecay: 5e-4, lr: 0.1 },
      { dimensions: new Set([1, 0]), weightDecay: 0, lr: 0.1 },
    ]);
  });

  it("decays everything where the official code is followed", () => {
    const [group, ...others] = settings({ kind: "sgd", decay: "all" });
    expect(group?.dimensions).toEqual(new Set([4, 2, 1, 0]));
    expect(others).toEqual([]);
  });

  it("makes AdamW too", () => {
    expect(settings({ kind: "adamw" }).map(({ weightDecay }) => weightDecay)).toEqual([0.01, 0]);
  });
});
