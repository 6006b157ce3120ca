// A vision transformer as a backbone of five stages: the embedding, and four quarters of the blocks, whose tokens are taken as maps
// at one resolution, that of the patches.
//
// Maps have gone through the network's last norm, whichever stage they come from, as in Hugging Face's and the authors' own use.
// Shapes: B batch, N tokens, C width, h w grid of patches.

import { cat, dispose, keep, nn, scope, type Tensor } from "@pinmem/torch";
import type { StageName } from "../../normalization/placement.js";
import { Backbone, type BackboneOutput } from "../backbone.js";
import { TransformerBlock, TransformerStage } from "./block.js";
import { quarters, type TransformerConfig } from "./config.js";
import { Embedding } from "./embedding.js";
import { upTo } from "./grid.js";
import { transformerNames } from "./published.js";
import { createRope, type Rope } from "./rope.js";

const lateStages = ["layer1", "layer2", "layer3", "layer4"] as const satisfies readonly StageName[];

/** What a decoder takes beside the last map: nothing (the last map again), or the maps of the stages before it, (B, 3 C, h, w). */
export type EarlierMaps = "none" | "all";

/** Takes normalized pictures (B, 3, H, W) of any size; `recomputed` are its blocks. */
export class VisionTransformer extends Backbone {
  readonly config: TransformerConfig;
  declare readonly layer0: Embedding;
  declare readonly layer1: TransformerStage;
  declare readonly layer2: TransformerStage;
  declare readonly layer3: TransformerStage;
  declare readonly layer4: TransformerStage;
  /** What `lowLevel` holds; a head sets it. */
  earlierMaps: EarlierMaps = "none";
  #rope: { readonly key: string; readonly rope: Rope } | null = null;

  constructor(name: string, config: TransformerConfig) {
    const { width, depth, patch, eps } = config;
    const counts = quarters(depth);
    const stages = counts.map((count, at) => {
      const blocks = Array.from({ length: count }, () => new TransformerBlock(config));
      return new TransformerStage(blocks, at === 3 ? new nn.LayerNorm(width, { eps }) : null);
    }) as [TransformerStage, TransformerStage, TransformerStage, TransformerStage];
    const [layer1, layer2, layer3, layer4] = stages;
    const each = <T>(value: T) => ({
      layer0: value,
      layer1: value,
      layer2: value,
      layer3: value,
      layer4: value,
    });
    super({
      name,
      stages: { layer0: new Embedding(config), layer1, layer2, layer3, layer4 },
      channels: each(width),
      strides: each(patch),
      grid: patch,
      published: transformerNames(config),
    });
    this.config = config;
    initialize(this);
  }

  /** All blocks in their order. */
  get blocks(): readonly TransformerBlock[] {
    return lateStages.flatMap((stage) => this[stage].blocks);
  }

  override get recomputed(): readonly nn.Module<[Tensor], unknown>[] {
    return this.blocks as readonly nn.Module<[Tensor], unknown>[];
  }

  override forward(image_B3HW: Tensor): BackboneOutput {
    const grid = this.gridOf(image_B3HW);
    return scope(() => {
      const start = this.#styled("layer0", this.layer0.call(image_B3HW).feature, grid);
      const rope = this.ropeFor(image_B3HW, start);
      const earlier: Tensor[] = [];
      let tokens = start;
      for (const stage of lateStages) {
        tokens = this.#styled(stage, this[stage].call(tokens, rope).feature, grid);
        if (this.earlierMaps === "all" && stage !== "layer4") earlier.push(this.mapOf(tokens, grid));
      }
      const deep = this.mapOf(tokens, grid);
      const lowLevel = earlier.length > 0 ? cat(earlier, { dim: 1 }) : deep;
      return { lowLevel, auxiliary: deep, deep, whitening: [] };
    });
  }

  /** Patches of a picture (B, 3, H, W), filled up to whole ones: rows, columns. */
  gridOf(image: Tensor): readonly [height: number, width: number] {
    const { patch } = this.config;
    return [upTo(image.size(2), patch) / patch, upTo(image.size(3), patch) / patch];
  }

  /** The turns of tokens for a picture; null where positions are learned. */
  ropeFor(image: Tensor, { dtype, device }: Tensor): Rope | null {
    const { positions, width, heads, ropeTheta } = this.config;
    if (positions !== null) return null;
    const grid = this.gridOf(image);
    const key = JSON.stringify([grid, dtype, device]);
    if (this.#rope?.key === key) return this.#rope.rope;
    if (this.#rope) dispose([this.#rope.rope]);
    const { special } = this.layer0;
    const rope = keep(
      scope(() => createRope({ grid, special, headWidth: width / heads, theta: ropeTheta, dtype, device })),
    );
    this.#rope = { key, rope };
    return rope;
  }

  /** The patches among tokens (B, N, C), through the last norm, as a map (B, C, h, w). */
  mapOf(tokens: Tensor, grid: readonly [number, number]): Tensor {
    return scope(() => {
      const { special } = this.layer0;
      const patches = tokens.narrow(1, special, tokens.size(1) - special);
      const normalized = (this.layer4.norm as nn.LayerNorm).call(patches);
      return normalized.unflatten(1, grid).permute([0, 3, 1, 2]);
    });
  }

  /** Tokens after a stage, where training changes the styles of features. */
  #styled(stage: StageName, tokens: Tensor, grid: readonly [number, number]): Tensor {
    const { afterStage } = this;
    if (!afterStage) return tokens;
    return scope(() => {
      const { special } = this.layer0;
      const count = tokens.size(1) - special;
      const map = tokens.narrow(1, special, count).unflatten(1, grid).permute([0, 3, 1, 2]);
      const changed = afterStage(stage, map).flatten({ startDim: 2 }).transpose(1, 2);
      return cat([tokens.narrow(1, 0, special), changed], { dim: 1 });
    });
  }
}

/** Normal weights within two deviations of 0.02, no biases, scales at one: as the authors start, but for the scales. */
function initialize(network: VisionTransformer): void {
  const normal = (tensor: Tensor): void => void nn.init.clippedNormal_(tensor, 0, 0.02);
  for (const module of network.modules()) {
    if (!(module instanceof nn.Linear) && !(module instanceof nn.Conv2d)) continue;
    normal(module.weight);
    if (module.bias) nn.init.zeros_(module.bias);
  }
  const { cls, registers, positions } = network.layer0;
  for (const tensor of [cls, registers, positions]) if (tensor) normal(tensor);
}
