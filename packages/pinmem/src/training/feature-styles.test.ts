import { dispose, manualSeed, noGrad, rand, randint, scope, type Tensor } from "@pinmem/torch";
import { describe, expect, it } from "vitest";
import { TINY } from "../../test/tiny-backbone.js";
import { TinyNetwork } from "../../test/tiny-network.js";
import { createNetwork } from "../models/network.js";
import { FeatureStyles, type FeatureStylesConfig, featureStylesSchema } from "./feature-styles.js";
import { lossWeightsSchema } from "./losses.js";
import { trainingPass } from "./methods/training-pass.js";

manualSeed(3);
const network = createNetwork({ backbone: TINY, memory: {} }).eval();
const PICTURES = 6;
const CHANNELS = 8;
const image = rand([PICTURES, 3, 32, 32]);

/** Mean and deviation of each picture and channel of layer1's output, and its values. */
function look(feature: Tensor) {
  const [variance, mean] = feature.to("float64").varMean([2, 3], { correction: 0 });
  return {
    values: feature.toArray() as number[][][][],
    mean: mean.toArray() as number[][],
    deviation: variance.sqrt().toArray() as number[][],
  };
}

function changed(config: object, { perDomain = 2, seed = 1 } = {}) {
  const parsed: FeatureStylesConfig = featureStylesSchema.parse({
    stages: ["layer1"],
    probability: 1,
    ...config,
  });
  const styles = new FeatureStyles(network, parsed, perDomain);
  manualSeed(seed);
  return scope(() => noGrad(() => look(styles.within(() => network.backbone.call(image)).lowLevel)));
}

const plain = scope(() => noGrad(() => look(network.backbone.call(image).lowLevel)));
const at = (of: number[][], picture: number, channel: number) => of[picture]?.[channel] as number;

/** The share of its own mean that a picture kept when it was mixed with another one's, for each channel. */
const sharesOf = (
  mixed: ReturnType<typeof changed>,
  which: "mean" | "deviation",
  own: number,
  other: number,
) =>
  Array.from({ length: CHANNELS }, (_, channel) => channel).flatMap((channel) => {
    const [mine, theirs] = [at(plain[which], own, channel), at(plain[which], other, channel)];
    // A channel in which both are alike tells nothing, and one that hardly varies is dominated by the epsilon.
    const isFlat = which === "deviation" && Math.min(mine, theirs) < 0.02;
    return Math.abs(mine - theirs) < 1e-3 || isFlat
      ? []
      : [(at(mixed[which], own, channel) - theirs) / (mine - theirs)];
  });
const spread = (values: number[]) => Math.max(...values) - Math.min(...values);

describe("FeatureStyles", () => {
  it("perturbs mean and deviation of each picture and channel by factors around one", () => {
    const found = changed({ kind: "perturb", deviation: 0.5 });
    const [alphas, betas]: [number[], number[]] = [[], []];
    for (let picture = 0; picture < PICTURES; picture++) {
      for (let channel = 0; channel < CHANNELS; channel++) {
        const mean = at(plain.mean, picture, channel);
        const ratios = (plain.values[picture]?.[channel] ?? []).flatMap((row, y) =>
          row.flatMap((value, x) =>
            Math.abs(value - mean) < 0.01
              ? []
              : [
                  ((found.values[picture]?.[channel]?.[y]?.[x] as number) -
                    at(found.mean, picture, channel)) /
                    (value - mean),
                ],
          ),
        );
        if (ratios.length < 2) continue;
        expect(spread(ratios)).toBeLessThan(2e-3);
        alphas.push(ratios[0] as number);
        betas.push(at(found.mean, picture, channel) / mean);
      }
    }
    expect(alphas.length).toBeGreaterThan(12);
    for (const factors of [alphas, betas]) {
      const mean = factors.reduce((sum, factor) => sum + factor, 0) / factors.length;
      const variance = factors.reduce((sum, factor) => sum + (factor - mean) ** 2, 0) / factors.length;
      expect(Math.abs(mean - 1)).toBeLessThan(0.3);
      expect(Math.sqrt(variance)).toBeGreaterThan(0.3);
      expect(Math.sqrt(variance)).toBeLessThan(0.7);
    }
  });

  it("mixes them with those of one picture of another domain, by one share for all channels", () => {
    const found = changed({ kind: "mix", alpha: 1 });
    for (let own = 0; own < PICTURES; own++) {
      const others = Array.from({ length: PICTURES }, (_, other) => other).filter((other) => other !== own);
      const fits = others.filter((other) => spread(sharesOf(found, "mean", own, other)) < 0.01);
      expect(fits).toHaveLength(1);
      const [other = 0] = fits;
      expect(Math.floor(other / 2)).not.toBe(Math.floor(own / 2));
      const shares = [...sharesOf(found, "mean", own, other), ...sharesOf(found, "deviation", own, other)];
      expect(spread(shares)).toBeLessThan(0.02);
      expect(Math.min(...shares)).toBeGreaterThan(-0.01);
      expect(Math.max(...shares)).toBeLessThan(1.01);
    }
  });

  it("mixes within a domain where there is but one", () => {
    expect(changed({ kind: "mix", alpha: 1 }, { perDomain: PICTURES }).mean).not.toEqual(plain.mean);
  });

  it("changes as many pictures as the probability says, the same for the same seed, and only stages that are named", () => {
    const count = (config: object, seed: number) =>
      changed(config, { seed }).mean.filter((row, picture) =>
        row.some((value, k) => value !== at(plain.mean, picture, k)),
      ).length;
    const half = { kind: "perturb", probability: 0.5 };
    const counts = Array.from({ length: 20 }, (_, seed) => count(half, seed));
    const share = counts.reduce((sum, one) => sum + one, 0) / (20 * PICTURES);
    expect(share).toBeGreaterThan(0.35);
    expect(share).toBeLessThan(0.65);
    expect(changed(half, { seed: 4 })).toEqual(changed(half, { seed: 4 }));
    expect(count({ ...half, probability: 0 }, 1)).toBe(0);
    expect(count({ ...half, probability: 1, stages: ["layer3"] }, 1)).toBe(0);
  });

  it("acts in training passes alone", () => {
    const label = randint(0, 19, [PICTURES, 32, 32]).to("int64");
    const styles = new FeatureStyles(network, featureStylesSchema.parse({ kind: "perturb" }), 2);
    const gradientOf = (more: object) => {
      manualSeed(5);
      network.zeroGrad();
      scope(() =>
        trainingPass({ network, weights: lossWeightsSchema.parse({}), ...more }, { image, label }).backward(),
      );
      return network.layer0.parameters().map(({ grad }) => (grad as Tensor).toArray());
    };
    const [without, inPass] = [gradientOf({}), gradientOf({ featureStyles: styles })];
    expect(inPass).not.toEqual(without);
    expect(gradientOf({})).toEqual(without);
    network.zeroGrad();
    dispose(label);
  });

  it("needs a network with a backbone", () => {
    const config = featureStylesSchema.parse({ kind: "mix" });
    expect(() => new FeatureStyles(new TinyNetwork(), config, 2)).toThrow(/needs a network with a backbone/);
    expect(config).toEqual({ kind: "mix", stages: ["layer0", "layer1"], probability: 0.5, alpha: 0.1 });
  });
});
