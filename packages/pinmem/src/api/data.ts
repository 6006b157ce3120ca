// What users of the data side see. Everything else in this folder is how it is done.

export type { RgbImage, Size, Window } from "@pinmem/core";
export {
  type Color,
  cityscapes19,
  defineLabelSpace,
  IGNORE_INDEX,
  type LabelClass,
  type LabelSpace,
  type LabelSpaceDescription,
  Random,
  type RandomPosition,
  trainId,
} from "@pinmem/core";
export {
  renderStreet,
  type StreetDomain,
  type StreetImage,
  type StreetRequest,
  streetDomains,
} from "@pinmem/streets";
export {
  type Dataset,
  type DatasetOptions,
  defineDataset,
  openDataset,
  type Sample,
  type SceneSample,
} from "../datasets/dataset.js";
export type { DatasetDefinition, FileSample } from "../datasets/definition.js";
export { type LabelDecoding, trainIdDecoding, valueDecoding } from "../datasets/label-decoding.js";
export { type PrepareIddOptions, prepareIdd } from "../datasets/sets/idd-polygons.js";
export { datasetDefinition, datasetNames, openNamedDataset } from "../datasets/sets/index.js";
export { type StreetsOptions, streetsDataset } from "../datasets/sets/streets.js";
export { DataError } from "../files/data-error.js";
export { colorLabel } from "../images/color-label.js";
export { type ImageOptions, readImage } from "../images/image.js";
export { writeLabelPng, writeRgbPng } from "../images/write-png.js";
export {
  type BatchTensorOptions,
  type BatchTensors,
  batchTensors,
  imageNetNormalization,
  imageTensor,
  type Normalization,
  normalize,
} from "../loading/batch-tensors.js";
export { type CheckReport, checkDataset } from "../loading/check.js";
export { type ClassPlacesOptions, findClassPlaces } from "../loading/class-places.js";
export { contactSheet } from "../loading/contact-sheet.js";
export {
  type EvaluationImage,
  type EvaluationOptions,
  evaluationImages,
  type ImageProblem,
} from "../loading/evaluation-loader.js";
export { type SurveyOptions, surveyLabels } from "../loading/label-survey.js";
export { type Batch, type EpochRange, Loader, type LoaderOptions } from "../loading/loader.js";
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
} from "../loading/sampling.js";
export { gaussianBlur } from "../loading/transforms/blur.js";
export {
  adjustBrightness,
  adjustContrast,
  adjustHue,
  adjustSaturation,
} from "../loading/transforms/color.js";
export {
  type CenterCropOptions,
  type CropPlan,
  planCenterCrop,
  planHeight,
  planTrainingCrop,
  planWhole,
  type TrainingCropOptions,
} from "../loading/transforms/geometric.js";
export {
  drawPhotometric,
  normalAugmentation,
  type PhotometricDraw,
  type PhotometricOptions,
  photometric,
  strongAugmentation,
} from "../loading/transforms/photometric.js";
