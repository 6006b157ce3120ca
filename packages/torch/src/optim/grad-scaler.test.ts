import { describe, expect, it } from "vitest";
import { nn, ones, optim, scope, type Tensor, tensor } from "../index.js";

function setUp(options: optim.GradScalerOptions = { initialScale: 8, growthInterval: 2 }) {
  const parameter = new nn.Parameter(ones([2]));
  const optimizer = new optim.SGD([parameter], { lr: 1 });
  return { parameter, optimizer, scaler: new optim.GradScaler(options) };
}

describe("GradScaler", () => {
  it("scales the loss, and takes steps with the gradients as they are", () => {
    scope(() => {
      const { parameter, optimizer, scaler } = setUp();
      scaler.scale(parameter.mul(0.25).sum()).backward();
      expect((parameter.grad as Tensor).toArray()).toEqual([2, 2]);
      expect(scaler.step(optimizer)).toBe(true);
      expect(parameter.toArray()).toEqual([0.75, 0.75]);
    });
  });

  it("divides gradients once, however often it is asked", () => {
    const { parameter, optimizer, scaler } = setUp();
    parameter.grad = tensor([16, 16]);
    expect([scaler.unscale(optimizer), scaler.unscale(optimizer)]).toEqual([true, true]);
    expect((parameter.grad as Tensor).toArray()).toEqual([2, 2]);
    scaler.step(optimizer);
    expect(parameter.toArray()).toEqual([-1, -1]);
  });

  it.each([Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, Number.NaN])(
    "skips a step whose gradient has %d, and halves the scale",
    (bad) => {
      const { parameter, optimizer, scaler } = setUp();
      parameter.grad = tensor([1, bad]);
      expect(scaler.step(optimizer)).toBe(false);
      scaler.update();
      expect(parameter.toArray()).toEqual([1, 1]);
      expect(scaler.scaleFactor).toBe(4);
    },
  );

  it("doubles the scale after so many steps without overflow, counted anew after each change", () => {
    const { parameter, optimizer, scaler } = setUp();
    const scales: number[] = [];
    for (const value of [1, 1, 1, Number.NaN, 1, 1]) {
      parameter.grad = tensor([value, value]);
      scaler.step(optimizer);
      scaler.update();
      scales.push(scaler.scaleFactor);
    }
    expect(scales).toEqual([8, 16, 16, 8, 8, 16]);
  });

  it("does not take large gradients of half precision for an overflow", () => {
    const parameter = new nn.Parameter(ones([64]).to("float16"));
    const optimizer = new optim.SGD([parameter], { lr: 0 });
    const scaler = new optim.GradScaler({ initialScale: 1 });
    // Each element is finite; the sum of their squares is far beyond float16's 65504.
    parameter.grad = ones([64]).mul(60000).to("float16");
    expect(scaler.unscale(optimizer)).toBe(true);
  });

  it("looks at the gradients of every group, and passes over parameters without one", () => {
    const [a, b, c] = [1, 2, 3].map((n) => new nn.Parameter(ones([n]))) as [
      nn.Parameter,
      nn.Parameter,
      nn.Parameter,
    ];
    const optimizer = new optim.SGD([{ params: [a] }, { params: [b, c] }], { lr: 1 });
    const scaler = new optim.GradScaler();
    expect(scaler.unscale(optimizer)).toBe(true);
    scaler.update();
    a.grad = ones([1]);
    c.grad = tensor([1, Number.NaN, 1]);
    expect(scaler.unscale(optimizer)).toBe(false);
  });

  it("goes on from a saved state", () => {
    const { scaler } = setUp();
    scaler.update();
    const resumed = new optim.GradScaler({ growthInterval: 2 });
    resumed.loadStateDict(scaler.stateDict());
    expect(resumed.stateDict()).toEqual({ scale: 8, growthTracker: 1 });
    resumed.update();
    expect(resumed.scaleFactor).toBe(16);
  });
});
