// Rein: after each block of a frozen transformer, tokens that are learned refine its features. A feature looks for the tokens that
// are like it, and what it finds is added, through products that all blocks share.
//
//   f' = f + s D(A T(t) + f),  A = softmax(f t' / sqrt(C)) without the first token,  t = a b of low rank
//
// Cls stays as it is.
// Source: Wei et al., "Stronger, fewer, & superior: harnessing vision foundation models for domain generalized semantic
// segmentation", CVPR 2024.

import { cat, nn, ones, scope, type Tensor, zeros } from "@pinmem/torch";

export interface ReinOptions {
  /** Learned for each block. */
  readonly tokens: number;
  /** Of the product that makes them. */
  readonly rank: number;
}

/** The products of all blocks. */
export class ReinShared extends nn.Module<[Tensor], never> {
  readonly token: nn.Linear;
  readonly difference: nn.Linear;

  constructor(width: number) {
    super();
    this.token = new nn.Linear(width, width);
    this.difference = new nn.Linear(width, width);
  }

  forward(): never {
    throw new Error("internal: the products are called by the blocks");
  }
}

const START = 1e-3;

/** Takes and gives tokens (B, N, C). */
export class Rein extends nn.Module {
  readonly a: nn.Parameter;
  readonly b: nn.Parameter;
  readonly scale: nn.Parameter;
  /** Of the first block alone, so that state dicts hold them once. */
  readonly shared: ReinShared | null;
  readonly #products: ReinShared;

  constructor(
    width: number,
    { tokens, rank }: ReinOptions,
    { products, isFirst }: { products: ReinShared; isFirst: boolean },
  ) {
    super();
    const bound = Math.sqrt(6 / (width + Math.sqrt(tokens * rank)));
    const start = (shape: readonly number[]) =>
      scope(() => new nn.Parameter(nn.init.uniform_(zeros(shape), -bound, bound)));
    this.a = start([tokens, rank]);
    this.b = start([rank, width]);
    this.scale = scope(() => new nn.Parameter(ones([]).mul(START)));
    this.shared = isFirst ? products : null;
    this.#products = products;
  }

  /** Those of all blocks. */
  get products(): ReinShared {
    return this.#products;
  }

  forward(all_BNC: Tensor): Tensor {
    return scope(() => {
      const [cls, rest] = [all_BNC.narrow(1, 0, 1), all_BNC.narrow(1, 1, all_BNC.size(1) - 1)];
      const tokens = this.a.matmul(this.b);
      const others = tokens.size(0) - 1;
      const likeness = rest
        .matmul(tokens.transpose(0, 1))
        .div(Math.sqrt(rest.size(2)))
        .softmax(-1);
      const found = likeness
        .narrow(2, 1, others)
        .matmul(this.#products.token.call(tokens.narrow(0, 1, others)));
      const difference = this.#products.difference.call(found.add(rest)).mul(this.scale);
      return cat([cls, rest.add(difference)], { dim: 1 });
    });
  }
}
