import { fromTypedArray, noGrad, scope, type Tensor, tensor } from "@pinmem/torch";
import { describe, expect, it } from "vitest";
import { TinyNetwork } from "../../test/tiny-network.js";
import { type Averaging, WeightAverage } from "./weight-average.js";

const network = () => new TinyNetwork({ classes: 3, width: 4 });
const STEPS = 8;

/** The network's bias follows this over the steps; its row 0 points the same way. */
const VALUES = [3, -1, 4, 1, -5, 9, 2, 6];
const set = (made: TinyNetwork, value: number) =>
  noGrad(() => {
    made.head.bias?.fill_(value);
    made.memory?.items.fill_(value);
  });
const bias = (made: TinyNetwork) => (made.head.bias as Tensor).mean().toNumber();

function trained(config: Averaging, until = STEPS) {
  const made = network();
  const average = new WeightAverage(made, config, STEPS);
  VALUES.slice(0, until).forEach((value, at) => {
    set(made, value);
    average.after(at + 1);
  });
  return { made, average };
}

async function averaged({ made, average }: ReturnType<typeof trained>) {
  return average.within(async () => ({
    bias: bias(made),
    rows: made.memory?.items.toArray() as number[][],
  }));
}

describe("WeightAverage", () => {
  it("is exponential with a decay that grows to the one asked for", async () => {
    let [expected] = VALUES as [number];
    VALUES.forEach((value, at) => {
      const count = at + 1;
      if (count > 1) expected += (1 - Math.min(0.5, (1 + count) / (10 + count))) * (value - expected);
    });
    expect((await averaged(trained({ kind: "ema", decay: 0.5 }))).bias).toBeCloseTo(expected, 5);
  });

  it("is the plain mean over every so many steps of the last part", async () => {
    const run = trained({ kind: "tail", from: 0.5, every: 2 });
    expect(run.average.count).toBe(2);
    expect((await averaged(run)).bias).toBeCloseTo((-5 + 2) / 2, 6);
    expect(trained({ kind: "tail", from: 0.5, every: 1 }, 4).average.count).toBe(0);
  });

  it("has rows of unit length, and gives back what was trained, also after an error", async () => {
    const run = trained({ kind: "tail", from: 0, every: 1 });
    const { rows } = await averaged(run);
    for (const row of rows) expect(Math.hypot(...row)).toBeCloseTo(1, 6);
    expect(bias(run.made)).toBe(6);
    await expect(
      run.average.within(async () => {
        throw new Error("no");
      }),
    ).rejects.toThrow("no");
    expect(bias(run.made)).toBe(6);
    expect(run.made.memory?.items.toArray()).toEqual(Array(3).fill(Array(4).fill(6)));
  });

  it.each<Averaging>([
    { kind: "ema", decay: 0.9 },
    { kind: "tail", from: 0.25, every: 2 },
  ])(
    "leaves rows out that are random until the memory starts, and those of classes that never occur: $kind",
    async (config) => {
      const made = network();
      const average = new WeightAverage(made, config, STEPS, 4);
      const { memory } = made;
      const store = (rows: number[][]) => scope(() => memory?.store(tensor(rows)));
      const random = [
        [0, 0, 0, 1],
        [0, 0, 1, 0],
        [0, 1, 0, 0],
      ];
      const started = [
        [1, 0, 0, 0],
        [0, 0, 0, 0],
        [0, 1, 0, 0],
      ];
      for (let done = 1; done <= STEPS; done++) {
        store(done <= 4 ? random : started);
        average.after(done);
        if (done === 4) {
          const rows = await average.within(async () => memory?.items.toArray());
          expect(rows).toEqual(random);
        }
      }
      expect(await average.within(async () => memory?.items.toArray())).toEqual(started);
    },
  );

  it("goes on from what it stored as if it had not stopped", async () => {
    const config = { kind: "ema", decay: 0.9 } as const;
    const whole = await averaged(trained(config));
    const first = trained(config, 5);
    const second = network();
    const average = new WeightAverage(second, config, STEPS);
    scope(() => average.restore(new Map(first.average.tensors())));
    VALUES.slice(5).forEach((value, at) => {
      set(second, value);
      average.after(at + 6);
    });
    expect(await averaged({ made: second, average })).toEqual(whole);
    scope(() => average.restore(new Map([["other", fromTypedArray(Float32Array.of(1), [1])]])));
    expect(average.count).toBe(0);
    await expect(average.within(async () => {})).rejects.toThrow(/no average/);
  });
});
