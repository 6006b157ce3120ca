import { describe, expect, it } from "vitest";
import {
  backward,
  enableGrad,
  grad,
  inferenceMode,
  isGradEnabled,
  noGrad,
  ones,
  scope,
  type Tensor,
  tensor,
  zeros,
} from "./index.js";

const leaf = (...values: number[]): Tensor => tensor(values, { requiresGrad: true });

describe("backward", () => {
  it("adds gradients to the leaves", () => {
    const x = leaf(1, 2);
    x.square().sum().backward();
    expect(x.grad?.toArray()).toEqual([2, 4]);
    x.square().sum().backward();
    expect(x.grad?.toArray()).toEqual([4, 8]);
    x.grad = null;
    expect(x.grad).toBeNull();
  });

  it("takes the gradient of what is no scalar", () => {
    const x = leaf(1, 2);
    x.mul(3).backward({ gradient: tensor([1, 10]) });
    expect(x.grad?.toArray()).toEqual([3, 30]);
  });

  it("keeps the graph where asked to, and with createGraph without asking", () => {
    const x = leaf(2);
    const y = x.pow(3).sum();
    y.backward({ retainGraph: true });
    y.backward();
    expect(x.grad?.item()).toBe(24);
    const z = leaf(2);
    z.pow(3).sum().backward({ createGraph: true });
    expect(z.grad?.requiresGrad).toBe(true);
  });

  it("takes several outputs, and stores in the given leaves only", () => {
    const [x, y] = [leaf(1), leaf(1)];
    backward([x.mul(2).sum(), y.mul(x).sum()], { inputs: [x] });
    expect(x.grad?.item()).toBe(3);
    expect(y.grad).toBeNull();
    backward([x.mul(2), y.mul(5)], { gradOutputs: [tensor([1]), tensor([10])] });
    expect(y.grad?.item()).toBe(50);
  });

  it("stores gradients of intermediate results where asked to", () => {
    const x = leaf(1, 2);
    const y = x.mul(2).retainGrad();
    y.square().sum().backward();
    expect(y.grad?.toArray()).toEqual([4, 8]);
  });

  it("sees views and changes in place", () => {
    const x = leaf(1, 2, 3);
    const y = x.mul(1);
    y.select(0, 1).mul_(10);
    y.sum().backward();
    expect(x.grad?.toArray()).toEqual([1, 10, 1]);
  });
});

describe("grad", () => {
  it("gives gradients as values and stores none", () => {
    const [x, y] = [leaf(3), leaf(4)];
    const [gx, gy] = grad(x.mul(y).sum(), [x, y]);
    expect([gx?.item(), gy?.item(), x.grad]).toEqual([4, 3, null]);
  });

  it("gives gradients of gradients, of any order", () => {
    const x = leaf(2);
    let value = x.pow(4);
    const orders = [];
    for (let order = 0; order < 4; order++) {
      [value] = grad(value.sum(), [x], { createGraph: true }) as [Tensor];
      orders.push(value.item());
    }
    expect(orders).toEqual([32, 48, 48, 24]);
  });

  it("gives null for inputs without influence only where that is allowed", () => {
    const [x, y] = [leaf(1), leaf(1)];
    expect(grad(x.mul(2).sum(), [x, y], { allowUnused: true })[1]).toBeNull();
    expect(() => grad(x.mul(2).sum(), [x, y])).toThrow("allowUnused: true");
  });

  it("weights several outputs", () => {
    const x = leaf(1, 2);
    const [g] = grad([x.mul(2), x.square()], [x], { gradOutputs: [ones([2]), tensor([0, 10])] });
    expect(g?.toArray()).toEqual([2, 42]);
  });

  it("reaches intermediate results", () => {
    const x = leaf(3);
    const y = x.mul(2);
    expect(grad(y.square().sum(), [y])[0]?.item()).toBe(12);
  });

  it("keeps the graph with createGraph, frees it without", () => {
    const x = leaf(1);
    const y = x.exp().sum();
    grad(y, [x], { createGraph: true });
    grad(y, [x]);
    expect(() => grad(y, [x])).toThrow("second time");
  });
});

describe("modes", () => {
  it("nest, and are restored when the body throws", () => {
    const seen: boolean[] = [];
    const look = () => seen.push(isGradEnabled());
    noGrad(() => {
      look();
      enableGrad(() => {
        look();
        expect(() =>
          noGrad(() => {
            look();
            throw new Error("stop");
          }),
        ).toThrow("stop");
        look();
      });
      look();
    });
    look();
    expect(seen).toEqual([false, true, false, true, false, true]);
  });

  it("decide whether a graph is recorded", () => {
    const x = leaf(1);
    expect(noGrad(() => x.mul(2)).requiresGrad).toBe(false);
    expect(noGrad(() => enableGrad(() => x.mul(2))).requiresGrad).toBe(true);
    noGrad(() => x.add_(1));
    expect(x.item()).toBe(2);
  });

  it("refuse asynchronous bodies and are over at once", async () => {
    const rejected = async () => {
      throw new Error("must not surface as an unhandled rejection");
    };
    for (const mode of [noGrad, enableGrad, inferenceMode]) {
      expect(() => mode(async () => 1)).toThrow(`${mode.name}: the body must be synchronous: await outside`);
      expect(() => mode(rejected)).toThrow("must be synchronous");
      expect(isGradEnabled()).toBe(true);
    }
    await new Promise((resolve) => setTimeout(resolve, 0));
  });

  it("inference makes tensors that stay outside autograd", () => {
    const x = leaf(1);
    const y = inferenceMode(() => {
      expect(isGradEnabled()).toBe(false);
      return x.mul(2);
    });
    expect([isGradEnabled(), y.requiresGrad, y.item()]).toEqual([true, false, 2]);
    expect(() => y.version).toThrow("version: Inference tensors do not track version counter");
    expect(() => x.mul(y)).toThrow("Inference tensors cannot be saved for backward");
    expect(() => y.requiresGrad_()).toThrow("nference");
    expect(x.mul(y.clone()).requiresGrad).toBe(true);
  });

  it("inference nests, and is over when the body throws", () => {
    expect(() =>
      inferenceMode(() => {
        inferenceMode(() => expect(isGradEnabled()).toBe(false));
        expect(isGradEnabled()).toBe(false);
        throw new Error("stop");
      }),
    ).toThrow("stop");
    expect(leaf(1).mul(2).requiresGrad).toBe(true);
  });
});

describe("leaves", () => {
  it("are what no operator of a graph made", () => {
    const x = leaf(1);
    expect([x.isLeaf, x.mul(2).isLeaf, x.detach().isLeaf, x.mul(2).detach().isLeaf]).toEqual([
      true,
      false,
      true,
      true,
    ]);
  });

  it("start and stop requiring gradients", () => {
    const x = zeros([1]);
    x.requiresGrad = true;
    expect(x.mul(2).requiresGrad).toBe(true);
    x.requiresGrad_(false);
    expect(x.mul(2).requiresGrad).toBe(false);
  });

  it("keep their gradient when the scope of backward ends", () => {
    const x = leaf(1, 1);
    scope(() => x.mul(3).sum().backward());
    expect(x.grad?.toArray()).toEqual([3, 3]);
  });

  it("take a gradient by hand", () => {
    const x = leaf(1, 1);
    x.grad = tensor([5, 6]);
    x.sum().backward();
    expect(x.grad.toArray()).toEqual([6, 7]);
  });
});
