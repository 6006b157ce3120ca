// Limits gradients before a step, as torch.nn.utils.clip_grad_norm_ and clip_grad_value_.

import { noGrad } from "../autograd.js";
import { TorchError } from "../errors.js";
import { _foreachMul_, _foreachNorm, stack } from "../generated/operators.js";
import { scope } from "../ownership.js";
import type { Tensor } from "../tensor.js";

/** Scales the stored gradients in place so that their common L2 norm is at most `maxNorm`; returns the norm before. */
export function clipGradNorm_(params: Iterable<Tensor>, maxNorm: number): number {
  positive("clipGradNorm_", "maxNorm", maxNorm);
  return scope(() =>
    noGrad(() => {
      const gradients = gradientsOf(params);
      if (gradients.length === 0) return 0;
      const norm = stack(_foreachNorm(gradients)).norm(2, 0).toNumber();
      const factor = maxNorm / (norm + 1e-6);
      if (factor < 1) _foreachMul_(gradients, factor);
      return norm;
    }),
  );
}

/** Limits every element of the stored gradients to [-clipValue, clipValue], in place. */
export function clipGradValue_(params: Iterable<Tensor>, clipValue: number): void {
  positive("clipGradValue_", "clipValue", clipValue);
  scope(() =>
    noGrad(() => {
      for (const gradient of gradientsOf(params)) gradient.clamp_({ min: -clipValue, max: clipValue });
    }),
  );
}

const gradientsOf = (params: Iterable<Tensor>): Tensor[] =>
  [...params].map((parameter) => parameter.grad).filter((gradient) => gradient !== null);

function positive(operator: string, argument: string, value: number): void {
  if (value > 0) return;
  throw new TorchError(`argument '${argument}' must be above 0, got ${value}`, { operator, argument });
}
