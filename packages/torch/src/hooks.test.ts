import { describe, expect, it } from "vitest";
import {
  grad,
  isGradEnabled,
  liveTensors,
  nn,
  noGrad,
  ones,
  scope,
  type Tensor,
  TorchError,
  tensor,
} from "./index.js";

const leaf = () => tensor([1, 2, 3], { requiresGrad: true });

describe("registerHook", () => {
  it("shows the gradient of a leaf, and of a tensor inside the graph", () => {
    const seen: unknown[] = [];
    const x = leaf();
    const y = x.mul(2);
    x.registerHook((gradient) => void seen.push(["x", gradient.toArray()]));
    y.registerHook((gradient) => void seen.push(["y", gradient.toArray()]));
    y.mul(y).sum().backward();
    expect(seen).toEqual([
      ["y", [4, 8, 12]],
      ["x", [8, 16, 24]],
    ]);
    expect(x.grad?.toArray()).toEqual([8, 16, 24]);
  });

  it("puts what a hook returns in the gradient's place, one hook after the other", () => {
    const x = leaf();
    const y = x.mul(2);
    y.registerHook((gradient) => gradient.mul(10));
    y.registerHook((gradient) => gradient.add(1));
    y.sum().backward();
    expect(x.grad?.toArray()).toEqual([22, 22, 22]);
  });

  it("works for parameters of a network", () => {
    const layer = new nn.Linear(2, 1, { bias: false });
    layer.weight.registerHook((gradient) => gradient.clamp({ max: 0.5 }));
    layer
      .call(ones([1, 2]))
      .sum()
      .backward();
    expect(layer.weight.grad?.toArray()).toEqual([[0.5, 0.5]]);
  });

  it("can be part of gradients of gradients", () => {
    const x = leaf();
    const y = x.mul(1);
    y.registerHook((gradient) => gradient.mul(gradient));
    const [first] = grad(y.pow(2).sum(), [x], { createGraph: true });
    expect(first?.toArray()).toEqual([4, 16, 36]);
    const [second] = grad((first as Tensor).sum(), [x]);
    // The gradient passes the hook again: (8 y)².
    expect(second?.toArray()).toEqual([64, 256, 576]);
  });

  it("ends with remove", () => {
    let calls = 0;
    const x = leaf();
    const handle = x.registerHook(() => void calls++);
    x.sum().backward();
    handle.remove();
    x.sum().backward();
    expect(calls).toBe(1);
  });

  it("passes on what a hook throws, as it was, and goes on working", () => {
    class Stop extends Error {}
    const stop = new Stop("enough");
    const x = leaf();
    const handle = x.registerHook(() => {
      throw stop;
    });
    const caught = (body: () => void) => {
      try {
        body();
      } catch (error) {
        return error;
      }
      return undefined;
    };
    expect(caught(() => x.sum().backward())).toBe(stop);
    handle.remove();
    x.sum().backward();
    expect(x.grad?.toArray()).toEqual([1, 1, 1]);
    expect(isGradEnabled()).toBe(true);
  });

  it("frees what a hook made", () => {
    const x = leaf();
    const y = x.mul(1);
    y.registerHook((gradient) => gradient.mul(2).add(0));
    const before = liveTensors();
    scope(() => y.sum().backward({ retainGraph: true }));
    expect(liveTensors()).toBe(before);
  });

  it("says what is wrong with a tensor or a hook", () => {
    expect(() => ones([1]).registerHook(() => {})).toThrow(
      "registerHook: only tensors that require gradients have hooks: call requiresGrad_() before",
    );
    expect(() => leaf().registerHook(1 as never)).toThrow("argument 'hook' must be a function, got 1");
    const x = leaf();
    x.registerHook(() => ones([2]));
    expect(() => x.sum().backward()).toThrow(TorchError);
    expect(() => noGrad(() => x.sum().backward())).toThrow(TorchError);
    expect(() => x.sum().backward()).toThrow(
      "a hook must return nothing or a gradient like float32[3] on cpu, got float32[2]",
    );
  });
});
