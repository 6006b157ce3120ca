// DeepLabV3+ on a backbone of one resolution: the fine feature that its decoder joins is grown from the last map by two transposed
// convolutions, to four times the resolution.
//
// Source: Li et al., "Exploring plain vision transformer backbones for object detection", ECCV 2022 (the simple feature pyramid).

import { nn, scope, type Tensor } from "@pinmem/torch";
import type { ClassMemory } from "../../memory/class-memory.js";
import { BackboneNetwork, type NetworkParts } from "../backbone-network.js";
import { ChannelNorm } from "../backbones/vit/conv-next.js";
import type { JoinedLayers } from "./joined-convolution.js";
import { convolution, FINE_WIDTH, initializeHead, joinedConvolutions } from "./parts.js";
import { PyramidV3 } from "./pyramid.js";

export class PyramidDeepLab extends BackboneNetwork {
  readonly aspp: PyramidV3;
  readonly grow: nn.Sequential;
  readonly botFine: nn.Sequential;
  readonly botAspp: nn.Sequential;
  readonly final1: JoinedLayers;
  readonly final2: nn.Sequential;
  readonly dsn: nn.Sequential;
  readonly memory: ClassMemory | null;
  protected readonly usesLowLevel = true;

  constructor(parts: NetworkParts) {
    super(parts);
    const { backbone, classes, width, memory } = parts;
    const { layer4: channels } = backbone.channels;
    const [half, quarter] = [Math.ceil(channels / 2), Math.ceil(channels / 4)];
    this.aspp = new PyramidV3(channels, width, this.outputStride);
    this.grow = new nn.Sequential(
      new nn.ConvTranspose2d(channels, half, 2, { stride: 2 }),
      new ChannelNorm(half, { eps: 1e-6 }),
      new nn.GELU(),
      new nn.ConvTranspose2d(half, quarter, 2, { stride: 2 }),
    );
    this.botFine = new nn.Sequential(...convolution(quarter, FINE_WIDTH));
    this.botAspp = new nn.Sequential(...convolution(this.aspp.outChannels, width));
    this.final1 = joinedConvolutions(width);
    this.final2 = new nn.Sequential(new nn.Conv2d(width, classes, 1));
    this.dsn = new nn.Sequential();
    this.memory = memory;
    initializeHead(this.aspp, this.botFine, this.botAspp, this.final1, this.final2);
  }

  protected bottleneck(deep_BChw: Tensor): Tensor {
    return scope(() => this.botAspp.call(this.aspp.call(deep_BChw)));
  }

  protected decoded(feature_BChw: Tensor, lowLevel: Tensor | null): Tensor {
    if (!lowLevel) throw new Error("internal: the fine feature is grown from the last map");
    return scope(() => this.final1.call(this.botFine.call(this.grow.call(lowLevel)), feature_BChw));
  }

  override auxiliaryLogits(): null {
    return null;
  }
}
