// Self-attention of a transformer block: queries, keys and values by a product each, as Hugging Face's files have them, so that an
// adapter may change any of them.
//
// Shapes: B batch, N tokens, C width, D width of a head.
// Source: Vaswani et al., "Attention is all you need", 2017.

import { isGradEnabled, nn, scope, type Tensor } from "@pinmem/torch";
import type { TransformerConfig } from "./config.js";
import { Projection } from "./projection.js";
import { type Rope, rotate } from "./rope.js";

/** Attention of all tokens (B, N, C) to all tokens. */
export class Attention extends nn.Module<[Tensor, (Rope | null)?], Tensor> {
  readonly query: Projection;
  readonly key: Projection;
  readonly value: Projection;
  readonly output: Projection;
  /** Added to queries, keys and values at once, (B, N, 3 C); null: nothing is. */
  readonly adapter: nn.Module<[Tensor], Tensor> | null = null;
  readonly heads: number;
  /** Compute by single operators where gradients are wanted: libtorch's own operator has no second derivatives. */
  twice = false;

  constructor({ width, heads, bias }: Pick<TransformerConfig, "width" | "heads" | "bias">) {
    super();
    this.heads = heads;
    this.query = new Projection(width, width, { bias: bias.query });
    this.key = new Projection(width, width, { bias: bias.key });
    this.value = new Projection(width, width, { bias: bias.value });
    this.output = new Projection(width, width);
  }

  forward(tokens: Tensor, rope: Rope | null = null): Tensor {
    return scope(() => {
      const [q, k, v] = this.projections(tokens).map((each) =>
        each.unflatten(2, [this.heads, -1]).transpose(1, 2),
      ) as [Tensor, Tensor, Tensor];
      const [turnedQ, turnedK] = rope ? [rotate(q, rope), rotate(k, rope)] : [q, k];
      const mixed =
        this.twice && isGradEnabled()
          ? plainAttention(turnedQ, turnedK, v)
          : nn.F.scaledDotProductAttention(turnedQ, turnedK, v);
      return this.output.call(mixed.transpose(1, 2).flatten({ startDim: 2 }));
    });
  }

  /** Queries, keys and values (B, N, C). */
  projections(tokens: Tensor): [Tensor, Tensor, Tensor] {
    return scope(() => {
      const plain = [this.query, this.key, this.value].map((projection) => projection.call(tokens));
      const added = this.adapter?.call(tokens).chunk(3, -1);
      return plain.map((each, at) => (added ? each.add(added[at] as Tensor) : each));
    }) as [Tensor, Tensor, Tensor];
  }
}

const plainAttention = (q: Tensor, k: Tensor, v: Tensor): Tensor =>
  scope(() =>
    q
      .div(Math.sqrt(q.size(-1)))
      .matmul(k.transpose(-2, -1))
      .softmax(-1)
      .matmul(v),
  );

/** Lets the gradients of a network's attention have gradients, for meta-learning in the second order. */
export function allowSecondDerivatives(network: nn.AnyModule): void {
  for (const module of network.modules()) if (module instanceof Attention) module.twice = true;
}
