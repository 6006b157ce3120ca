import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { beforeEach, describe, expect, it } from "vitest";
import {
  DisposedTensorError,
  dispose,
  keep,
  liveTensorBytes,
  liveTensors,
  ones,
  randn,
  scope,
  Tensor,
  zeros,
} from "./index.js";

setFlagsFromString("--expose-gc");
const collectGarbage = runInNewContext("gc") as () => void;
const turn = () => new Promise((resolve) => setTimeout(resolve, 0));

/** Finalizers run from the event loop, some time after the collection that found the garbage. */
async function settle(): Promise<number> {
  for (let i = 0, unchanged = 0; i < 50 && unchanged < 3; i++) {
    const last = liveTensors();
    collectGarbage();
    await turn();
    unchanged = last === liveTensors() ? unchanged + 1 : 0;
  }
  return liveTensors();
}

describe("scope", () => {
  it("frees what was made inside, except what it returns", () => {
    const before = liveTensors();
    const [made, result] = scope(() => {
      const inner = ones([3]);
      return [new WeakRef(inner), inner.add(1)];
    });
    expect(liveTensors()).toBe(before + 1);
    expect(made.deref()?.isDisposed).toBe(true);
    expect(result.toArray()).toEqual([2, 2, 2]);
    result.dispose();
    expect(liveTensors()).toBe(before);
  });

  it("finds results in arrays, objects, maps and sets, however deep", () => {
    const make = () => ones([1]);
    const result = scope(() => {
      ones([7]);
      const shared = make();
      return {
        list: [make(), [shared]],
        map: new Map<unknown, unknown>([
          ["key", make()],
          [make(), 1],
        ]),
        set: new Set([shared, make()]),
        nothing: null,
        bytes: new Float32Array(2),
      };
    });
    const tensors = [
      result.list[0],
      (result.list[1] as Tensor[])[0],
      result.map.get("key"),
      [...result.map.keys()][1],
      ...result.set,
    ];
    expect(tensors.every((tensor) => tensor instanceof Tensor && !tensor.isDisposed)).toBe(true);
    dispose(result);
    expect(tensors.every((tensor) => (tensor as Tensor).isDisposed)).toBe(true);
  });

  it("survives results that contain themselves", () => {
    const result = scope(() => {
      const ring: { self?: unknown; value: Tensor } = { value: ones([1]) };
      ring.self = ring;
      return ring;
    });
    expect(result.value.isDisposed).toBe(false);
    dispose(result);
  });

  it("hands results to the surrounding scope", () => {
    let inner: Tensor | undefined;
    let kept: Tensor | undefined;
    scope(() => {
      inner = scope(() => ones([1]));
      expect(inner.isDisposed).toBe(false);
      kept = scope(() => scope(() => scope(() => keep(ones([2])))));
    });
    expect(inner?.isDisposed).toBe(true);
    expect(kept?.isDisposed).toBe(false);
    kept?.dispose();
  });

  it("frees everything when the body throws", () => {
    const before = liveTensors();
    expect(() =>
      scope(() => {
        ones([2]);
        scope(() => ones([3]).add(ones([4])));
      }),
    ).toThrow("must match");
    expect(liveTensors()).toBe(before);
  });

  it("leaves tensors of the surrounding scope alone", () => {
    const outside = ones([1]);
    scope(() => outside.add(1));
    scope(() => outside);
    expect(outside.isDisposed).toBe(false);
  });

  it("does not free twice what was disposed inside", () => {
    const before = liveTensors();
    scope(() => {
      const gone = ones([2]);
      gone.dispose();
      gone.dispose();
      // The handle may be given to another tensor, which the first must not take with it.
      const next = keep(ones([5]));
      gone.dispose();
      expect(next.toArray()).toEqual([1, 1, 1, 1, 1]);
      next.dispose();
    });
    expect(liveTensors()).toBe(before);
  });

  it("frees more tensors than fit into one list", () => {
    const before = liveTensors();
    scope(() => {
      for (let i = 0; i < 3000; i++) zeros([1]);
      expect(liveTensors()).toBe(before + 3000);
    });
    expect(liveTensors()).toBe(before);
  });

  it("refuses an asynchronous body, whose tensors it could not follow", async () => {
    expect(() => scope(async () => ones([1]))).toThrow(
      "scope: the body must be synchronous: await outside and put scopes inside",
    );
    expect(() =>
      scope(async () => {
        throw new Error("its own failure must not surface as an unhandled rejection");
      }),
    ).toThrow("must be synchronous");
    await turn();
  });
});

