// Votes of a memory, against plain loops and finite differences.

import {
  gradcheck,
  gradgradcheck,
  manualSeed,
  nn,
  noGrad,
  rand,
  scope,
  type Tensor,
  tensor,
} from "@pinmem/torch";
import { beforeEach, describe, expect, test } from "vitest";
import { TinyNetwork } from "../../test/tiny-network.js";
import { createNetwork } from "../models/network.js";
import { decodeWith, segment } from "../models/segment.js";
import type { TrainableNetwork } from "../models/trainable-network.js";
import { ClassMemory, type ClassMemoryOptions } from "./class-memory.js";

const [classes, width] = [5, 4];

const largest = (t: Tensor): number => scope(() => t.abs().max().toNumber());
const feature = (): Tensor => rand([2, width, 3, 2], { dtype: "float64" });

/** Class 3 was never written. */
function createMemory(options: Partial<ClassMemoryOptions> = {}): ClassMemory {
  const memory = new ClassMemory({ classes, width, ...options }).to({ dtype: "float64" }).eval();
  noGrad(() => memory.items.select(0, 3).zero_());
  return memory;
}

/** Votes from their definition, pixel by pixel. */
function votesByHand(x: number[][][][], rows: number[][], weight: number): number[][][][] {
  const dot = (a: number[], b: number[]) => a.reduce((sum, value, at) => sum + value * (b[at] as number), 0);
  return x.map((image) =>
    rows.map((_, k) =>
      (image[0] as number[][]).map((line, i) =>
        line.map((_, j) => {
          const pixel = image.map((channel) => channel[i]?.[j] as number);
          const cosine = (row: number[]) => dot(pixel, row) / Math.hypot(...pixel) / Math.hypot(...row);
          const present = rows.filter((row) => Math.hypot(...row) > 0);
          const mean = present.reduce((sum, row) => sum + cosine(row), 0) / present.length;
          const row = rows[k] as number[];
          return weight * (Math.hypot(...row) > 0 ? cosine(row) : mean);
        }),
      ),
    ),
  );
}

beforeEach(() => manualSeed(5));

describe("the votes of a memory", () => {
  test.each<[string, Partial<ClassMemoryOptions>, number]>([
    ["at a fixed weight", { vote: 10 }, 10],
    ["at a learned weight", { vote: { learned: 3 } }, 3],
    ["of a centered read", { vote: 2, read: { centered: true } }, 2],
  ])("are weighted cosines; a class without a row takes the mean of the others: %s", (_, options, weight) => {
    const memory = createMemory(options);
    const x = feature();
    const expected = votesByHand(x.toArray() as number[][][][], memory.items.toArray() as number[][], weight);
    const votes = memory.read(x).votes as Tensor;
    expect(largest(votes.sub(tensor(expected, { dtype: "float64" })))).toBeLessThan(1e-6 * weight);
    expect(memory.voteWeight).toBeCloseTo(weight, 6);
  });

  test("agree with finite differences in feature, rows and learned weight, twice", () => {
    const memory = createMemory({ vote: { learned: 3 } });
    const weight = memory.logVote as Tensor;
    // The row that was never written is a constant: a step away from zero would make it present.
    const written = tensor([0, 1, 2, 4], { dtype: "int64" });
    const votes = (x: Tensor, four: Tensor, logVote: Tensor) =>
      nn.functionalCall(memory, new Map([["log_vote", logVote]]), () => {
        const items = memory.items.indexCopy(0, written, four);
        return memory.read(x, { items }).votes as Tensor;
      });
    const inputs = [feature(), memory.items.indexSelect(0, written), weight].map((input) =>
      input.detach().clone().requiresGrad_(),
    );
    const compute = votes as (...inputs: Tensor[]) => Tensor;
    expect(gradcheck(compute, inputs)).toBeLessThan(1e-6);
    expect(gradgradcheck(compute, inputs)).toBeLessThan(1e-5);
  });

  test("are none at weight 0, of a read, of a finished memory, or by default; nothing else changes with them", () => {
    const x = feature();
    const memory = createMemory({ vote: 4 });
    const { refined } = memory.read(x);
    expect(memory.read(x, { vote: 0 }).votes).toBeNull();
    expect(memory.read(x, { vote: 0 }).refined.equal(refined)).toBe(true);
    const twice = memory.read(x, { vote: 8 }).votes as Tensor;
    expect(largest(twice.sub((memory.read(x).votes as Tensor).mul(2)))).toBeLessThan(1e-12);
    memory.voteWeight = 0;
    expect(memory.read(x).votes).toBeNull();
    memory.voteWeight = null;
    expect(memory.voteWeight).toBe(4);
    expect(createMemory().read(x).votes).toBeNull();
  });

  test("are zero while no row was written", () => {
    const memory = createMemory({ vote: 4 });
    noGrad(() => memory.items.zero_());
    expect(largest(memory.read(feature()).votes as Tensor)).toBe(0);
  });

  test("have a parameter of their own only where their weight is learned", () => {
    const names = (options: Partial<ClassMemoryOptions>) => [...createMemory(options).stateDict().keys()];
    expect(names({ vote: 10, votesOnly: true })).toEqual(names({}));
    expect(names({ vote: { learned: 10 } })).toEqual(expect.arrayContaining([...names({}), "log_vote"]));
  });

  test("refuse weights that are no weights", () => {
    expect(() => createMemory({ vote: -1 })).toThrow(/'vote' must be a number of at least 0, got -1/);
    expect(() => createMemory({ vote: { learned: 0 } })).toThrow(/'vote.learned' must be a positive number/);
    expect(() => createMemory().read(feature(), { vote: Number.NaN })).toThrow(/'vote' must be/);
  });
});

