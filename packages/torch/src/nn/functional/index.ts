// Functions of torch.nn.functional: tensors by position, settings by name in an object behind them.

export * from "./activations.js";
export * from "./attention.js";
export * from "./dropout.js";
export * from "./interpolate.js";
export * from "./linear.js";
export * from "./losses.js";
export * from "./normalization.js";
export * from "./pooling.js";
export type { Reduction, ReductionOptions } from "./reduction.js";
export * from "./sampling.js";
