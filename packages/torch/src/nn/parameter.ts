// A tensor that is trained: a leaf that requires gradients and belongs to its module, not to a scope.

import { native } from "../native.js";
import { readOptions } from "../options.js";
import { keep, OwnedTensor } from "../ownership.js";
import { Tensor } from "../tensor.js";

/** A tensor that a module is trained by: `parameters()` and state dicts hold it. */
export class Parameter extends Tensor {
  /** Shares memory with `data`, which stays usable; gradients are wanted unless said otherwise. */
  constructor(data: Tensor, options?: { requiresGrad?: boolean });
  constructor(data: Tensor, ...rest: unknown[]) {
    const { requiresGrad } = readOptions("Parameter", rest, { requiresGrad: true });
    OwnedTensor.handleOf(data, "Parameter", "data");
    const detached = data.detach();
    super(native.share(OwnedTensor.handleOf(detached, "Parameter", "data")));
    detached.dispose();
    keep(this as Tensor);
    this.requiresGrad_(requiresGrad);
  }
}
