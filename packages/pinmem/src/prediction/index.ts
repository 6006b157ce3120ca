// Prediction: an image, or many files, through a trained network.

export type {
  FailedFile,
  FileResult,
  FrameProgress,
  PredictedFile,
  PredictFilesOptions,
  PredictionSummary,
  SkippedFile,
} from "./file-results.js";
export { findInputs, type Input, runName } from "./inputs.js";
export { DEFAULT_MEMORY } from "./memory-estimate.js";
export { OutputError } from "./output-error.js";
export { type OutputKind, outputKinds } from "./outputs.js";
export { type OverlayOptions, overlay } from "./overlay.js";
export { predictFiles } from "./predict-files.js";
export { type PredictImageOptions, type Prediction, predictImage } from "./predict-image.js";
