import type { RgbImage } from "@pinmem/core";
import { protocol } from "@pinmem/core/formats";
import { manualSeed, nn, randn, scope, type Tensor } from "@pinmem/torch";
import { describe, expect, it } from "vitest";
import type { ClassMemory } from "../memory/class-memory.js";
import { AutoPredictor } from "./auto-predictor.js";
import { pictureInput } from "./picture-input.js";
import { Predictor } from "./predictor.js";
import { SecondLook } from "./second-look.js";
import { predictionSigns, type ShiftRule } from "./shift-rule.js";
import { TestTimeNormalization } from "./test-time-normalization.js";

const CLASSES = 3;

/** A small network that was trained on pictures of much contrast, so that others leave it unsure. */
function network(): nn.Sequential {
  manualSeed(2);
  const net = new nn.Sequential(
    new nn.Conv2d(3, 8, 3, { padding: 1, bias: false }),
    new nn.BatchNorm2d(8),
    new nn.ReLU({ inplace: true }),
    new nn.Conv2d(8, CLASSES, 1),
  );
  scope(() => {
    for (const module of net.modules()) {
      if (!(module instanceof nn.BatchNorm2d)) continue;
      module.runningMean?.copy_(randn([8]));
      module.runningVar?.fill_(100);
    }
  });
  return net.eval().requiresGrad_(false);
}

/** Noise, or where the seed is even, one color. */
const picture = (seed: number): RgbImage => ({
  width: 20,
  height: 16,
  pixels: Uint8Array.from({ length: 20 * 16 * 3 }, (_, at) =>
    seed % 2 === 0 ? 40 * seed + (at % 3) * 20 : (at * (13 + 2 * seed) + seed * 50) % 256,
  ),
});

/** An entropy between those of the surest and of the least sure of the first four pictures. */
const BETWEEN = scope(() => {
  const entropies = [1, 2, 3, 4].map(
    (seed) => predictionSigns(network().call(pictureInput([picture(seed)], "cpu"))).entropy,
  );
  return (Math.min(...entropies) + Math.max(...entropies)) / 2;
});

/** How often each form was asked, and the predictor. */
function auto(
  threshold: number,
  changes: Parameters<typeof protocol>[1] = {},
  rule: Partial<ShiftRule> = {},
) {
  const [net, mixing] = [network(), network()];
  const passes = { trained: 0, mixing: 0 };
  const through = (form: keyof typeof passes, of: nn.Sequential) => (image: Tensor) => {
    passes[form]++;
    return of.call(image);
  };
  const chosen = protocol("whole", { ...changes, normalize: { kind: "image", weight: "auto" } });
  const predictor = new AutoPredictor({
    trained: through("trained", net),
    second: new SecondLook(mixing, through("mixing", mixing)),
    rule: { threshold, information: 0, departure: 0, weight: 0.5, ...rule },
    protocol: chosen,
  });
  return { predictor, passes };
}

const withWeight = (weight: number, changes: Parameters<typeof protocol>[1] = {}): Predictor => {
  const net = network();
  const chosen = protocol("whole", { ...changes, normalize: { kind: "image", weight } });
  const normalization = weight > 0 ? new TestTimeNormalization(net, weight) : null;
  return new Predictor({ forward: (image) => net.call(image), protocol: chosen, normalization });
};

