// DeepLabV3+: pyramid with global mean, and a decoder that joins the low-level feature of layer1.
//
// The memory stands between them: it reads what comes out of the bottleneck (`bot_aspp`).
// Source: Chen et al., "Encoder-Decoder with Atrous Separable Convolution", ECCV 2018.

import { nn, scope, type Tensor } from "@pinmem/torch";
import type { ClassMemory } from "../../memory/class-memory.js";
import { BackboneNetwork, type NetworkParts } from "../backbone-network.js";
import { auxiliaryHead } from "./auxiliary.js";
import type { JoinedLayers } from "./joined-convolution.js";
import { convolution, FINE_WIDTH, initializeHead, joinedConvolutions } from "./parts.js";
import { PyramidV3 } from "./pyramid.js";

export class DeepLabV3Plus extends BackboneNetwork {
  readonly aspp: PyramidV3;
  readonly botFine: nn.Sequential;
  readonly botAspp: nn.Sequential;
  readonly final1: JoinedLayers;
  readonly final2: nn.Sequential;
  readonly dsn: nn.Sequential;
  readonly memory: ClassMemory | null;
  protected readonly usesLowLevel = true;

  constructor(parts: NetworkParts) {
    super(parts);
    const { backbone, classes, width, auxiliaryDropout, memory } = parts;
    const { channels } = backbone;
    this.aspp = new PyramidV3(channels.layer4, width, this.outputStride);
    this.botFine = new nn.Sequential(...convolution(channels.layer1, FINE_WIDTH));
    this.botAspp = new nn.Sequential(...convolution(this.aspp.outChannels, width));
    this.final1 = joinedConvolutions(width);
    this.final2 = new nn.Sequential(new nn.Conv2d(width, classes, 1));
    this.dsn = auxiliaryHead(channels.layer3, classes, auxiliaryDropout);
    this.memory = memory;
    initializeHead(this.aspp, this.botFine, this.botAspp, this.final1, this.final2, this.dsn);
  }

  protected bottleneck(deep_BChw: Tensor): Tensor {
    return scope(() => this.botAspp.call(this.aspp.call(deep_BChw)));
  }

  protected decoded(feature_BChw: Tensor, lowLevel: Tensor | null): Tensor {
    if (!lowLevel) throw new Error("internal: DeepLabV3+ decodes with the feature of layer1");
    return scope(() => this.final1.call(this.botFine.call(lowLevel), feature_BChw));
  }
}
