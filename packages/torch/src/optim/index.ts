// Optimizers, learning-rate schedules, clipping and loss scaling.

export * from "./adagrad.js";
export * from "./adam.js";
export * from "./clip.js";
export * from "./grad-scaler.js";
export {
  type Optimized,
  Optimizer,
  type OptimizerState,
  type ParameterGroup,
  type ParameterState,
} from "./optimizer.js";
export * from "./rmsprop.js";
export type { Schedule } from "./schedule.js";
export * as schedule from "./schedule.js";
export * from "./sgd.js";
