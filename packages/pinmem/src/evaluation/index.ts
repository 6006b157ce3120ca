// What users of the evaluation side see.

export { BoundaryCounts, boundary, boundaryDistance } from "./boundary-iou.js";
export {
  type Comparison,
  type ComparisonRow,
  compareResults,
  formatClasses,
  formatComparison,
  type Statistic,
  unseenIoU,
} from "./compare.js";
export { ConfusionMatrix } from "./confusion-matrix.js";
export { type DomainScore, evaluateDomain } from "./evaluate-domain.js";
export {
  type EvaluateRunOptions,
  type EvaluationDomain,
  EvaluationInterrupted,
  type EvaluationProgress,
  evaluateRun,
  type Shard,
} from "./evaluate-run.js";
export { classIoU, meanIoU } from "./mean-iou.js";
export { mergeResults, type NamedResult } from "./merge.js";
export { DomainError, type DomainSources, openDomains, readDataFile } from "./open-domains.js";
export { type Forward, Predictor, type PredictorOptions, predict } from "./predictor.js";
export {
  describeProtocol,
  type Protocol,
  type ProtocolInput,
  protocol,
  protocolNames,
  protocolSchema,
  sameProtocol,
} from "./protocol.js";
export {
  type BoundaryResult,
  type DomainResult,
  type EvaluationResult,
  evaluationResultSchema,
  parseResult,
  ResultError,
  readResult,
  writeResult,
} from "./result.js";
export { type Scores, scoresOf } from "./scores.js";
export { Tally } from "./tally.js";
