// The networks.

export type { BorderRelaxedOptions } from "../losses/border-relaxed.js";
export type { ImageWeightedOptions } from "../losses/image-weighted.js";
export type { LabelOptions } from "../losses/labels.js";
export { type CohesionOptions, classificationLoss, cohesionLoss, divergenceLoss } from "../losses/memory.js";
export { auxiliaryLoss, type SegmentationLossOptions, segmentationLoss } from "../losses/segmentation.js";
export {
  ClassMemory,
  type ClassMemoryOptions,
  type MemoryReading,
  type ReadInput,
  type WriteInput,
} from "../memory/class-memory.js";
export type { ClassSums } from "../memory/class-sums.js";
export type { NoiseSource } from "../memory/gumbel-noise.js";
export { type LabelWeightOptions, labelWeights } from "../memory/label-weights.js";
export type { ReadOptions } from "../memory/read-options.js";
export {
  addJointLora,
  addLora,
  Lora,
  type LoraOptions,
  mergeAttention,
  mergeProjection,
} from "../models/adapters/lora.js";
export { addVotes } from "../models/add-votes.js";
export { BackboneNetwork, type NetworkParts } from "../models/backbone-network.js";
export {
  Backbone,
  type BackboneOptions,
  type BackboneOutput,
  type BackboneParts,
  type OutputStride,
} from "../models/backbones/backbone.js";
export { planStrides, type StageStride } from "../models/backbones/dilation.js";
export { type BackboneName, backboneNames } from "../models/backbones/names.js";
export {
  comparePublished,
  fromPublished,
  type PublishedNames,
  type PublishedTensor,
  type Publisher,
  publisherOf,
  toPublished,
} from "../models/backbones/published-names.js";
export { type BackboneFactory, createBackbone, registerBackbone } from "../models/backbones/registry.js";
export { type Block, Stage, type StageModule, type StageOutput } from "../models/backbones/stage.js";
export { Attention, allowSecondDerivatives } from "../models/backbones/vit/attention.js";
export { TransformerBlock, TransformerStage } from "../models/backbones/vit/block.js";
export {
  type ConvNextConfig,
  dinov2,
  dinov3,
  type FoundationConfig,
  type FoundationName,
  foundationConfigs,
  foundationNames,
  isTransformer,
  type PositionRule,
  type TransformerConfig,
} from "../models/backbones/vit/config.js";
export { ConvNext } from "../models/backbones/vit/conv-next.js";
export { foundationBackbone } from "../models/backbones/vit/create.js";
export { interpolated } from "../models/backbones/vit/positions.js";
export { convNextNames, transformerNames } from "../models/backbones/vit/published.js";
export { createRope, inverseFrequencies } from "../models/backbones/vit/rope.js";
export { VisionTransformer } from "../models/backbones/vit/vision-transformer.js";
export {
  type DescribeOptions,
  describe,
  formatDescription,
  type NetworkDescription,
  type PartDescription,
} from "../models/describe.js";
export { type HeadDefinition, type HeadName, registerHead } from "../models/heads/registry.js";
export { type InferenceOptions, prepareForInference } from "../models/inference.js";
export { type MemoryFormat, memoryFormats, setMemoryFormat } from "../models/memory-format.js";
export { createNetwork, type NetworkOptions, NetworkOptionsError, networkSchema } from "../models/network.js";
export { type NetworkFactory, type OwnNetworkOptions, registerNetwork } from "../models/network-registry.js";
export { PairVariances } from "../models/normalization/covariance.js";
export { type InstanceWhitening, whiteningLayers } from "../models/normalization/instance-whitening.js";
export {
  fromOfficialWhitening,
  type NormalizationKind,
  type NormalizationPlacement,
  normalizationKinds,
} from "../models/normalization/placement.js";
export {
  type Selection,
  WhiteningLoss,
  type WhiteningLossOptions,
} from "../models/normalization/whitening-loss.js";
export { decodeWith, type Segmentation, segment } from "../models/segment.js";
export { SegmentationNetwork } from "../models/segmentation-network.js";
export type { Encoding, TrainableNetwork } from "../models/trainable-network.js";
export {
  describeWeights,
  type LeftOut,
  loadBackboneWeights,
  loadNetworkWeights,
  type WeightsOptions,
  type WeightsReport,
  type WeightsSource,
} from "../models/weights/load-weights.js";
export {
  readWeights,
  surveyWeights,
  type TensorSurvey,
  WeightsError,
  type WeightsSurvey,
} from "../models/weights/weight-files.js";
export { findFit, isExact, type WeightsFit } from "../models/weights/weights-fit.js";
export { cachedWeights, NoCachedWeightsError, weightsFolder } from "../pretrained/cache.js";
export { type PublishedWeights, publishedWeights, type WeightsOrigin } from "../pretrained/catalog.js";
export { type FoundationWeights, foundationWeights } from "../pretrained/foundation-catalog.js";
export { type PulledWeights, type PullOptions, pullWeights } from "../pretrained/pull.js";
export { PullError } from "../web/pull-error.js";
