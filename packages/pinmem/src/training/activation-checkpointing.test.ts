import { manualSeed, nn, noGrad, scope, type Tensor } from "@pinmem/torch";
import { expect, it } from "vitest";
import { formulaImages } from "../../../../golden/formula.js";
import { type AdapterConfig, adapterSchema, applyAdapter } from "../models/adapters/adapter.js";
import { Attention } from "../models/backbones/vit/attention.js";
import { ConvNextBlock } from "../models/backbones/vit/conv-next.js";
import { createNetwork } from "../models/network.js";
import { withActivationCheckpointing } from "./activation-checkpointing.js";

const lora = adapterSchema.parse({ kind: "lora", rank: 2 });

it.each([
  ["dinov2_debug", 4, 4, lora],
  ["dinov3_debug", 4, 4, { kind: "rein", tokens: 4, rank: 2 }],
  ["dinov3_convnext_debug", 5, 5, null],
  ["dinov3_debug", 4, 1, { kind: "last-blocks", blocks: 1 }],
  ["dinov3_convnext_debug", 5, 0, { kind: "frozen" }],
] as const)(
  "computes each block of %s twice that gradients go through, %d of which %d, and changes none but by rounding",
  (backbone, blocks, again, adapter) => {
    scope(() => {
      manualSeed(1);
      const network = createNetwork({ backbone, head: "linear", classes: 4 });
      if (adapter) applyAdapter(network.backbone, adapter as AdapterConfig);
      noGrad(() => {
        for (const [name, parameter] of network.namedParameters())
          if (/adapter\.up|refinement/.test(name)) parameter.normal_(0, 0.3);
      });
      const image = formulaImages([0], [32, 45]);
      const filters = new Set<nn.AnyModule>(
        network.modules().flatMap((module) => (module instanceof ConvNextBlock ? [module.depthwise] : [])),
      );
      const outcome = (run: typeof withActivationCheckpointing) => {
        network.zeroGrad();
        let runs = 0;
        const count = (module: nn.AnyModule) => {
          if (module instanceof Attention || filters.has(module)) runs++;
        };
        nn.observeModules(count, () =>
          run(network, (backward) => backward((network.call(image).logits as Tensor).square().mean())),
        );
        const gradients = new Map(
          [...network.namedParameters()].flatMap(([name, { grad }]) => (grad ? [[name, grad.clone()]] : [])),
        );
        return { runs, gradients };
      };
      const plain = outcome((_, body) => body((loss) => loss.backward()));
      const twice = outcome(withActivationCheckpointing);
      expect([...twice.gradients.keys()]).toEqual([...plain.gradients.keys()]);
      // But for rounding: the gradients between convolutions lie in memory otherwise, and are summed in another order.
      for (const [name, gradient] of twice.gradients) {
        const expected = plain.gradients.get(name) as Tensor;
        const off = gradient.sub(expected).norm().toNumber();
        expect(off, name).toBeLessThanOrEqual(1e-6 * expected.norm().toNumber() + 1e-12);
      }
      expect([plain.runs, twice.runs]).toEqual([blocks, blocks + again]);
    });
  },
);
