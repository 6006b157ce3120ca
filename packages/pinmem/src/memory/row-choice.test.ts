import {
  arange,
  gradcheck,
  manualSeed,
  nn,
  noGrad,
  rand,
  randint,
  randperm,
  scope,
  type Tensor,
  tensor,
} from "@pinmem/torch";
import { beforeEach, describe, expect, test } from "vitest";
import { rowsOf, sumPicture } from "../adaptation/class-rows.js";
import { classificationLoss, divergenceLoss } from "../losses/memory.js";
import { ClassMemory, type ClassMemoryOptions } from "./class-memory.js";

const [classes, width, rows] = [3, 4, 2];
const domain = { per: "domain", count: rows } as const;
const cluster = { per: "cluster", count: rows } as const;

const largest = (t: Tensor): number => scope(() => t.abs().max().toNumber());
const difference = (a: Tensor, b: Tensor): number => largest(a.sub(b));
const feature = (batch = 2): Tensor => rand([batch, width, 3, 2], { dtype: "float64" });
const labelOf = (batch = 2): Tensor => randint(classes, [batch, 3, 2], { dtype: "int64" });

function createMemory(options: Partial<ClassMemoryOptions> = {}): ClassMemory {
  return new ClassMemory({ classes, width, ...options }).to({ dtype: "float64" }).eval();
}

/** Class 0 has its second row alone, class 2 none. */
function withAbsent(memory: ClassMemory): ClassMemory {
  noGrad(() => memory.items.mul_(tensor([0, 1, 1, 1, 0, 0], { dtype: "float64" }).unsqueeze(1)));
  return memory;
}

beforeEach(() => manualSeed(7));

