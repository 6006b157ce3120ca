// A transformer block, and the stage of several: attention and MLP, each after a norm, scaled channel by channel, added to the
// tokens.

import { nn, ones, scope, type Tensor } from "@pinmem/torch";
import type { StageOutput } from "../stage.js";
import { Attention } from "./attention.js";
import type { TransformerConfig } from "./config.js";
import { GatedMlp, Mlp } from "./mlp.js";
import type { Rope } from "./rope.js";

/** Takes and gives tokens (B, N, C). */
export class TransformerBlock extends nn.Module<[Tensor, (Rope | null)?], Tensor> {
  readonly norm1: nn.LayerNorm;
  readonly attention: Attention;
  readonly layerScale1: nn.Parameter;
  readonly norm2: nn.LayerNorm;
  readonly mlp: Mlp | GatedMlp;
  readonly layerScale2: nn.Parameter;
  /** Refines what leaves the block (adapters/rein.ts); null: nothing does. */
  readonly refinement: nn.Module<[Tensor], Tensor> | null = null;

  constructor(config: TransformerConfig) {
    super();
    const { width, eps, mlp, mlpWidth } = config;
    this.norm1 = new nn.LayerNorm(width, { eps });
    this.attention = new Attention(config);
    this.layerScale1 = scope(() => new nn.Parameter(ones([width])));
    this.norm2 = new nn.LayerNorm(width, { eps });
    this.mlp = mlp === "gated" ? new GatedMlp(width, mlpWidth) : new Mlp(width, mlpWidth);
    this.layerScale2 = scope(() => new nn.Parameter(ones([width])));
  }

  forward(tokens: Tensor, rope: Rope | null = null): Tensor {
    return scope(() => {
      const mixed = scope(() =>
        tokens.add(this.attention.call(this.norm1.call(tokens), rope).mul(this.layerScale1)),
      );
      const done = scope(() => mixed.add(this.mlp.call(this.norm2.call(mixed)).mul(this.layerScale2)));
      return this.refinement ? this.refinement.call(done) : done;
    });
  }
}

/** Blocks one after the other, numbered in state dicts; the last stage also holds the network's last norm, which it does not apply. */
export class TransformerStage extends nn.Module<[Tensor, (Rope | null)?], StageOutput> {
  readonly #blocks: readonly TransformerBlock[];
  readonly #norm: nn.LayerNorm | null;

  constructor(blocks: readonly TransformerBlock[], norm: nn.LayerNorm | null = null) {
    super();
    this.#blocks = blocks;
    this.#norm = norm;
  }

  get blocks(): readonly TransformerBlock[] {
    return this.#blocks;
  }

  get norm(): nn.LayerNorm | null {
    return this.#norm;
  }

  override *namedChildren(): IterableIterator<[string, nn.AnyModule]> {
    for (const [index, block] of this.#blocks.entries()) yield [String(index), block];
    if (this.#norm) yield ["norm", this.#norm];
  }

  forward(tokens: Tensor, rope: Rope | null = null): StageOutput {
    return { feature: this.#upTo(this.#blocks.length, tokens, rope), whitening: [] };
  }

  // Each scope frees the input of its block.
  #upTo(count: number, tokens: Tensor, rope: Rope | null): Tensor {
    const block = this.#blocks[count - 1];
    if (!block) return tokens;
    return scope(() => block.call(this.#upTo(count - 1, tokens, rope), rope));
  }
}
