// ConvNeXt as a backbone of five stages: the stem (a quarter of the resolution), and four stages of blocks, of which all but the
// first begin by halving it. Only the last map has gone through the last norm.
//
// Pictures are filled up with zeros to multiples of 32.
// Source: Liu et al., "A ConvNet for the 2020s", CVPR 2022; distilled by Siméoni et al., "DINOv3", 2025.

import { nn, ones, scope, type Tensor } from "@pinmem/torch";
import { Backbone, type BackboneOutput } from "../backbone.js";
import { type Block, Stage } from "../stage.js";
import type { ConvNextConfig } from "./config.js";
import { padToGrid } from "./grid.js";
import { convNextNames } from "./published.js";

/** In half precision convolutions and products alone are; norms are as precise as their weights. */
const asPrecise = (map: Tensor, { weight }: nn.LayerNorm): Tensor => (weight ? map.to(weight.dtype) : map);

/** Layer normalization of the channels of a map (B, C, h, w). */
export class ChannelNorm extends nn.LayerNorm {
  override forward(map: Tensor): Tensor {
    return scope(() => super.forward(asPrecise(map, this).permute([0, 2, 3, 1])).permute([0, 3, 1, 2]));
  }
}

/** A 7x7 filter of each channel by itself, norm, widened four times, GELU, narrowed, scaled, added. */
export class ConvNextBlock extends nn.Module {
  readonly depthwise: nn.Conv2d;
  readonly norm: nn.LayerNorm;
  readonly up: nn.Linear;
  readonly down: nn.Linear;
  readonly scale: nn.Parameter;

  constructor(width: number, eps: number) {
    super();
    this.depthwise = new nn.Conv2d(width, width, 7, { padding: 3, groups: width });
    this.norm = new nn.LayerNorm(width, { eps });
    this.up = new nn.Linear(width, 4 * width);
    this.down = new nn.Linear(4 * width, width);
    this.scale = scope(() => new nn.Parameter(ones([width])));
  }

  forward(map_BChw: Tensor): Tensor {
    return scope(() => {
      const rows = scope(() => {
        const filtered = asPrecise(this.depthwise.call(map_BChw), this.norm);
        return this.norm.call(filtered.permute([0, 2, 3, 1]));
      });
      const changed = scope(() => this.down.call(this.up.call(rows).gelu()).mul(this.scale));
      return map_BChw.add(changed.permute([0, 3, 1, 2]));
    });
  }
}

/** Takes normalized pictures (B, 3, H, W) of any size; `recomputed` are its blocks. */
export class ConvNext extends Backbone {
  readonly config: ConvNextConfig;
  declare readonly layer0: Stage;
  declare readonly layer1: Stage;
  declare readonly layer2: Stage;
  declare readonly layer3: Stage;
  declare readonly layer4: Stage;

  constructor(name: string, config: ConvNextConfig) {
    const { widths, depths, eps } = config;
    const blocks = (at: number): Block[] =>
      Array.from({ length: depths[at] as number }, () => new ConvNextBlock(widths[at] as number, eps));
    const stage = (at: 1 | 2 | 3): Block[] => [
      new ChannelNorm(widths[at - 1] as number, { eps }),
      new nn.Conv2d(widths[at - 1] as number, widths[at] as number, 2, { stride: 2 }),
      ...blocks(at),
    ];
    const [first, second, third, fourth] = widths;
    super({
      name,
      stages: {
        layer0: new Stage(new nn.Conv2d(3, first, 4, { stride: 4 }), new ChannelNorm(first, { eps })),
        layer1: new Stage(...blocks(0)),
        layer2: new Stage(...stage(1)),
        layer3: new Stage(...stage(2)),
        layer4: new Stage(...stage(3), new ChannelNorm(fourth, { eps })),
      },
      channels: { layer0: first, layer1: first, layer2: second, layer3: third, layer4: fourth },
      strides: { layer0: 4, layer1: 4, layer2: 8, layer3: 16, layer4: 32 },
      grid: 32,
      published: convNextNames(config),
    });
    this.config = config;
    initialize(this);
  }

  override get recomputed(): readonly nn.Module<[Tensor], unknown>[] {
    return this.modules().filter((module) => module instanceof ConvNextBlock);
  }

  override forward(image_B3HW: Tensor): BackboneOutput {
    return scope(() => super.forward(padToGrid(image_B3HW, 32)));
  }
}

function initialize(network: ConvNext): void {
  for (const module of network.modules()) {
    if (!(module instanceof nn.Linear) && !(module instanceof nn.Conv2d)) continue;
    nn.init.clippedNormal_(module.weight, 0, 0.02);
    if (module.bias) nn.init.zeros_(module.bias);
  }
}
