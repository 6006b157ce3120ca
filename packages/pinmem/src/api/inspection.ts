// What users of inspections see: a whole inspection of a run, and its measurements one by one.

export {
  type AlterationResult,
  type DomainReliance,
  type DomainRole,
  INSPECTION_FILE,
  INSPECTION_FORMAT,
  type Inspection,
  type InspectionPart,
  type InspectionPicture,
  inspectionParts,
  type ReadStatistics,
  type Reliance,
  type Similarity,
} from "@pinmem/core/formats";
export { checkFinite, NonFiniteError } from "../inspection/check-finite.js";
export {
  type ClassFeature,
  type ClassFeatureOptions,
  classMeanFeatures,
  collectClassFeatures,
} from "../inspection/class-features.js";
export { type InspectedDomain, inspectedDomains } from "../inspection/domains.js";
export { type EmbeddingOptions, embed, type Point } from "../inspection/embedding.js";
export { type InspectOptions, inspectRun } from "../inspection/inspect-run.js";
export { measureReliance, type RelianceOptions } from "../inspection/reliance.js";
export { meanRowCosine, memorySimilarity } from "../inspection/similarity.js";
