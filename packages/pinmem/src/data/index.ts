// What users of the data side see. Everything else in this folder is how it is done.

export {
  type BatchTensorOptions,
  type BatchTensors,
  batchTensors,
  imageNetNormalization,
  imageTensor,
  type Normalization,
  normalize,
} from "./batch-tensors.js";
export { type CheckReport, checkDataset } from "./check.js";
export { type ClassPlacesOptions, findClassPlaces } from "./class-places.js";
export { colorLabel, contactSheet } from "./contact-sheet.js";
export { DataError } from "./data-error.js";
export {
  type Dataset,
  type DatasetDefinition,
  type DatasetOptions,
  defineDataset,
  type FileSample,
  openDataset,
  type Sample,
  type SceneSample,
} from "./dataset.js";
export { type PrepareIddOptions, prepareIdd } from "./datasets/idd-polygons.js";
export { datasetDefinition, datasetNames, openNamedDataset } from "./datasets/index.js";
export { type StreetsOptions, streetsDataset } from "./datasets/streets.js";
export {
  type EvaluationImage,
  type EvaluationOptions,
  evaluationImages,
  type ImageProblem,
} from "./evaluation-loader.js";
export { type ImageOptions, readImage } from "./image.js";
export { type LabelDecoding, trainIdDecoding, valueDecoding } from "./label-decoding.js";
export {
  type Color,
  cityscapes19,
  defineLabelSpace,
  IGNORED,
  type LabelClass,
  type LabelSpace,
  type LabelSpaceDescription,
  trainId,
} from "./label-space.js";
export { type Batch, type EpochRange, Loader, type LoaderOptions } from "./loader.js";
export { Random, type RandomPosition } from "./random.js";
export type { RgbImage, Size, Window } from "./resize.js";
export {
  asTwoDomains,
  type ClassPlaces,
  type ClassUniform,
  type DomainSamplerOptions,
  domainSampler,
  mixedSampler,
  OFFICIAL_EPOCH,
  type SampleChoice,
  type Sampler,
} from "./sampling.js";
export {
  renderStreet,
  type StreetDomain,
  type StreetImage,
  type StreetRequest,
  streetDomains,
} from "./streets/index.js";
export { gaussianBlur } from "./transforms/blur.js";
export { adjustBrightness, adjustContrast, adjustHue, adjustSaturation } from "./transforms/color.js";
export {
  type CentreCropOptions,
  type CropPlan,
  planCentreCrop,
  planHeight,
  planTrainingCrop,
  planWhole,
  type TrainingCropOptions,
} from "./transforms/geometric.js";
export {
  drawPhotometric,
  normalAugmentation,
  type PhotometricDraw,
  type PhotometricOptions,
  photometric,
  strongAugmentation,
} from "./transforms/photometric.js";
export { writeLabelPng, writeRgbPng } from "./write-png.js";
