// What predictions show, beside what libtorch makes of the same logits.

import { manualSeed, randn, scope } from "@pinmem/torch";
import { describe, expect, it } from "vitest";
import {
  clarity,
  departureOf as departureByTorch,
  predictionChange,
  predictionSigns,
} from "../../pinmem/src/inference/shift-rule.js";
import { togetherOf, winnersOf } from "../src/looks.js";
import { clarityOf, departureOf, predictionsIn, signsOf } from "../src/prediction-signs.js";

describe("signs of predictions", () => {
  it.each([
    [5, 18, 23],
    [19, 33, 7],
  ])("are those that libtorch finds, of %d classes in %dx%d pixels", (classes, height, width) => {
    manualSeed(5);
    scope(() => {
      const [one, other] = [0, 1].map(() => randn([1, classes, height, width]).mul(3));
      if (!one || !other) throw new Error("two predictions");
      const offset = randn([classes]);
      const offsets = [...(offset.toTypedArray() as Float32Array)];
      const asValue = (tensor: typeof one) => ({
        data: tensor.contiguous().toTypedArray() as Float32Array,
        shape: [1, classes, height, width],
      });
      const [trained, own] = [one, other].map((each) => each.add(offset.view([1, -1, 1, 1])));
      if (!trained || !own) throw new Error("two predictions");
      const [mine, second] = [one, other].map((each) => predictionsIn(asValue(each), offsets));
      if (!mine || !second) throw new Error("two predictions");
      const { entropy, information } = predictionSigns(trained);
      expect(signsOf(mine).entropy).toBeCloseTo(entropy, 5);
      expect(signsOf(mine).information).toBeCloseTo(information, 5);
      expect(clarityOf(mine)).toBeCloseTo(clarity(trained), 5);
      expect(departureOf(0.7, mine, second)).toBeCloseTo(
        departureByTorch(0.7, predictionChange(trained, own)),
        5,
      );
      const mean = one.softmax(1).add(other.softmax(1)).div(2);
      const together = togetherOf([asValue(one).data, asValue(other).data], classes);
      const expected = mean.log().contiguous().toTypedArray() as Float32Array;
      expect(
        Math.max(...together.map((value, at) => Math.abs(value - (expected[at] as number)))),
      ).toBeLessThan(1e-4);
      expect([...winnersOf(together, classes)]).toEqual([
        ...mean.argmax(1).to("uint8").contiguous().toTypedArray(),
      ]);
    });
  });

  it("of a graph that computes nonsense are no numbers, which keeps what was trained", () => {
    const nonsense = { data: new Float32Array(2 * 8 * 8).fill(Number.NaN), shape: [1, 2, 8, 8] };
    expect(signsOf(predictionsIn(nonsense, null)).entropy).toBeNaN();
  });

  it("say that what no look holds possible is as good as impossible, and stay numbers", () => {
    const sure = Float32Array.of(1000, -1000);
    expect([...togetherOf([sure, sure], 2)].every(Number.isFinite)).toBe(true);
  });
});
