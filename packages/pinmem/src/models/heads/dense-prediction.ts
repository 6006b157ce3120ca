// A decoder after DPT: maps of four depths of a transformer, all of one resolution, are brought to four, 4, 2, 1 and 1 times it, and
// fused from the last to the first. The last, which the memory reads, keeps the transformer's resolution, where DPT halves it.
//
// Source: Ranftl et al., "Vision transformers for dense prediction", ICCV 2021.

import { nn, scope, type Tensor } from "@pinmem/torch";
import type { ClassMemory } from "../../memory/class-memory.js";
import { BackboneNetwork, type NetworkParts } from "../backbone-network.js";
import { VisionTransformer } from "../backbones/vit/vision-transformer.js";
import { convolution, initializeHead } from "./parts.js";

/** x + norm(conv(relu(norm(conv(relu(x)))))) */
export class ResidualUnit extends nn.Module {
  readonly layers: nn.Sequential;

  constructor(width: number) {
    super();
    const filter = () => new nn.Conv2d(width, width, 3, { padding: 1, bias: false });
    this.layers = new nn.Sequential(
      new nn.ReLU(),
      filter(),
      new nn.BatchNorm2d(width),
      new nn.ReLU(),
      filter(),
      new nn.BatchNorm2d(width),
    );
  }

  forward(map: Tensor): Tensor {
    return scope(() => map.add(this.layers.call(map)));
  }
}

export class DensePrediction extends BackboneNetwork {
  /** To the feature that the memory reads. */
  readonly aspp: nn.Sequential;
  /** Of layer1 to layer3: to the decoder's width, and to 4, 2 and 1 times the resolution. */
  readonly reassemble: nn.ModuleList<nn.Sequential>;
  /** Of layer1 to layer4. */
  readonly refine: nn.ModuleList<ResidualUnit>;
  /** After each sum. */
  readonly fuse: nn.ModuleList<ResidualUnit>;
  readonly final1: nn.Sequential;
  readonly final2: nn.Sequential;
  readonly dsn: nn.Sequential;
  readonly memory: ClassMemory | null;
  protected readonly usesLowLevel = true;

  /** @throws RangeError where the backbone is no transformer */
  constructor(parts: NetworkParts) {
    super(parts);
    const { backbone, classes, width, memory } = parts;
    if (!(backbone instanceof VisionTransformer))
      throw new RangeError(
        `the head "dpt" takes maps of a transformer, which the backbone "${backbone.name}" is not`,
      );
    backbone.earlierMaps = "all";
    const { layer4: channels } = backbone.channels;
    const larger = (factor: 2 | 4) => new nn.ConvTranspose2d(width, width, factor, { stride: factor });
    const narrow = () => new nn.Conv2d(channels, width, 1);
    this.aspp = new nn.Sequential(...convolution(channels, width));
    this.reassemble = new nn.ModuleList([
      new nn.Sequential(narrow(), larger(4)),
      new nn.Sequential(narrow(), larger(2)),
      new nn.Sequential(narrow()),
    ]);
    const units = (count: number) => Array.from({ length: count }, () => new ResidualUnit(width));
    this.refine = new nn.ModuleList(units(4));
    this.fuse = new nn.ModuleList(units(3));
    this.final1 = new nn.Sequential(...convolution(width, width, { kernel: 3 }));
    this.final2 = new nn.Sequential(new nn.Conv2d(width, classes, 1));
    this.dsn = new nn.Sequential();
    this.memory = memory;
    initializeHead(this.aspp, this.reassemble, this.refine, this.fuse, this.final1, this.final2);
  }

  protected bottleneck(deep_BChw: Tensor): Tensor {
    return this.aspp.call(deep_BChw);
  }

  protected decoded(feature_BChw: Tensor, lowLevel: Tensor | null): Tensor {
    if (!lowLevel) throw new Error("internal: the decoder fuses the maps of three stages");
    return scope(() => {
      const maps = lowLevel.chunk(3, 1);
      const [first, second, third, last] = [...this.refine] as ResidualUnit[];
      let fused = (last as ResidualUnit).call(feature_BChw);
      for (const [at, refine] of [third, second, first].entries()) {
        const map = (this.reassemble.at(2 - at) as nn.Sequential).call(maps[2 - at] as Tensor);
        const skip = (refine as ResidualUnit).call(map);
        const size = [skip.size(2), skip.size(3)] as const;
        const grown = nn.F.interpolate(fused, { size, mode: "bilinear", alignCorners: true });
        fused = (this.fuse.at(at) as ResidualUnit).call(grown.add(skip));
      }
      return this.final1.call(fused);
    });
  }

  override auxiliaryLogits(): null {
    return null;
  }
}
