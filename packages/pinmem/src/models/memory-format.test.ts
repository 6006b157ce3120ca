import { manualSeed, randn, scope, type Tensor } from "@pinmem/torch";
import { describe, expect, it } from "vitest";
import { setMemoryFormat } from "./memory-format.js";
import { createNetwork } from "./network.js";

describe("setMemoryFormat", () => {
  it.each(["deeplab-v3+", "deeplab-v2"] as const)("changes no figure of %s beyond rounding", (head) => {
    scope(() => {
      const network = createNetwork({ backbone: "resnet18", head, memory: {} });
      network.eval().to({ dtype: "float64" });
      manualSeed(3);
      const image = randn([1, 3, 64, 96], { dtype: "float64" });
      const logits = network.call(image).logits;
      setMemoryFormat(network, "channelsLast");
      const input = image.to({ memoryFormat: "channelsLast" });
      const distance = (other: Tensor) => other.sub(logits).abs().max().toNumber();
      expect(distance(network.call(input).logits)).toBeLessThan(1e-10);
      setMemoryFormat(network, "contiguous");
      expect(distance(network.call(image).logits)).toBeLessThan(1e-10);
    });
  });

  it("leaves the pyramid contiguous on the CPU, and gives logits class by class", () => {
    scope(() => {
      const network = setMemoryFormat(createNetwork({ backbone: "resnet18" }), "channelsLast").eval();
      const state = network.stateDict();
      expect(state.get("layer1.0.conv1.weight")?.isContiguous("channelsLast")).toBe(true);
      expect(state.get("aspp.features.1.0.weight")?.isContiguous()).toBe(true);
      expect(network.call(randn([1, 3, 64, 64])).logits.isContiguous()).toBe(true);
    });
  });
});
