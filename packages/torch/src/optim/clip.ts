// Limits gradients before a step, as torch.nn.utils.clip_grad_norm_.

import { noGrad } from "../autograd.js";
import { TorchError } from "../errors.js";
import { _foreachMul_, _foreachNorm, stack } from "../generated/operators.js";
import { scope } from "../ownership.js";
import type { Tensor } from "../tensor.js";

/** Scales the stored gradients in place so that their common L2 norm is at most `maxNorm`; returns the norm before. */
export function clipGradNorm_(params: Iterable<Tensor>, maxNorm: number): number {
  if (!(maxNorm > 0)) {
    throw new TorchError(`argument 'maxNorm' must be above 0, got ${maxNorm}`, {
      operator: "clipGradNorm_",
      argument: "maxNorm",
    });
  }
  return scope(() =>
    noGrad(() => {
      const gradients = [...params]
        .map((parameter) => parameter.grad)
        .filter((gradient) => gradient !== null);
      if (gradients.length === 0) return 0;
      const norm = stack(_foreachNorm(gradients)).norm(2, 0).toNumber();
      const factor = maxNorm / (norm + 1e-6);
      if (factor < 1) _foreachMul_(gradients, factor);
      return norm;
    }),
  );
}