describe("a network whose memory votes", () => {
  const image = () => rand([1, 3, 64, 64]);

  test("adds them to its logits, upsampled once with them", () => {
    const network = createNetwork({ backbone: "resnet18", classes, width: 8, memory: { vote: 10 } }).eval();
    scope(() =>
      noGrad(() => {
        const { logits, reading } = segment(network, image().mul(0).add(0.3));
        const plain = { refined: reading?.refined as Tensor, votes: null };
        const x = network.encode(image().mul(0).add(0.3));
        const without = decodeWith(network, x, plain, [64, 64]);
        const alone = network.decode(
          plain.refined.mul(0),
          x.lowLevel?.mul(0) ?? null,
          [64, 64],
          reading?.votes,
        );
        const base = network.decode(plain.refined.mul(0), x.lowLevel?.mul(0) ?? null, [64, 64]);
        expect(largest(logits.sub(without).sub(alone.sub(base)))).toBeLessThan(1e-4);
        expect(largest(logits.sub(without))).toBeGreaterThan(0.1);
      }),
    );
  });

  test("decodes the feature as it is where the memory does nothing but vote", () => {
    const network = new TinyNetwork({ vote: 0, votesOnly: true }).eval();
    const plain = new TinyNetwork({ memory: false }).eval();
    const weights = [...network.stateDict()].filter(([name]) => !name.startsWith("memory."));
    plain.loadStateDict(new Map(weights));
    const x = image();
    expect(network.call(x).equal(plain.call(x))).toBe(true);
    if (network.memory) network.memory.voteWeight = 5;
    expect(network.call(x).equal(plain.call(x))).toBe(false);
  });

  test("is refused where its decoder takes no votes", () => {
    const network = new TinyNetwork({ vote: 2 });
    const deaf: TrainableNetwork = Object.assign(network, {
      decode: (feature: Tensor, _: Tensor | null, __: readonly [number, number]) => feature,
    });
    const encoding = deaf.encode(image());
    const reading = network.memory?.read(encoding.feature) ?? null;
    expect(() => decodeWith(deaf, encoding, reading, [64, 64])).toThrow(
      /memory of TinyNetwork is to vote, but its `decode` takes no votes: declare `votes` as the fourth parameter/,
    );
  });
});
