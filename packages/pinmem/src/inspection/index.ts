// What users of inspections see: a whole inspection of a run, and its measurements one by one.

export { checkFinite, NonFiniteError } from "./check-finite.js";
export {
  type ClassFeature,
  type ClassFeatureOptions,
  classMeanFeatures,
  collectClassFeatures,
} from "./class-features.js";
export { type DomainRole, type InspectedDomain, inspectedDomains } from "./domains.js";
export { type EmbeddingOptions, embed, type Point } from "./embedding.js";
export { type InspectOptions, inspectRun } from "./inspect-run.js";
export {
  INSPECTION_FILE,
  INSPECTION_FORMAT,
  type Inspection,
  type InspectionPart,
  type InspectionPicture,
  inspectionParts,
} from "./inspection.js";
export type { ReadStatistics } from "./read-statistics.js";
export { type DomainReliance, measureReliance, type Reliance, type RelianceOptions } from "./reliance.js";
export type { AlterationResult } from "./reliance-tally.js";
export { meanRowCosine, memorySimilarity, type Similarity } from "./similarity.js";
