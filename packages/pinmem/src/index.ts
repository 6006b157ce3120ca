// `import { … } from "pinmem"`: what common work takes, in some twenty names. Open a trained run, predict, evaluate, look
// inside, compare and report; write a recipe and train by it; bring data of one's own; read, color and write pictures.
//
// Everything else has a door of its own by subject: pinmem/data, /models, /training, /adaptation, /evaluation, /inspection, /export, /report.
// Importing this one loads neither libtorch nor a schema library, image codecs or charts: functions that need one of them load
// it when they are called first and return promises. Recipes import it, so it has to stay cheap (test/root-import.test.ts).

export {
  cityscapes19,
  defineLabelSpace,
  IGNORE_INDEX,
  type LabelClass,
  type LabelSpace,
  type LabelSpaceDescription,
  type RgbImage,
} from "@pinmem/core";
export type { EvaluationResult, Inspection, Protocol } from "@pinmem/core/formats";
export type { LabeledPictures, WriteMemoryOptions } from "./adaptation/write-memory.js";
export {
  adaptToPlace,
  compareRuns,
  createNetwork,
  type EvaluateOptions,
  evaluateRun,
  type InspectionOptions,
  inspectRun,
  loadRecipe,
  openNamedDataset,
  openRun,
  predictFiles,
  predictImage,
  readImage,
  train,
  writeMemory,
  writeReport,
  writeRgbPng,
} from "./api/common.js";
export type { Comparison as RunComparison } from "./comparison/comparison.js";
export { type Dataset, type DatasetOptions, defineDataset, type Sample } from "./datasets/dataset.js";
export { colorLabel } from "./images/color-label.js";
export type { ImageOptions } from "./images/image.js";
export type { NetworkOptions } from "./models/network.js";
export type { SegmentationNetwork } from "./models/segmentation-network.js";
export type { PredictFilesOptions, PredictionSummary } from "./prediction/file-results.js";
export { type OverlayOptions, overlay } from "./prediction/overlay.js";
export type { PredictImageOptions, Prediction } from "./prediction/predict-image.js";
export { defineRecipe } from "./recipes/define-recipe.js";
export { type DemoMethod, type DemoStart, demoRecipe } from "./recipes/demo-recipe.js";
export type { Recipe, RecipeInput } from "./recipes/recipe.js";
export type { ReportOptions } from "./report/write-report.js";
export type { AdaptOptions } from "./runs/adapt-options.js";
export type { Adaptation } from "./runs/adapt-to-place.js";
export type { OpenRun, OpenRunOptions } from "./runs/open-run.js";
export type { TrainOptions } from "./runs/train.js";
export type { MethodFactory } from "./training/methods/index.js";
export type { TrainingResult } from "./training/trainer.js";
