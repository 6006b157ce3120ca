// A linear head: a single 1x1 convolution on the last map of a backbone, which is also what the memory reads. For backbones whose
// features say by themselves what a pixel is.
//
// Source: Oquab et al., "DINOv2", 2023, section 7.4.

import { nn, type Tensor } from "@pinmem/torch";
import type { ClassMemory } from "../../memory/class-memory.js";
import { BackboneNetwork, type NetworkParts } from "../backbone-network.js";
import { initializeHead } from "./parts.js";

export class LinearHead extends BackboneNetwork {
  readonly aspp: nn.Identity;
  readonly final1: nn.Sequential;
  readonly final2: nn.Sequential;
  readonly dsn: nn.Sequential;
  readonly memory: ClassMemory | null;
  protected readonly usesLowLevel = false;

  constructor(parts: NetworkParts) {
    super(parts);
    const { width, classes, memory } = parts;
    this.aspp = new nn.Identity();
    this.final1 = new nn.Sequential();
    this.final2 = new nn.Sequential(new nn.Conv2d(width, classes, 1));
    this.dsn = new nn.Sequential();
    this.memory = memory;
    initializeHead(this.final2);
  }

  protected bottleneck(deep_BChw: Tensor): Tensor {
    return deep_BChw;
  }

  protected decoded(feature_BChw: Tensor): Tensor {
    return this.final1.call(feature_BChw);
  }

  override auxiliaryLogits(): null {
    return null;
  }
}
