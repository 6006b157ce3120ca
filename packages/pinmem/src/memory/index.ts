// The class memory.

export {
  ClassMemory,
  type ClassMemoryOptions,
  type MemoryReading,
  type ReadInput,
  type WriteInput,
} from "./class-memory.js";
export type { ClassSums } from "./class-sums.js";
export type { NoiseSource } from "./gumbel-noise.js";
export { type LabelWeightOptions, labelWeights } from "./label-weights.js";
export type { ReadOptions } from "./read-options.js";
