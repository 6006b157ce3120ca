// What users of the evaluation side see.

export {
  BoundaryCounts,
  boundary,
  boundaryDistance,
  ConfusionMatrix,
  classIoU,
  DEFAULT_MEMORY,
  meanIoU,
  type Scores,
  scoresOf,
  Tally,
} from "@pinmem/core";
export {
  type BoundaryResult,
  type DomainResult,
  describeProtocol,
  type EvaluationResult,
  evaluationResultSchema,
  type Protocol,
  type ProtocolInput,
  parseResult,
  protocol,
  protocolNames,
  protocolSchema,
  ResultError,
  sameProtocol,
} from "@pinmem/core/formats";
export {
  type Comparison,
  type ComparisonRow,
  compareResults,
  formatClasses,
  formatComparison,
  type Statistic,
  unseenIoU,
} from "../evaluation/compare.js";
export { EvaluationInterrupted, evaluateRun } from "../evaluation/evaluate-run.js";
export type {
  EvaluateRunOptions,
  EvaluationDomain,
  EvaluationProgress,
  Shard,
} from "../evaluation/evaluate-run-options.js";
export { mergeResults, type NamedResult } from "../evaluation/merge.js";
export { DomainError, type DomainSources, openDomains, readDataFile } from "../evaluation/open-domains.js";
export { readResult, writeResult } from "../evaluation/result-file.js";
export { AutoPredictor, type AutoPredictorOptions } from "../inference/auto-predictor.js";
export { type DomainScore, evaluateDomain } from "../inference/evaluate-domain.js";
export type { ChannelStatistics } from "../inference/picture-norm.js";
export { PlaceStatistics, type PlaceStatisticsOptions } from "../inference/place-statistics.js";
export {
  type Forward,
  type ImagePredictor,
  Predictor,
  type PredictorOptions,
  type ViewOptions,
  viewLogits,
} from "../inference/predictor.js";
export { SecondLook } from "../inference/second-look.js";
export type { ShiftRule } from "../inference/shift-rule.js";
export { LARGEST_FOR_STATISTICS, TestTimeNormalization } from "../inference/test-time-normalization.js";
export { predict } from "../models/segment.js";
export type {
  FailedFile,
  FileResult,
  FrameProgress,
  PredictedFile,
  PredictFilesOptions,
  PredictionSummary,
  SkippedFile,
} from "../prediction/file-results.js";
export { findInputs, type Input, runName } from "../prediction/inputs.js";
export { OutputError } from "../prediction/output-error.js";
export { type OutputKind, outputKinds } from "../prediction/outputs.js";
export { type OverlayOptions, overlay } from "../prediction/overlay.js";
export { predictFiles } from "../prediction/predict-files.js";
export { type PredictImageOptions, type Prediction, predictImage } from "../prediction/predict-image.js";
