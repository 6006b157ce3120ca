// Scaled dot-product attention (Vaswani et al. 2017), by libtorch's own operator where it has one (2.0 and later).

import { callOperator } from "../../call-operator.js";
import { TorchError } from "../../errors.js";
import { ones, zeros } from "../../generated/operators.js";
import { native } from "../../native.js";
import { readOptions } from "../../options.js";
import { scope } from "../../ownership.js";
import type { Tensor } from "../../tensor.js";
import { given } from "./given.js";

export interface AttentionOptions {
  /** Broadcastable to (…, L, S): true where attention is allowed, or numbers that are added to the scores. */
  attnMask?: Tensor | null;
  /** Probability of dropping a weight, whatever the mode; default 0. */
  dropoutP?: number;
  /** Position i sees positions up to i only; not together with a mask. */
  isCausal?: boolean;
  /** What the scores are multiplied by; default 1 / sqrt(E). */
  scale?: number | null;
}

const defaults: Required<AttentionOptions> = { attnMask: null, dropoutP: 0, isCausal: false, scale: null };

let hasOperator: boolean | undefined;

/** Attention of queries (…, L, E) over keys (…, S, E) and values (…, S, V): (…, L, V). */
export function scaledDotProductAttention(
  query: Tensor,
  key: Tensor,
  value: Tensor,
  options?: AttentionOptions,
): Tensor;
export function scaledDotProductAttention(
  query: Tensor,
  key: Tensor,
  value: Tensor,
  ...rest: unknown[]
): Tensor {
  const operator = "scaledDotProductAttention";
  const { attnMask, dropoutP, isCausal, scale } = readOptions(operator, rest, defaults);
  const width = given(query, operator, "query").size(-1);
  given(key, operator, "key");
  given(value, operator, "value");
  if (attnMask && isCausal) {
    throw new TorchError("takes either attnMask or isCausal: true", { operator, argument: "attnMask" });
  }
  hasOperator ??= native.resolve("aten::scaled_dot_product_attention", "") >= 0;
  return scope(() => {
    // 2.0 has no scale: it is made part of the query, which the operator divides by sqrt(E).
    const scaled = scale === null ? query : query.mul(scale * Math.sqrt(width));
    if (hasOperator) {
      const inputs = [scaled, key, value];
      return callOperator("aten::scaled_dot_product_attention", inputs, {
        attnMask,
        dropoutP,
        isCausal,
      }) as Tensor;
    }
    const mask = isCausal
      ? ones([query.size(-2), key.size(-2)], { dtype: "bool", device: query.device }).tril()
      : attnMask;
    const scores = scaled.div(Math.sqrt(width)).matmul(key.transpose(-2, -1));
    const weights = (mask ? scores.add(additive(mask, scores, true)) : scores).softmax(-1);
    return (dropoutP > 0 ? weights.dropout(dropoutP, true) : weights).matmul(value);
  });
}

/** @internal A mask as numbers to add: 0 where attention is allowed, minus infinity elsewhere. */
export function additive(mask: Tensor, { dtype, device }: Tensor, trueIsAllowed: boolean): Tensor {
  if (mask.dtype !== "bool") return mask.to({ dtype });
  const refused = trueIsAllowed ? mask.logicalNot() : mask;
  return zeros(mask.shape, { dtype, device }).maskedFill(refused, Number.NEGATIVE_INFINITY);
}
