import { describe, expect, it } from "vitest";
import { inWorker } from "../test/elsewhere.js";
import { nn, ones, profile, randn, scope, type Tensor } from "./index.js";

describe("profile", () => {
  it("counts calls, time and bytes of each operator", () => {
    const { result, entries } = profile(() => {
      const x = ones([256]);
      return x.exp().exp().add(1);
    });
    expect(result.shape).toEqual([256]);
    const exp = entries.find(({ operator }) => operator === "aten::exp");
    expect(exp).toMatchObject({ calls: 2, bytes: 2048 });
    expect(entries.some(({ operator }) => operator === "aten::add")).toBe(true);
    for (const { nanoseconds, selfNanoseconds } of entries) {
      expect(selfNanoseconds).toBeGreaterThanOrEqual(0);
      expect(nanoseconds).toBeGreaterThanOrEqual(selfNanoseconds);
    }
  });

  it("gives the time of an operator itself apart from the operators that it called, longest first", () => {
    const image = randn([4, 8, 32, 32]);
    const start = process.hrtime.bigint();
    const { entries } = profile(() => scope(() => void image.conv2d(ones([8, 8, 3, 3]))));
    const elapsed = Number(process.hrtime.bigint() - start);
    const own = entries.map(({ selfNanoseconds }) => selfNanoseconds);
    expect(own).toEqual([...own].sort((a, b) => b - a));
    expect(own.reduce((a, b) => a + b, 0)).toBeLessThanOrEqual(elapsed);
    const time = (name: string) => entries.find(({ operator }) => operator === name)?.nanoseconds as number;
    expect(time("aten::conv2d")).toBeGreaterThanOrEqual(time("aten::convolution"));
  });

  it("sees the backward pass", () => {
    const conv = new nn.Conv2d(3, 4, 3);
    const loss = conv.call(randn([1, 3, 8, 8])).sum();
    const names = profile(() => loss.backward()).entries.map(({ operator }) => operator);
    expect(names).toContain("aten::convolution_backward");
    expect(names).toContain("ConvolutionBackward0");
  });

  it("starts anew each time, and records nothing outside", () => {
    profile(() => ones([1]).exp());
    ones([1]).sin();
    const { entries } = profile(() => ones([1]).cos());
    const names = entries.map(({ operator }) => operator);
    expect(names).toContain("aten::cos");
    expect(names).not.toContain("aten::exp");
    expect(names).not.toContain("aten::sin");
  });

  it("is over when the body throws, and counts operators that failed", () => {
    expect(() => profile(() => ones([2]).add(ones([3])))).toThrow("must match");
    let failed: unknown;
    const { entries } = profile(() => {
      try {
        ones([2]).add(ones([3]));
      } catch (error) {
        failed = error;
      }
    });
    expect(failed).toBeInstanceOf(Error);
    expect(entries.find(({ operator }) => operator === "aten::add")).toMatchObject({ calls: 1, bytes: 0 });
  });

  it("refuses asynchronous bodies and does not nest", () => {
    expect(() => profile(async () => 1)).toThrow("profile: the body must be synchronous");
    expect(() => profile(() => profile(() => 1))).toThrow(
      "profile: a profile runs already; profiles do not nest",
    );
    expect(profile(() => ones([1]) as Tensor).entries.length).toBeGreaterThan(0);
  });

  it("sees its own thread only", async () => {
    const outside = profile(() => 0).entries;
    const { names, inside } = await inWorker(({ profile: measure, ones: make }) => ({
      inside: measure(() => make([4]).tanh()).entries.length,
      names: measure(() => 0).entries.map(({ operator }) => operator),
    }));
    expect([outside, names]).toEqual([[], []]);
    expect(inside).toBeGreaterThan(0);
  });
});
