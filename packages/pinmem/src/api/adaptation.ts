// What those see who fit a trained network to a place.

export { type LookOptions, lookAtPictures, type PlacePicture } from "../adaptation/look-at-pictures.js";
export { findPlacePictures, type PlaceFiles, type PlacePictures } from "../adaptation/place-pictures.js";
export {
  type LabeledPictures,
  type WriteMemoryOptions,
  writeMemory,
} from "../adaptation/write-memory.js";
export { findPlace, type Place } from "../inference/place.js";
export { PlaceStatistics, type PlaceStatisticsOptions } from "../inference/place-statistics.js";
export type { AdaptOptions, AdaptProgress } from "../runs/adapt-options.js";
export { type Adaptation, adaptToPlace } from "../runs/adapt-to-place.js";
export type { AdaptationRecord } from "../runs/adaptation-record.js";
export { type CalibrateOptions, calibrate } from "../runs/calibrate.js";
export type { Calibration } from "../runs/calibration.js";
export { describeAdaptation } from "../runs/describe-adaptation.js";
export { type OpenRunAtPlaceOptions, openRunAtPlace } from "../runs/open-run.js";
