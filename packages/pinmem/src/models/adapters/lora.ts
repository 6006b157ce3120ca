// Low-rank adapters: beside a frozen product W x stands a small one that is trained, y = W x + b + (alpha / r) B (A x). B starts at
// zero, so that nothing changes at first. For prediction the two are merged into one, W + (alpha / r) B A.
//
// Source: Hu et al., "LoRA: Low-rank adaptation of large language models", ICLR 2022; A starts as in Hugging Face's peft.

import { nn, noGrad, scope, type Tensor } from "@pinmem/torch";
import type { Attention } from "../backbones/vit/attention.js";
import type { Projection } from "../backbones/vit/projection.js";
import { setField } from "../replace-module.js";

export interface LoraOptions {
  /** Columns of A and B. */
  readonly rank: number;
  /** The product counts alpha / rank times. */
  readonly alpha: number;
  /** Share of A's inputs that are dropped in training. */
  readonly dropout: number;
}

/** (alpha / r) B (A x), of the last dimension; A is `down`, B is `up`. */
export class Lora extends nn.Module {
  readonly dropout: nn.Dropout;
  readonly down: nn.Linear;
  readonly up: nn.Linear;
  readonly scale: number;

  constructor(from: number, to: number, { rank, alpha, dropout }: LoraOptions) {
    super();
    this.dropout = new nn.Dropout(dropout);
    this.down = new nn.Linear(from, rank, { bias: false });
    this.up = new nn.Linear(rank, to, { bias: false });
    this.scale = alpha / rank;
    nn.init.zeros_(this.up.weight);
  }

  forward(input: Tensor): Tensor {
    return scope(() => this.up.call(this.down.call(this.dropout.call(input))).mul(this.scale));
  }

  /** What it adds to the weights beside it, (to, from). */
  difference(): Tensor {
    return scope(() => this.up.weight.matmul(this.down.weight).mul(this.scale));
  }
}

/** Puts an adapter beside a product. */
export function addLora(projection: Projection, options: LoraOptions): Lora {
  const [to, from] = projection.weight.shape as [number, number];
  const lora = new Lora(from, to, options);
  setField(projection, "adapter", lora);
  return lora;
}

/** Puts one adapter beside queries, keys and values together: one A for all three. */
export function addJointLora(attention: Attention, options: LoraOptions): Lora {
  const [to, from] = attention.query.weight.shape as [number, number];
  const lora = new Lora(from, 3 * to, options);
  setField(attention, "adapter", lora);
  return lora;
}

/** Adds what adapters of a projection add to its weights, and takes them away. */
export function mergeProjection(projection: Projection): void {
  const { adapter } = projection;
  if (!(adapter instanceof Lora)) return;
  noGrad(() => scope(() => void projection.weight.add_(adapter.difference())));
  remove(projection, adapter);
}

/** The same for the adapter of queries, keys and values. */
export function mergeAttention(attention: Attention): void {
  const { adapter, query, key, value } = attention;
  if (!(adapter instanceof Lora)) return;
  noGrad(() =>
    scope(() => {
      const parts = adapter.difference().chunk(3, 0);
      for (const [at, { weight }] of [query, key, value].entries()) weight.add_(parts[at] as Tensor);
    }),
  );
  remove(attention, adapter);
}

function remove(holder: object, adapter: Lora): void {
  setField(holder, "adapter", null);
  for (const tensor of adapter.stateDict().values()) tensor.dispose();
}
