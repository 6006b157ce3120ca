// Worker threads: each loads the addon for itself and has tensors and modes of its own; the random generator is the process's.

import { describe, expect, it } from "vitest";
import { isGradEnabled, liveTensors, manualSeed, ones, randn } from "../src/index.js";
import { inWorker, startWorker } from "./elsewhere.js";

describe("worker threads", () => {
  it("compute at the same time, each with its own tensors", async () => {
    const own = liveTensors();
    const results = await Promise.all(
      [1, 2, 3].map((factor) =>
        inWorker(({ liveTensors: live, nn, ones: make, scope }, by) => {
          const before = live();
          const conv = new nn.Conv2d(3, 4, 3, { bias: false });
          nn.init.constant_(conv.weight, by);
          const [sum, gradient] = scope(() => {
            const output = conv.call(make([1, 3, 5, 5])).sum();
            output.backward();
            return [output.item(), conv.weight.grad?.shape];
          });
          return { sum, gradient, made: live() - before };
        }, factor),
      ),
    );
    expect(results).toEqual([
      { sum: 972, gradient: [4, 3, 3, 3], made: 1 },
      { sum: 1944, gradient: [4, 3, 3, 3], made: 1 },
      { sum: 2916, gradient: [4, 3, 3, 3], made: 1 },
    ]);
    expect(liveTensors()).toBe(own);
  });

  it("have modes of their own", async () => {
    const flags = new Int32Array(new SharedArrayBuffer(8));
    const [INSIDE, GO_ON] = [0, 1];
    const worker = inWorker(({ autocast, isGradEnabled: enabled, noGrad, ones: make }, shared) => {
      const before = enabled();
      const [during, dtype] = noGrad(() =>
        autocast({}, () => {
          Atomics.store(shared, 0, 1); // in both modes, until the other thread has looked at its own
          Atomics.notify(shared, 0);
          Atomics.wait(shared, 1, 0);
          return [enabled(), make([2, 2]).mm(make([2, 2])).dtype] as const;
        }),
      );
      return { before, during, dtype };
    }, flags);
    while (Atomics.load(flags, INSIDE) === 0) await new Promise((resolve) => setTimeout(resolve, 5));
    const here = { enabled: isGradEnabled(), dtype: ones([2, 2]).mm(ones([2, 2])).dtype };
    Atomics.store(flags, GO_ON, 1);
    Atomics.notify(flags, GO_ON);
    expect(here).toEqual({ enabled: true, dtype: "float32" });
    expect(await worker).toEqual({ before: true, during: false, dtype: "bfloat16" });
  });

  it("report errors as errors", async () => {
    const failing = inWorker(({ ones: make }) => make([2]).add(make([3])).shape);
    await expect(failing).rejects.toThrow(
      "add: The size of tensor a (2) must match the size of tensor b (3)",
    );
  });

  it("may be stopped while they compute", async () => {
    const computing = new Int32Array(new SharedArrayBuffer(4));
    const worker = startWorker(({ randn: draw, scope }, flag) => {
      for (;;) {
        scope(() => draw([128, 128]).mm(draw([128, 128])));
        Atomics.store(flag, 0, 1);
      }
    }, computing);
    while (Atomics.load(computing, 0) === 0) await new Promise((resolve) => setTimeout(resolve, 5));
    await new Promise((resolve) => setTimeout(resolve, 50));
    expect(await worker.terminate()).toBe(1);
    expect(ones([2]).add(1).toArray()).toEqual([2, 2]);
  });

  it("draw from the process's generator", async () => {
    const draw = () => randn([4]).toArray();
    manualSeed(1);
    const expected = [draw(), draw()];
    manualSeed(1);
    expect([await inWorker(({ randn: theirs }) => theirs([4]).toArray()), draw()]).toEqual(expected);
  });
});
