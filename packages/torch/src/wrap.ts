// Turns native handles into tensors. The Tensor class inherits the operators, which make tensors: it registers itself here
// instead of being imported.

import type { OwnedTensor } from "./ownership.js";

type TensorConstructor = new (handle: number) => OwnedTensor;

let TensorClass: TensorConstructor | undefined;

/** @internal Breaks the cycle between `Tensor` and the operators it inherits. */
export const registerTensorClass = (tensorClass: TensorConstructor): void => {
  TensorClass = tensorClass;
};

/** @internal Wraps a native handle. */
export function wrap<T extends OwnedTensor>(handle: number): T {
  if (!TensorClass) throw new Error("internal: the Tensor class is not registered");
  return new TensorClass(handle) as T;
}
