import { exposed, type RgbImage } from "@pinmem/core";
import { protocol } from "@pinmem/core/formats";
import { keep, manualSeed, nn, randn, scope, type Tensor } from "@pinmem/torch";
import { describe, expect, it } from "vitest";
import type { ClassMemory } from "../memory/class-memory.js";
import { AutoPredictor } from "./auto-predictor.js";
import { EXPOSURES, type Look, togetherOf } from "./clearest-looks.js";
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
function auto(threshold: number, changes: Changes = {}, rule: Partial<ShiftRule> = {}) {
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

type Changes = Parameters<typeof protocol>[1];

/** With own statistics, or the trained ones of weight 0. */
const withWeight = (weight: number, changes: Changes = {}): Predictor => {
  const net = network();
  const chosen = protocol("whole", { ...changes, normalize: { kind: "image", weight } });
  const normalization = weight > 0 ? new TestTimeNormalization(net, weight) : null;
  return new Predictor({ forward: (image) => net.call(image), protocol: chosen, normalization });
};

/** Probabilities of looks, each by an ordinary predictor, averaged. */
const lookedAt = (image: RgbImage, looks: readonly Look[], changes: Changes = {}): Float32Array => {
  const each = looks.map((look) => {
    const scores = look === "trained" ? withWeight(0, changes) : withWeight(0.5, changes);
    return scores.scores([look === "trained" ? image : exposed(image, look)]);
  });
  return scope(() => togetherOf(each).to("float32").toTypedArray()) as Float32Array;
};

/** The largest of each pixel. */
function labelsOf(scores: Float32Array): number[] {
  const pixels = scores.length / CLASSES;
  return Array.from({ length: pixels }, (_, at) => {
    const those = Array.from({ length: CLASSES }, (_, k) => scores[k * pixels + at] as number);
    return those.indexOf(Math.max(...those));
  });
}

describe("a predictor that decides for each picture", () => {
  it("keeps the trained statistics of a picture that it is sure of, in the one pass that decides", () => {
    const { predictor, passes } = auto(100);
    expect(predictor.labels([picture(1)])).toEqual(withWeight(0).labels([picture(1)]));
    expect(passes).toEqual({ trained: 1, mixing: 0 });
  });

  it("takes the clearest looks at one that it is not sure of", () => {
    const images = [1, 2, 3, 4].map(picture);
    const { predictor } = auto(BETWEEN);
    const looks = images.map((image) => predictor.looksAt(image));
    expect(new Set(looks.map((one) => one.length))).toEqual(new Set([1, 2])); // Either kind is among them.
    for (const [at, image] of images.entries()) {
      const expected = lookedAt(image, looks[at] as readonly Look[]);
      expect([...(predictor.labels([image])[0] as Uint8Array)]).toEqual(labelsOf(expected));
    }
  });

  it("keeps the trained statistics where a second look finds that the picture does not depart, and otherwise looks under every exposure", () => {
    const never = auto(0, {}, { departure: Number.MAX_VALUE });
    expect(never.predictor.labels([picture(1)])).toEqual(withWeight(0).labels([picture(1)]));
    expect(never.passes).toEqual({ trained: 1, mixing: 1 });
    const always = auto(0, {}, { departure: 0 });
    expect(always.predictor.looksAt(picture(1))).toHaveLength(2);
    always.passes.mixing = 0;
    always.passes.trained = 0;
    always.predictor.labels([picture(1)]);
    expect(always.passes).toEqual({ trained: 1, mixing: EXPOSURES.length });
  });

  it("asks for a second look where predictions tell little, too", () => {
    const { predictor, passes } = auto(100, {}, { information: 100, departure: 0 });
    expect(predictor.looksAt(picture(1))).toHaveLength(2);
    expect(passes).toEqual({ trained: 1, mixing: EXPOSURES.length });
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
    const asTrained = images.map((image) => auto(BETWEEN).predictor.looksAt(image));
    expect(images.map((image) => predictor.looksAt(image))).toEqual(asTrained);
    expect(votes.now).toBe(votes.asked);
    for (const image of images) {
      predictor.labels([image]);
      expect(seen.at(-1)).toBe(votes.asked);
    }
  });

  it.each(["probabilities", "logits"] as const)(
    "decides once for all views of a picture, and combines %s",
    (combine) => {
      const changes = { flip: true, scales: [0.5, 1] };
      const image = picture(3);
      const { predictor } = auto(0, { ...changes, combine });
      const looks = predictor.looksAt(image);
      const scores = scope(() => predictor.scores([image]).to("float32").toTypedArray()) as Float32Array;
      const [trained, own] = looks.map((look) => {
        const one =
          look === "trained"
            ? withWeight(0, { ...changes, combine })
            : withWeight(0.5, { ...changes, combine });
        const of = one.scores([look === "trained" ? image : exposed(image, look)]);
        return combine === "logits" ? of.softmax(1) : of;
      });
      const wanted = scope(() => {
        const together = togetherOf([trained, own] as Tensor[]);
        return (combine === "logits" ? together.log() : together)
          .to("float32")
          .toTypedArray() as Float32Array;
      });
      for (const [at, score] of scores.entries()) expect(score).toBeCloseTo(wanted[at] as number, 5);
      expect([...(predictor.labels([image])[0] as Uint8Array)]).toEqual(labelsOf(wanted));
    },
  );

  it("decides once for parts of a picture, which have the statistics of the whole under each exposure", async () => {
    const image = picture(3);
    const { predictor, passes } = auto(0);
    const looks = predictor.looksAt(image);
    const part = (of: RgbImage): RgbImage => ({
      width: 10,
      height: 16,
      pixels: of.pixels.slice(0, 10 * 16 * 3),
    });
    passes.trained = 0;
    const scored = await predictor.withStatisticsOf(image, async () => [
      ...(predictor.scores([part(image)]).toTypedArray() as Float32Array),
      ...(await predictor.withStatisticsOf(part(image), async () =>
        predictor.looksAt(part(image)).length === 2 ? [] : [NaN],
      )),
    ]);
    expect(passes.trained).toBe(1 + looks.filter((look) => look === "trained").length);
    const each: Tensor[] = [];
    for (const look of looks) {
      const shown = look === "trained" ? image : exposed(image, look);
      const one = withWeight(look === "trained" ? 0 : 0.5);
      await one.withStatisticsOf(shown, async () => void each.push(keep(one.scores([part(shown)]))));
    }
    const wanted = scope(() => [...(togetherOf(each).toTypedArray() as Float32Array)]);
    expect(scored).toHaveLength(wanted.length);
    for (const [at, score] of scored.entries()) expect(score).toBeCloseTo(wanted[at] as number, 5);
    // And decides anew afterwards.
    expect(predictor.looksAt(image)).toEqual(looks);
  });
});
