// Multi-head attention (Vaswani et al. 2017) with the parameters and figures of torch.nn.MultiheadAttention.
//
// Shape suffixes: N batch, L queries, S keys, E width, H heads, D = E / H.

import { TorchError } from "../errors.js";
import { readOptions } from "../options.js";
import type { Tensor } from "../tensor.js";
import { checkIntegers, parameter } from "./construction.js";
import { additive } from "./functional/attention.js";
import { checkProbability } from "./functional/dropout.js";
import { xavierUniform_, zeros_ } from "./init.js";
import { Linear } from "./linear.js";
import { Module } from "./module.js";
import type { Parameter } from "./parameter.js";

export interface MultiheadAttentionOptions {
  /** Probability of dropping an attention weight in training; default 0. */
  dropout?: number;
  bias?: boolean;
  /** Tensors are (N, L, E) instead of (L, N, E), PyTorch's default. */
  batchFirst?: boolean;
}

export interface MultiheadAttentionCall {
  /** (N, S): true for keys that nobody may see, or numbers that are added to their scores. */
  keyPaddingMask?: Tensor | null;
  /** Give the attention weights as second result; default true. */
  needWeights?: boolean;
  /** (L, S) or (N * H, L, S): true where attention is refused, or numbers that are added to the scores. */
  attnMask?: Tensor | null;
  /** Average the weights over the heads; default true. */
  averageAttnWeights?: boolean;
}

const callDefaults: Required<MultiheadAttentionCall> = {
  keyPaddingMask: null,
  needWeights: true,
  attnMask: null,
  averageAttnWeights: true,
};

type Inputs = [query: Tensor, key: Tensor, value: Tensor, options?: MultiheadAttentionCall];

/**
 * Attention with `numHeads` heads. `call(query, key, value)` gives the output, shaped as the query, and the attention weights
 * (N, L, S), or (N, H, L, S) for each head, or null. Other widths of keys and values (`kdim`, `vdim`) are not offered.
 */
export class MultiheadAttention extends Module<Inputs, [output: Tensor, weights: Tensor | null]> {
  readonly inProjWeight: Parameter;
  readonly inProjBias: Parameter | null;
  readonly outProj: Linear;
  readonly embedDim: number;
  readonly numHeads: number;
  readonly dropout: number;
  readonly batchFirst: boolean;

  constructor(embedDim: number, numHeads: number, options?: MultiheadAttentionOptions);
  constructor(embedDim: number, numHeads: number, ...rest: unknown[]) {
    super();
    const defaults: Required<MultiheadAttentionOptions> = { dropout: 0, bias: true, batchFirst: false };
    const { dropout, bias, batchFirst } = readOptions("MultiheadAttention", rest, defaults);
    checkIntegers("MultiheadAttention", { embedDim, numHeads });
    if (embedDim % numHeads !== 0) {
      throw new TorchError(`argument 'numHeads' (${numHeads}) must divide embedDim (${embedDim})`, {
        operator: "MultiheadAttention",
        argument: "numHeads",
      });
    }
    this.embedDim = embedDim;
    this.numHeads = numHeads;
    this.dropout = checkProbability(dropout, "MultiheadAttention");
    this.batchFirst = batchFirst;
    this.inProjWeight = parameter([3 * embedDim, embedDim]);
    this.inProjBias = bias ? parameter([3 * embedDim]) : null;
    this.outProj = new Linear(embedDim, embedDim, { bias });
    xavierUniform_(this.inProjWeight);
    if (this.inProjBias) zeros_(this.inProjBias);
    if (this.outProj.bias) zeros_(this.outProj.bias);
  }

  forward(...[query, key, value, options]: Inputs): [output: Tensor, weights: Tensor | null] {
    const { keyPaddingMask, needWeights, attnMask, averageAttnWeights } = readOptions(
      "MultiheadAttention.call",
      [options],
      callDefaults,
    );
    const { numHeads, embedDim, batchFirst } = this;
    this.#checkInputs({ query, key, value });
    const lengthFirst = (x: Tensor): Tensor => (batchFirst ? x.transpose(0, 1) : x);
    const [q, k, v] = this.#projected(lengthFirst(query), lengthFirst(key), lengthFirst(value));
    const [length = 0, batch = 0] = q.shape;
    const [source = 0] = k.shape;
    const width = embedDim / numHeads;

    const heads = (x: Tensor): Tensor => x.reshape([-1, batch * numHeads, width]).transpose(0, 1);
    const scores = heads(q).div(Math.sqrt(width)).bmm(heads(k).transpose(1, 2));
    const masked = [attnMask, keyPaddingMask && this.#forHeads(keyPaddingMask, batch, source)]
      .filter((mask) => mask !== null)
      .reduce((sum, mask) => sum.add(additive(mask, scores, false)), scores);
    const weights = masked.softmax(-1);
    const kept = this.training && this.dropout > 0 ? weights.dropout(this.dropout, true) : weights;
    const mixed = kept.bmm(heads(v)).transpose(0, 1).reshape([length, batch, embedDim]);
    const output = lengthFirst(this.outProj.call(mixed));

    if (!needWeights) return [output, null];
    const perHead = kept.view([batch, numHeads, length, source]);
    return [output, averageAttnWeights ? perHead.mean(1) : perHead];
  }

  /** (N, S) as (N * H, 1, S). */
  #forHeads(mask: Tensor, batch: number, source: number): Tensor {
    const { numHeads } = this;
    return mask
      .view([batch, 1, 1, source])
      .expand([batch, numHeads, 1, source])
      .reshape([batch * numHeads, 1, source]);
  }

  /** Queries, keys and values; one product where all three are the same tensor. */
  #projected(query: Tensor, key: Tensor, value: Tensor): [Tensor, Tensor, Tensor] {
    const { inProjWeight, inProjBias } = this;
    if (query.isSame(key) && key.isSame(value)) {
      return query.linear(inProjWeight, { bias: inProjBias }).chunk(3, -1) as [Tensor, Tensor, Tensor];
    }
    const weights = inProjWeight.chunk(3, 0);
    const biases = inProjBias?.chunk(3, 0);
    const project = (x: Tensor, part: number): Tensor =>
      x.linear(weights[part] as Tensor, { bias: biases?.[part] ?? null });
    return [project(query, 0), project(key, 1), project(value, 2)];
  }

  #checkInputs(inputs: Record<string, Tensor>): void {
    const { embedDim, batchFirst } = this;
    for (const [argument, input] of Object.entries(inputs)) {
      const { shape } = input;
      if (shape.length === 3 && shape[2] === embedDim) continue;
      const layout = batchFirst ? "batch, length" : "length, batch";
      throw new TorchError(`argument '${argument}' must be (${layout}, ${embedDim}), got ${input}`, {
        operator: "MultiheadAttention",
        argument,
      });
    }
  }
}
