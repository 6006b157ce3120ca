// A tensor that is trained: a leaf that requires gradients and belongs to its module, not to a scope.

import { native } from "../native.js";
import { keep, OwnedTensor } from "../ownership.js";
import { Tensor } from "../tensor.js";

/** A tensor that a module is trained by: `parameters()` and state dicts hold it. */
export class Parameter extends Tensor {
  /** Shares memory with `data`, which stays usable; gradients are wanted unless said otherwise. */
  constructor(data: Tensor, { requiresGrad = true }: { requiresGrad?: boolean } = {}) {
    const detached = data.detach();
    super(native.share(OwnedTensor.handleOf(detached, "Parameter", "data")));
    detached.dispose();
    keep(this as Tensor);
    this.requiresGrad_(requiresGrad);
  }
}
