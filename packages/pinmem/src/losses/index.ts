// What training minimises.

export type { BorderRelaxedOptions } from "./border-relaxed.js";
export type { ImageWeightedOptions } from "./image-weighted.js";
export type { LabelOptions } from "./labels.js";
export { type CohesionOptions, classificationLoss, cohesionLoss, divergenceLoss } from "./memory.js";
export { auxiliaryLoss, type SegmentationLossOptions, segmentationLoss } from "./segmentation.js";
