// What a page and a trainer share, without libtorch and without Node: random numbers, label spaces and their colors, raster,
// tiling and metrics over bytes. What checks files, and so needs a schema library, is @pinmem/core/formats.

export { closest, orWhat } from "./closest.js";
export { duration } from "./duration.js";
export { INSPECTION_FILE, type InspectionPart, inspectionParts } from "./formats/inspection.js";
export { isNestedDeeper, TOO_DEEP } from "./formats/nesting.js";
export {
  type Color,
  cityscapes19,
  defineLabelSpace,
  IGNORE_INDEX,
  type LabelClass,
  type LabelClassDescription,
  type LabelFileDescription,
  type LabelSpace,
  type LabelSpaceDescription,
  trainId,
} from "./labels/label-space.js";
export { BoundaryCounts, boundary, boundaryDistance } from "./metrics/boundary-iou.js";
export { ConfusionMatrix } from "./metrics/confusion-matrix.js";
export { type CosineCell, cosineCells, writtenPairs, writtenRows } from "./metrics/cosines.js";
export { classIoU, meanIoU, meanOf } from "./metrics/mean-iou.js";
export { type Scores, scoresOf } from "./metrics/scores.js";
export { stateOf, Tally, type TallyOptions, type TallyState } from "./metrics/tally.js";
export { Random, type RandomPosition } from "./random.js";
export { cutWindow } from "./raster/cut.js";
export { type Exposure, exposed } from "./raster/exposure.js";
export { BLEND, contrasted, type HeatScale, heatMap, rawLimit } from "./raster/heat-maps.js";
export { kernelsFor } from "./raster/kernels.js";
export type { LabelImage } from "./raster/label-image.js";
export { areaShares, areStrokes, type LabelMap, sampledShares, strokeShares } from "./raster/label-shares.js";
export { LONGEST_SIDE, MOST_PIXELS } from "./raster/picture-limits.js";
export { type PixelGrid, pickSamples, pickThrough, type Samples } from "./raster/pixel-grid.js";
export {
  BicubicResizer,
  nearestIndices,
  type ResizeRequest,
  type RgbImage,
  type Size,
  sourceWindow,
  type Window,
} from "./raster/resize.js";
export { rotateImage, rotateLabel } from "./raster/rotate.js";
export { viridis } from "./raster/viridis.js";
export { DEFAULT_MEMORY, forwardBytes, isMeasured, type MemoryUse } from "./tiling/memory-estimate.js";
export { type TileAxis, tileAxis } from "./tiling/tile-axis.js";
export { tileSize } from "./tiling/tile-size.js";
export { windowStarts } from "./tiling/windows.js";