describe("a predictor that decides for each picture", () => {
  it("keeps the trained statistics of a picture that it is sure of, in the one pass that decides", () => {
    const { predictor, passes } = auto(100);
    expect(predictor.labels([picture(1)])).toEqual(withWeight(0).labels([picture(1)]));
    expect(passes).toEqual({ trained: 1, mixing: 0 });
  });

  it("takes own statistics of one that it is not sure of", () => {
    const images = [1, 2, 3, 4].map(picture);
    const { predictor } = auto(BETWEEN);
    const weights = images.map((image) => predictor.weightOf(image));
    expect(new Set(weights)).toEqual(new Set([0, 0.5])); // Either kind is among them.
    for (const [at, image] of images.entries()) {
      expect(predictor.labels([image])).toEqual(withWeight(weights[at] as number).labels([image]));
    }
  });

  it("keeps the trained statistics where a second look finds that the picture does not depart, and otherwise predicts with it", () => {
    const never = auto(0, {}, { departure: Number.MAX_VALUE });
    expect(never.predictor.labels([picture(1)])).toEqual(withWeight(0).labels([picture(1)]));
    expect(never.passes).toEqual({ trained: 1, mixing: 1 });
    const always = auto(0, {}, { departure: 0 });
    expect(always.predictor.labels([picture(1)])).toEqual(withWeight(0.5).labels([picture(1)]));
    expect(always.passes).toEqual({ trained: 1, mixing: 1 });
  });

  it("asks for a second look where predictions tell little, too", () => {
    const { predictor, passes } = auto(100, {}, { information: 100, departure: 0 });
    expect(predictor.weightOf(picture(1))).toBe(0.5);
    expect(passes).toEqual({ trained: 1, mixing: 1 });
  });

  it("decides by a picture alone, whatever goes with it", () => {
    const images = [1, 2, 3, 4].map(picture);
    const together = auto(BETWEEN).predictor.labels(images);
    const turned = auto(0)
      .predictor.labels([...images].reverse())
      .reverse();
    expect(turned).toEqual(together);
    expect(images.map((image) => auto(BETWEEN).predictor.labels([image])[0])).toEqual(together);
  });

  it("decides with the votes of training, and predicts with those that were asked for", () => {
    const images = [1, 2, 3, 4].map(picture);
    const [net, mixing] = [network(), network()];
    // Votes as strong as this make any prediction sure.
    const votes = { asked: 100, now: 100 };
    const memory = {
      get voteWeight() {
        return votes.now;
      },
      set voteWeight(weight: number | null) {
        votes.now = weight ?? 1;
      },
    } as ClassMemory;
    const seen: number[] = [];
    const voting = (of: nn.Sequential) => (image: Tensor) => {
      seen.push(votes.now);
      return of.call(image).mul(votes.now);
    };
    const make = (memories: readonly ClassMemory[]) =>
      new AutoPredictor({
        trained: voting(net),
        second: new SecondLook(mixing, voting(mixing)),
        rule: { threshold: BETWEEN, information: 0, departure: 0, weight: 0.5 },
        protocol: protocol("whole", { normalize: { kind: "image", weight: "auto" } }),
        memories,
      });
    const predictor = make([memory]);
    const asTrained = images.map((image) => auto(BETWEEN).predictor.weightOf(image));
    expect(images.map((image) => predictor.weightOf(image))).toEqual(asTrained);
    expect(votes.now).toBe(votes.asked);
    for (const [at, image] of images.entries()) {
      const weight = asTrained[at] as number;
      expect(predictor.labels([image])).toEqual(withWeight(weight).labels([image]));
      expect(seen.at(-1)).toBe(votes.asked);
    }
  });

  it("decides once for all views of a picture, and for parts of it", async () => {
    const changes = { flip: true, scales: [0.5, 1] };
    const image = picture(3);
    const { predictor, passes } = auto(0, changes);
    const weight = predictor.weightOf(image);
    const expected = withWeight(weight, changes);
    expect(predictor.labels([image])).toEqual(expected.labels([image]));
    passes.trained = 0;
    const part = { width: 10, height: 16, pixels: image.pixels.slice(0, 10 * 16 * 3) };
    const scored = await predictor.withStatisticsOf(image, async () => [
      ...(predictor.scores([part]).toTypedArray() as Float64Array),
    ]);
    const wanted = await expected.withStatisticsOf(image, async () => [
      ...(expected.scores([part]).toTypedArray() as Float64Array),
    ]);
    expect(scored).toEqual(wanted);
    expect(passes.trained).toBe(weight === 0 ? 5 : 1);
  });
});
