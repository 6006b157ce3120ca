import { describe, expect, it } from "vitest";
import { distance, type PlainTensor, readFixture } from "../test/fixture.js";
import {
  empty,
  manualSeed,
  rand,
  randint,
  randn,
  randomState,
  randperm,
  setRandomState,
  type Tensor,
  tensor,
} from "./index.js";

const fixture = readFixture<{ random: Record<string, PlainTensor> }>("layers.json").random;

describe("random numbers", () => {
  // [how, whether only rounding by other vector instructions may change the numbers]
  const draws: Record<string, [() => Tensor, boolean]> = {
    randn: [() => randn([5]), true],
    randnLong: [() => randn([3, 20]), true],
    randnDouble: [() => randn([20], { dtype: "float64" }), true],
    rand: [() => rand([20]), false],
    randint: [() => randint(3, 100, [10]), false],
    randperm: [() => randperm(12), false],
    bernoulli: [() => empty([20]).bernoulli_({ p: 0.3 }), false],
    exponential: [() => empty([10]).exponential_(), true],
    multinomial: [() => tensor([0.1, 0.2, 0.7]).multinomial(10, { replacement: true }), false],
    normal: [() => empty([20]).normal_({ mean: 2, std: 0.5 }), true],
    uniform: [() => empty([10]).uniform_({ from: -1, to: 3 }), true],
  };

  it.each(Object.entries(draws))("are PyTorch's for a seed: %s", (name, [draw, rounds]) => {
    manualSeed(7);
    expect(distance(draw(), fixture[name] as PlainTensor)).toBeLessThanOrEqual(rounds ? 1e-6 : 0);
  });

  it("are all compared with PyTorch", () => {
    expect(Object.keys(draws).sort()).toEqual(Object.keys(fixture).sort());
  });

  it("repeat for one seed and differ for others", () => {
    const draw = (seed: number | bigint) => {
      manualSeed(seed);
      return randn([8]).toArray();
    };
    expect(draw(1)).toEqual(draw(1));
    expect(draw(1)).not.toEqual(draw(2));
    expect(draw(2n ** 62n)).toEqual(draw(2n ** 62n));
  });
});

describe("the generator's state", () => {
  it("continues where it was saved, in the middle of a pair of normal numbers too", () => {
    manualSeed(3);
    randn([3]);
    const state = randomState();
    expect([state.dtype, state.dim]).toEqual(["uint8", 1]);
    const first = [randn([5]).toArray(), rand([2]).toArray()];
    setRandomState(state);
    expect([randn([5]).toArray(), rand([2]).toArray()]).toEqual(first);
  });

  it("is a copy: drawing on does not change it", () => {
    const state = randomState();
    const before = state.clone();
    randn([100]);
    expect(state.equal(before)).toBe(true);
  });

  it("can go through bytes, as a checkpoint stores it", () => {
    const bytes = randomState().toTypedArray();
    const expected = randn([4]).toArray();
    setRandomState(tensor(bytes));
    expect(randn([4]).toArray()).toEqual(expected);
  });

  it("refuses a state that is none and stays as it is", () => {
    manualSeed(5);
    const expected = randn([4]).toArray();
    manualSeed(5);
    expect(() => setRandomState(tensor([1, 2, 3], { dtype: "uint8" }))).toThrow("setRandomState: ");
    expect(randn([4]).toArray()).toEqual(expected);
  });
});
