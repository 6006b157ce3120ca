// What both doors offer: the one for Node (index.ts) and the one for pages (browser.ts), each with a `load` of its own.

export type { RgbImage } from "@pinmem/core";
export type { DrawableFrame, DrawableImage, Picture, PixelImage, RawImage } from "./image.js";
export type { PictureLabels } from "./labeled.js";
export type { LoadOptions } from "./load-options.js";
export type { Look } from "./looks.js";
export { ModelMemory } from "./memory.js";
export {
  Model,
  type ModelClass,
  type SegmentOptions,
  type SegmentPictureOptions,
  type WriteOptions,
} from "./model.js";
export { ModelError } from "./model-error.js";
export type { LoadProgress } from "./model-files.js";
export type {
  DirectionSums,
  Engine,
  PixelReading,
  RowMap,
  Segmentation,
  SegmentProgress,
} from "./runner.js";
export { paint, type Stroke } from "./strokes.js";
