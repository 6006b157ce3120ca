// The door for pages, and for workers of theirs. Offers what the one for Node does (index.ts).

export type { RgbImage } from "@pinmem/core";
export { load } from "./browser/load.js";
export type { DrawableFrame, DrawableImage, Picture, RawImage } from "./image.js";
export type { LoadOptions, PageLoadOptions } from "./load-options.js";
export { ModelMemory } from "./memory.js";
export {
  Model,
  type ModelClass,
  type PictureLabels,
  type SegmentOptions,
  type WriteOptions,
} from "./model.js";
export { ModelError } from "./model-error.js";
export type { LoadProgress } from "./model-files.js";
export type { Engine, Segmentation, SegmentProgress } from "./runner.js";
export type { Stroke } from "./strokes.js";
