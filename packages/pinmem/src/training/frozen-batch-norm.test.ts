import { nn, noGrad, randn, scope } from "@pinmem/torch";
import { describe, expect, it } from "vitest";
import { TINY } from "../../test/tiny-backbone.js";
import { TinyNetwork } from "../../test/tiny-network.js";
import { createNetwork } from "../models/network.js";
import { estimateStatistics } from "./batch-norm.js";
import { freezeBatchNorm } from "./frozen-batch-norm.js";

const made = () => createNetwork({ backbone: TINY, memory: {} });
const statistics = (network: ReturnType<typeof made>, part: (name: string) => boolean) =>
  [...network.namedBuffers()].filter(([name]) => part(name)).map(([, buffer]) => buffer.toArray());
const inBackbone = (name: string) => name.startsWith("layer");

describe("freezeBatchNorm", () => {
  it("normalizes by running statistics in training, and leaves those of the backbone alone", async () => {
    const network = made();
    freezeBatchNorm(network, "statistics");
    noGrad(() =>
      scope(() => {
        for (const module of network.backbone.modules())
          if (module instanceof nn.BatchNorm2d) module.runningMean?.copy_(randn(module.runningMean.shape));
      }),
    );
    const before = statistics(network, inBackbone);
    const others = statistics(network, (name) => name.startsWith("aspp"));
    scope(() => {
      const image = randn([2, 3, 32, 32]);
      const inTraining = noGrad(() => network.train().encode(image).auxiliary);
      const inEvaluation = noGrad(() => network.eval().encode(image).auxiliary);
      expect(inTraining.sub(inEvaluation).abs().max().toNumber()).toBeLessThan(1e-6);
    });
    expect(statistics(network, inBackbone)).toEqual(before);
    expect(statistics(network, (name) => name.startsWith("aspp"))).not.toEqual(others);

    const batches = (async function* () {
      yield { image: randn([2, 3, 32, 32]), label: randn([2, 32, 32]).mul(0).to("int64") };
    })();
    await estimateStatistics(network, batches);
    expect(statistics(network, inBackbone)).toEqual(before);
  });

  it("trains their scales and shifts unless they are frozen, too", () => {
    const trained = (frozen: "statistics" | "all") => {
      const network = made();
      freezeBatchNorm(network, frozen);
      return network.backbone.parameters().filter(({ requiresGrad, dim }) => requiresGrad && dim === 1)
        .length;
    };
    expect(trained("statistics")).toBeGreaterThan(0);
    expect(trained("all")).toBe(0);
  });

  it("needs a backbone with batch norm", () => {
    expect(() => freezeBatchNorm(new TinyNetwork(), "all")).toThrow(/no backbone with batch norm/);
    freezeBatchNorm(new TinyNetwork(), "none");
  });
});
