import { describe, expect, it } from "vitest";
import { TINY } from "../../test/tiny-backbone.js";
import { TinyNetwork } from "../../test/tiny-network.js";
import { createNetwork } from "../models/network.js";
import { createOptimizer, optimizerSchema } from "./optimizer.js";

const network = new TinyNetwork({ read: { temperature: { learned: 0.5 } } });
const settings = (config: unknown) =>
  createOptimizer(network, optimizerSchema.parse(config), 0.1).optimizer.groups.map(
    ({ params, settings }) => ({
      dimensions: new Set(params.map(({ dim }) => dim)),
      weightDecay: (settings as unknown as { weightDecay: number }).weightDecay,
      lr: settings.lr,
    }),
  );

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

  it("gives parts of the network learning rates of their own, the longest name first", () => {
    const { optimizer, factors } = createOptimizer(
      network,
      optimizerSchema.parse({ kind: "sgd", factors: { shallow: 0.1, "shallow.norm": 0, memory: 1 } }),
      0.1,
    );
    const names = new Map([...network.namedParameters()].map(([name, parameter]) => [parameter, name]));
    const factorOf = new Map(
      optimizer.groups.flatMap(({ params }, at) =>
        params.map((parameter) => [names.get(parameter as never), factors[at]] as const),
      ),
    );
    expect(factorOf.get("shallow.conv.weight")).toBe(0.1);
    expect(factorOf.get("shallow.norm.weight")).toBe(0);
    expect(factorOf.get("deep.conv.weight")).toBe(1);
    expect(factorOf.size).toBe(names.size);
  });

  it("knows the backbone by that name, and refuses names that name nothing", () => {
    const whole = createNetwork({ backbone: TINY, memory: {} });
    const made = (factors: object) =>
      createOptimizer(whole, optimizerSchema.parse({ kind: "adamw", factors }), 0.1);
    const { optimizer, factors } = made({ backbone: 0.1, layer4: 0.5 });
    const counts = new Map<number, number>();
    for (const [at, { params }] of optimizer.groups.entries())
      counts.set(factors[at] as number, (counts.get(factors[at] as number) ?? 0) + params.length);
    expect(counts.get(0.5)).toBe(whole.layer4.parameters().length);
    expect(counts.get(0.1)).toBe(whole.backbone.parameters().length - whole.layer4.parameters().length);
    expect(() => made({ layer: 0.1 })).toThrow(
      /names "layer", but no .* begin with .*layer0.*, or say "backbone"/,
    );
    expect(() =>
      createOptimizer(network, optimizerSchema.parse({ kind: "sgd", factors: { backbone: 1 } }), 1),
    ).toThrow(/names "backbone"/);
  });

  it("makes AdamW too", () => {
    expect(settings({ kind: "adamw" }).map(({ weightDecay }) => weightDecay)).toEqual([0.01, 0]);
  });
});