describe("using and dispose", () => {
  it("frees at the end of the block", () => {
    const before = liveTensors();
    {
      using first = ones([2]);
      using second = first.add(1);
      expect(second.item).toBeTypeOf("function");
      expect(liveTensors()).toBe(before + 2);
    }
    expect(liveTensors()).toBe(before);
  });

  it("frees the handle, not memory that views or graphs still need", () => {
    const base = ones([4]).requiresGrad_();
    const doubled = base.mul(2);
    const view = doubled.view([2, 2]);
    doubled.dispose();
    expect(view.toArray()).toEqual([
      [2, 2],
      [2, 2],
    ]);
    view.sum().backward();
    expect(base.grad?.toArray()).toEqual([2, 2, 2, 2]);
  });

  it("makes every later use an error that says so", () => {
    const gone = ones([2]);
    gone.dispose();
    for (const use of [
      () => gone.shape,
      () => gone.add(1),
      () => ones([2]).add(gone),
      () => gone.toArray(),
    ]) {
      expect(use).toThrow(DisposedTensorError);
    }
    expect(gone.isDisposed).toBe(true);
    expect(String(gone)).toBe("disposed tensor");
  });

  it("frees every tensor in what it is given", () => {
    const before = liveTensors();
    dispose([ones([1]), { deep: [ones([1])] }, "text", null, undefined, 3]);
    expect(liveTensors()).toBe(before);
  });
});

describe("keep", () => {
  it("takes tensors out of every scope", () => {
    const result = scope(() => keep({ a: ones([1]), b: [zeros([1])] }));
    const stays = scope(() => scope(() => keep(ones([2]))));
    expect([result.a.isDisposed, result.b[0]?.isDisposed, stays.isDisposed]).toEqual([false, false, false]);
    dispose([result, stays]);
  });

  it("of a tensor without a scope changes nothing", () => {
    const tensor = ones([1]);
    expect(keep(keep(tensor))).toBe(tensor);
    tensor.dispose();
  });
});

describe("the finalizer net", () => {
  beforeEach(settle);

  it("frees tensors that nobody owns and nobody can reach", async () => {
    const before = liveTensors();
    (() => {
      for (let i = 0; i < 100; i++) randn([10]);
    })();
    expect(liveTensors()).toBe(before + 100);
    expect(await settle()).toBeLessThanOrEqual(before);
  });

  it("leaves reachable tensors alone, and never frees a handle twice", async () => {
    const kept = Array.from({ length: 50 }, (_, index) => ones([1]).mul(index));
    (() => {
      for (let i = 0; i < 50; i++) ones([1]).dispose();
      scope(() => {
        for (let i = 0; i < 50; i++) ones([1]);
      });
    })();
    await settle();
    expect(kept.map((tensor) => tensor.item())).toEqual(kept.map((_, index) => index));
    dispose(kept);
  });

  it("frees what keep gave to a holder that is gone", async () => {
    const before = liveTensors();
    scope(() => void keep(ones([3])));
    expect(await settle()).toBeLessThanOrEqual(before);
  });
});

describe("the counts", () => {
  it("count each handle, and each storage once", () => {
    scope(() => {
      const [tensors, bytes] = [liveTensors(), liveTensorBytes()];
      const base = ones([256]);
      base.view([16, 16]);
      expect(liveTensors()).toBe(tensors + 2);
      expect(liveTensorBytes()).toBe(bytes + 1024);
    });
  });
});
