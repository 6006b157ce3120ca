// The public surface of @pinmem/torch: libtorch for TypeScript.

export * from "./autocast.js";
export {
  type BackwardManyOptions,
  backward,
  enableGrad,
  type GradOptions,
  grad,
  inferenceMode,
  isGradEnabled,
  noGrad,
} from "./autograd.js";
export { backends } from "./backends.js";
export { callOperator, operatorNames } from "./call-operator.js";
export * from "./creation.js";
export * from "./device.js";
export * as distributed from "./distributed/index.js";
export { type DType, dtypes, type TypedArray } from "./dtype.js";
export { DisposedTensorError, LibtorchNotFoundError, TorchError } from "./errors.js";
export * as files from "./files/index.js";
export { type LoadedTensors, loadPth, loadSafetensors, saveSafetensors } from "./files/tensors.js";
export * from "./generated/operators.js";
export * from "./gradcheck.js";
export * as nn from "./nn/index.js";
export * as optim from "./optim/index.js";
export { dispose, keep, liveTensorBytes, liveTensors, scope } from "./ownership.js";
export * from "./profile.js";
export * from "./random.js";
export {
  type BackwardOptions,
  type GradientHook,
  type HookHandle,
  type NestedArray,
  Tensor,
  type ToOptions,
} from "./tensor.js";
export { type Device, type FloatScalar, float, type MemoryFormat, type Scalar } from "./values.js";