describe("several rows a class", () => {
  test("are read as the memory that has only the nearest of each class, pixel by pixel", () => {
    const memory = withAbsent(
      createMemory({ rows: domain, vote: 3, read: { temperature: 0.2, maskAbsent: true } }),
    );
    const one = createMemory({ vote: 3, read: { temperature: 0.2, maskAbsent: true } });
    const parts = [...memory.stateDict()].filter(([name]) => name !== "m_items");
    one.loadStateDict(new Map([...parts, ["m_items", one.items]]));
    const x = feature(1);
    const { refined, weights, scores, votes } = memory.read(x);
    const items = memory.items.toArray() as number[][];
    for (const [i, j] of [
      [0, 0],
      [1, 1],
      [2, 0],
    ] as const) {
      const pixel = x.select(3, j).select(2, i).flatten().toArray() as number[];
      const cosine = (row: number[]) =>
        row.reduce((sum, v, c) => sum + v * (pixel[c] as number), 0) / Math.hypot(...pixel);
      const nearest = Array.from({ length: classes }, (_, k) => {
        const own = items.slice(k * rows, (k + 1) * rows).filter((row) => Math.hypot(...row) > 0);
        return own.sort((a, b) => cosine(b) - cosine(a))[0] ?? Array<number>(width).fill(0);
      });
      const alone = one.read(x, { items: tensor(nearest, { dtype: "float64" }) });
      const at = (t: Tensor) => t.select(3, j).select(2, i);
      expect(difference(at(refined), at(alone.refined))).toBeLessThan(1e-12);
      expect(difference(at(weights), at(alone.weights))).toBeLessThan(1e-12);
      expect(difference(at(scores), at(alone.scores))).toBeLessThan(1e-12);
      expect(difference(at(votes as Tensor), at(alone.votes as Tensor))).toBeLessThan(1e-12);
    }
  });

  test("agree with finite differences in feature and rows, read and written", () => {
    const memory = createMemory({ rows: domain, vote: 3 });
    const label = labelOf();
    const compute = (x: Tensor, items: Tensor) => memory.read(x, { items }).votes as Tensor;
    const inputs = [feature(), memory.items.clone()].map((one) => one.detach().requiresGrad_());
    expect(gradcheck(compute as (...inputs: Tensor[]) => Tensor, inputs)).toBeLessThan(1e-6);
    const write = (x: Tensor) => memory.write(x, label, { domains: [0, 1] });
    expect(gradcheck(write as (...inputs: Tensor[]) => Tensor, [feature().requiresGrad_()])).toBeLessThan(
      1e-6,
    );
    const clusters = createMemory({ rows: cluster });
    const divide = (x: Tensor) => clusters.write(x, label);
    expect(gradcheck(divide as (...inputs: Tensor[]) => Tensor, [feature().requiresGrad_()])).toBeLessThan(
      1e-6,
    );
  });

  test("are written domain by domain, each as the one row of a memory that sees that domain alone", () => {
    const memory = createMemory({ rows: domain });
    const [x, label] = [feature(), labelOf()];
    const written = memory.write(x, label, { domains: [1, 0] }).view([classes, rows, width]);
    for (const [image, row] of [
      [0, 1],
      [1, 0],
    ] as const) {
      const one = createMemory();
      const parts = [...memory.stateDict()].filter(([name]) => name !== "m_items");
      one.loadStateDict(
        new Map([...parts, ["m_items", memory.items.view([classes, rows, width]).select(1, row)]]),
      );
      const expected = one.write(x.narrow(0, image, 1), label.narrow(0, image, 1));
      expect(difference(written.select(1, row), expected)).toBeLessThan(1e-12);
    }
    expect(() => memory.write(x, label)).toThrow(
      /'domains' must be one of 0 to 1 for each of 2 images.*got none/,
    );
    expect(() => memory.write(x, label, { domains: [0, 2] })).toThrow(/got \[0, 2\]/);
  });

  test("by clusters take every pixel of a class once, about as many each, the likeliest ones", () => {
    const memory = createMemory({ rows: cluster, momentum: 0 });
    const far = tensor(
      [
        [1, 0, 0, 0],
        [0, 1, 0, 0],
      ],
      { dtype: "float64" },
    );
    noGrad(() => memory.items.copy_(far.repeat([classes, 1])));
    // Eight pixels of class 1: five near the first row, three near the second.
    const near = [0, 0, 1, 0, 1, 0, 1, 0];
    const values = near.map((row, at) => (row === 0 ? [1, 0.01 * at, 0, 0] : [0.01 * at, 1, 0, 0]));
    const x = tensor(values, { dtype: "float64" }).t().view([1, width, 8, 1]).contiguous();
    const label = tensor([near.map(() => [1])], { dtype: "int64" });
    const { sum_KC, count_K } = memory.sumsOf(x, label);
    expect(count_K.toArray()).toEqual([0, 0, expect.any(Number), expect.any(Number), 0, 0]);
    const [first = 0, second = 0] = (count_K.toArray() as number[]).slice(2, 4);
    expect(first + second).toBe(8);
    expect(Math.abs(first - second)).toBeLessThanOrEqual(2);
    const one = createMemory();
    one.loadStateDict(
      new Map([...[...memory.stateDict()].filter(([name]) => name !== "m_items"), ["m_items", one.items]]),
    );
    const together = one.sumsOf(x, label).sum_KC;
    expect(difference(sum_KC.view([classes, rows, width]).sum(1), together)).toBeLessThan(1e-12);
  });

  test("start from images by domain, or in turn, and count classes", () => {
    const [x, label] = [feature(3), labelOf(3)];
    const start = (options: ClassMemoryOptions["rows"], domains?: number[]) => {
      using sums = createMemory({ ...(options && { rows: options }) }).collect();
      sums.add(x, label, { domains });
      expect(sums.counts.reduce((sum, one) => sum + one)).toBeCloseTo(18, 9);
      return sums.items().view([classes, -1, width]);
    };
    const alone = (images: number[]) => {
      using sums = createMemory().collect();
      for (const image of images) sums.add(x.narrow(0, image, 1), label.narrow(0, image, 1));
      return sums.items();
    };
    const byDomain = start(domain, [1, 1, 0]);
    expect(difference(byDomain.select(1, 0), alone([2]))).toBeLessThan(1e-12);
    expect(difference(byDomain.select(1, 1), alone([0, 1]))).toBeLessThan(1e-12);
    expect(difference(start(cluster).select(1, 0), alone([0, 2]))).toBeLessThan(1e-12);
  });

  test("are pushed apart by class, and told to be their class", () => {
    const items = nn.F.normalize(rand([classes * rows, width], { dtype: "float64" }));
    const values = items.toArray() as number[][];
    let [sum, pairs] = [0, 0];
    for (const [a, one] of values.entries()) {
      for (const [b, other] of values.entries()) {
        if (Math.floor(a / rows) === Math.floor(b / rows)) continue;
        sum += Math.max(
          0,
          one.reduce((total, v, c) => total + v * (other[c] as number), 0),
        );
        pairs++;
      }
    }
    expect(divergenceLoss(items, { rows }).toNumber()).toBeCloseTo(sum / pairs, 12);
    const logits = rand([classes * rows, classes], { dtype: "float64" });
    const target = tensor([0, 0, 1, 1, 2, 2], { dtype: "int64" });
    expect(classificationLoss(logits).toNumber()).toBeCloseTo(
      nn.F.crossEntropy(logits, target).toNumber(),
      12,
    );
  });

  test("give way to one row of a place where its class occurs", () => {
    const before = createMemory({ rows: domain }).items;
    const x = feature(1);
    using sums = sumPicture(x, { width: 2, height: 3, trainIds: new Uint8Array(6).fill(1) }, classes);
    const mean = nn.F.normalize(nn.F.normalize(x).mean([2, 3])).flatten();
    const written = rowsOf([sums], { before }).view([classes, rows, width]);
    expect(difference(written.select(0, 1).select(0, 0), mean)).toBeLessThan(1e-6);
    expect(largest(written.select(0, 1).select(0, 1))).toBe(0);
    const old = before.view([classes, rows, width]);
    expect(written.select(0, 0).equal(old.select(0, 0))).toBe(true);
    const nearest = scope(() => old.select(0, 1).matmul(mean).argmax({ dim: 0 }).toNumber());
    const moved = nn.F.normalize(old.select(0, 1).select(0, nearest).add(mean), { dim: 0 });
    const half = rowsOf([sums], { before, momentum: 0.5 }).view([classes, rows, width]);
    expect(difference(half.select(0, 1).select(0, 0), moved)).toBeLessThan(1e-6);
  });

  test("do not depend on the order of the rows of a class", () => {
    const memory = createMemory({ rows: { per: "cluster", count: 3 }, vote: 1 });
    const order = randperm(3, { dtype: "int64" });
    const all = arange(classes, { dtype: "int64" }).mul(3).unsqueeze(1).add(order.unsqueeze(0)).flatten();
    const x = feature();
    const other = memory.read(x, { items: memory.items.indexSelect(0, all) });
    expect(difference(memory.read(x).refined, other.refined)).toBeLessThan(1e-12);
  });
});
