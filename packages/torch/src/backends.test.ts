import { afterEach, describe, expect, it } from "vitest";
import { backends, isCudaAvailable, randn } from "./index.js";

const before = {
  benchmark: backends.cudnn.benchmark,
  deterministic: backends.cudnn.deterministic,
  allowTf32: backends.cudnn.allowTf32,
};
const productsBefore = backends.cuda.matmul.allowTf32;

afterEach(() => {
  Object.assign(backends.cudnn, before);
  backends.cuda.matmul.allowTf32 = productsBefore;
});

describe("backends", () => {
  it("start as PyTorch's do", () => {
    expect(before).toEqual({ benchmark: false, deterministic: false, allowTf32: true });
    expect(productsBefore).toBe(false);
  });

  it.each(["benchmark", "deterministic", "allowTf32"] as const)(
    "cudnn.%s keeps what it is set to",
    (name) => {
      for (const on of [true, false]) {
        backends.cudnn[name] = on;
        expect(backends.cudnn[name]).toBe(on);
      }
      const others = Object.keys(before).filter((other) => other !== name) as (typeof name)[];
      for (const other of others) expect(backends.cudnn[other]).toBe(before[other]);
    },
  );

  it("refuse what is neither true nor false", () => {
    expect(() => Object.assign(backends.cudnn, { benchmark: 1 })).toThrow(
      "backends.cudnn.benchmark must be true or false, got 1",
    );
  });
});

describe.runIf(isCudaAvailable())("on a CUDA device", () => {
  it("matrix products are rounded to TF32 only where that is allowed", () => {
    const [a, b] = [randn([256, 256]), randn([256, 256])];
    const exact = a.to("float64").matmul(b.to("float64"));
    const error = (allowed: boolean): number => {
      backends.cuda.matmul.allowTf32 = allowed;
      return a.cuda().matmul(b.cuda()).cpu().to("float64").sub(exact).abs().max().toNumber();
    };
    expect(error(false)).toBeLessThan(1e-4);
    expect(error(true)).toBeGreaterThan(1e-3);
  });
});
