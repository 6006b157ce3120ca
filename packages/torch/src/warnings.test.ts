import { describe, expect, it } from "vitest";
import { inProcess, inWorker } from "../test/elsewhere.js";

describe("warnings of libtorch", () => {
  it("are Node's warnings, once for each text, without lines of libtorch's own log", async () => {
    const { result, ended } = await inProcess(
      async ({ ones }) => {
        const heard: string[] = [];
        process.on("warning", ({ name, message }) => void heard.push(`${name}: ${message}`));
        for (let time = 0; time < 2; time++) void ones([1]).requiresGrad_().mul(2).grad;
        await new Promise(setImmediate);
        return heard;
      },
      { flags: ["--no-warnings"] },
    );
    expect(result).toEqual([
      expect.stringMatching(/^TorchWarning: libtorch: The \.grad attribute of a Tensor that is not a leaf/),
    ]);
    expect(ended).toEqual({ code: 0, signal: null, stderr: "" });
  });

  it("reach a worker thread that caused them", async () => {
    const heard = await inWorker(async ({ ones }) => {
      const names: string[] = [];
      process.removeAllListeners("warning"); // Node's own prints
      process.on("warning", ({ name }) => void names.push(name));
      void ones([1]).requiresGrad_().mul(2).grad;
      await new Promise(setImmediate);
      return names;
    });
    expect(heard).toEqual(["TorchWarning"]);
  });

  it("are silent about gradients of gradients, which are meant", async () => {
    const { ended } = await inProcess(({ ones, scope, backward, grad }) => {
      scope(() => {
        const x = ones([1]).requiresGrad_();
        const y = x.mul(x).mul(x);
        const [first] = grad(y, [x], { createGraph: true });
        backward(first ?? y, { createGraph: true });
        x.grad = null;
      });
    });
    expect(ended).toEqual({ code: 0, signal: null, stderr: "" });
  });
});
