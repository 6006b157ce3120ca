// The networks.

export {
  Backbone,
  type BackboneOptions,
  type BackboneOutput,
  type OutputStride,
} from "./backbones/backbone.js";
export { type BackboneName, backboneNames } from "./backbones/names.js";
export { createBackbone } from "./backbones/registry.js";
export {
  type DescribeOptions,
  describe,
  formatDescription,
  type NetworkDescription,
  type PartDescription,
} from "./describe.js";
export { type InferenceOptions, prepareForInference } from "./inference.js";
export { type Layout, layOut, layouts } from "./layout.js";
export { createNetwork, type NetworkOptions, NetworkOptionsError, networkSchema } from "./network.js";
export { PairVariances } from "./normalization/covariance.js";
export { type InstanceWhitening, whiteningLayers } from "./normalization/instance-whitening.js";
export {
  fromOfficialWhitening,
  type NormalizationKind,
  type NormalizationPlacement,
  normalizationKinds,
} from "./normalization/placement.js";
export { type Selection, WhiteningLoss, type WhiteningLossOptions } from "./normalization/whitening-loss.js";
export { type Encoding, type Segmentation, SegmentationNetwork } from "./segmentation-network.js";
export {
  readWeights,
  surveyWeights,
  type TensorSurvey,
  WeightsError,
  type WeightsSurvey,
} from "./weight-files.js";
export {
  describeWeights,
  type LeftOut,
  loadBackboneWeights,
  loadNetworkWeights,
  type WeightsOptions,
  type WeightsReport,
  type WeightsSource,
} from "./weights.js";
export { findFit, isExact, type WeightsFit } from "./weights-fit.js";
