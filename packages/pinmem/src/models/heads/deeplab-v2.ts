// DeepLabV2 as the method uses it: the summed pyramid, which the memory reads, and a decoder without a
// low-level feature.
// Source: Chen et al., "DeepLab", TPAMI 2018; the official code's network/deepv2.py.

import { nn, type Tensor } from "@pinmem/torch";
import type { ClassMemory } from "../../memory/class-memory.js";
import { BackboneNetwork, type NetworkParts } from "../backbone-network.js";
import { auxiliaryHead } from "./auxiliary.js";
import { convolution, initializeHead } from "./parts.js";
import { PyramidV2 } from "./pyramid.js";

export class DeepLabV2 extends BackboneNetwork {
  readonly aspp: PyramidV2;
  readonly final1: nn.Sequential;
  readonly final2: nn.Sequential;
  readonly dsn: nn.Sequential;
  readonly memory: ClassMemory | null;
  protected readonly usesLowLevel = false;

  constructor(parts: NetworkParts) {
    super(parts);
    const { backbone, classes, width, auxiliaryDropout, memory } = parts;
    const { channels } = backbone;
    this.aspp = new PyramidV2(channels.layer4, width);
    this.final1 = new nn.Sequential(...convolution(width, width, { kernel: 3 }));
    this.final2 = new nn.Sequential(new nn.Conv2d(width, classes, 1));
    this.dsn = auxiliaryHead(channels.layer3, classes, auxiliaryDropout);
    this.memory = memory;
    initializeHead(this.aspp, this.final1, this.final2, this.dsn);
  }

  protected bottleneck(deep_BChw: Tensor): Tensor {
    return this.aspp.call(deep_BChw);
  }

  protected decoded(feature_BChw: Tensor): Tensor {
    return this.final1.call(feature_BChw);
  }
}
