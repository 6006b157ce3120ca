// What memory a prediction takes, so that tiles can be as large as a budget allows.
//
// Measured with packages/pinmem/scripts/measure-prediction-memory.mjs (libtorch 1.13, float32, AVX-512, 19 classes, images of 0.5 and
// 2 megapixels), the larger of both, in bytes for each pixel of the image at output stride 8, 16, 32:
//
//   resnet18             617  365  332
//   resnet50             744  510  446
//   wide_resnet50_2      777  505  447
//   mobilenet_v2         395  274  254
//   shufflenet_v2_x1_0   398  234  249
//
// At stride 8 it is the smaller image that takes more of the two (ResNet-18: 326 where it has 2 megapixels).
//
// Exported models compute with onnxruntime, which keeps a convolution's tiles at all their points (packages/pinmem/src/export/emitters/
// tiled-convolution.ts). Measured with packages/runtime/scripts/measure-memory.mjs (onnxruntime-node 1.30, the same images):
//
//   resnet18             923  834  877
//   resnet50            1210  841  897
//   wide_resnet50_2     1139  742    -
//   mobilenet_v2         738  363  366
//   shufflenet_v2_x1_0   784  293  274
//
// Transformers keep, beside their tokens, what every token makes of every other, in all heads; theirs is reckoned and not measured.
//
// Deeper networks of a width keep no more at a time. Below are these figures and a fifth: other libraries and normalizations
// differ.

import type { Size } from "../raster/resize.js";

export interface MemoryUse {
  /** Its name; one that is not of this package counts as the most demanding of ours. */
  readonly backbone: string;
  readonly outputStride: number;
  readonly classes: number;
  /** Of the sizes in which the network sees the image, relative to its own. Default 1. */
  readonly largestScale?: number;
  /** How often the network sees it. Default 1. */
  readonly views?: number;
  /** Whether it is an exported model. Default false. */
  readonly exported?: boolean;
  /** Of which feature its memory is. Default "encoder". */
  readonly memoryAt?: "encoder" | "decoder" | undefined;
}

/** MiB for the network's computation. A pixel of the image itself takes some ten bytes more. */
export const DEFAULT_MEMORY = 4096;

/** The scores of a row of tiles, and a part of them again while it moves up. */
export const SCORE_COPIES = 2;

type Family = "narrow" | "bottleneck" | "wide" | "mobile" | "shuffle";

/** Bytes for each pixel at output stride 8, 16, 32. */
type Need = Readonly<Record<Family, readonly [number, number, number]>>;

const inLibtorch: Need = {
  narrow: [740, 440, 400],
  bottleneck: [900, 620, 540],
  wide: [940, 610, 540],
  mobile: [480, 330, 310],
  shuffle: [480, 290, 300],
};

const inOnnxRuntime: Need = {
  narrow: [1110, 1050, 1050],
  bottleneck: [1450, 1080, 1080],
  wide: [1450, 1080, 1080],
  mobile: [890, 440, 440],
  shuffle: [940, 360, 330],
};

const families: Readonly<Record<string, Family>> = {
  resnet18: "narrow",
  resnet34: "narrow",
  resnet50: "bottleneck",
  resnet101: "bottleneck",
  resnet152: "bottleneck",
  resnext50_32x4d: "bottleneck",
  resnext101_32x8d: "wide",
  wide_resnet50_2: "wide",
  wide_resnet101_2: "wide",
  mobilenet_v2: "mobile",
  shufflenet_v2_x1_0: "shuffle",
};

/**
 * What a memory at the decoder takes beside that, at an eighth of the picture's resolution and at a quarter; likewise measured: 303 and 297
 * bytes (mobilenet_v2, shufflenet_v2_x1_0), 634 and 734 (resnet18, resnet50) in libtorch, 358 and 1150 (mobilenet_v2, resnet18) in onnxruntime.
 * Transformers, which were not, count as a quarter.
 */
const atDecoder = (family: Family): number => (family === "mobile" || family === "shuffle" ? 70 : 330);

/** Scores beyond those of the 19 classes measured: as the decoder gives them, and upsampled twice over. */
const BYTES_PER_CLASS = 8;

/** Scores of a view at the image's size, and the sum of them in double precision. */
const BYTES_PER_CLASS_OF_VIEWS = 16;

interface Transformer {
  /** Side of a patch in pixels. */
  readonly patch: number;
  readonly heads: number;
  readonly width: number;
}

/** Heads and width of transformers by the letter of their size. */
const sizesOfTransformers: Readonly<Record<string, readonly [heads: number, width: number]>> = {
  s: [6, 384],
  b: [12, 768],
  l: [16, 1024],
  g: [24, 1536],
  h: [20, 1280],
  "7b": [32, 4096],
};

/** Undefined for a backbone that is none. */
function transformerOf(backbone: string): Transformer | undefined {
  const [, generation, size] = /^dinov([23])_(?:vit(7b|[sblgh])|debug)/.exec(backbone) ?? [];
  if (generation === undefined) return undefined;
  const [heads, width] = sizesOfTransformers[size ?? ""] ?? [2, 24];
  return { patch: generation === "2" ? 14 : 16, heads, width };
}

/** Whether the maps of a backbone are patches of the picture: tiles are whole ones then. */
export const hasPatches = (backbone: string): boolean => /^dinov[23]_/.test(backbone);

/** Values of a token that live at the same time, in widths: tokens, what is projected, the widened MLP, maps of the head. */
const WIDTHS_PER_TOKEN = 16;
/** Scores of attention, and their softmax. */
const SCORES_OF_ATTENTION = 2;

const transformerBytes = (
  { width, height }: Size,
  { patch, heads, width: channels }: Transformer,
): number => {
  const tokens = Math.ceil(width / patch) * Math.ceil(height / patch);
  return 4 * (tokens * channels * WIDTHS_PER_TOKEN + heads * tokens ** 2 * SCORES_OF_ATTENTION);
};

/** Whether the need of a backbone of this name was measured. */
export const isMeasured = (backbone: string): boolean => Object.hasOwn(families, backbone);

/** Bytes that scoring an image of this size takes at its peak. */
export function forwardBytes(
  { width, height }: Size,
  {
    backbone,
    outputStride,
    classes,
    largestScale = 1,
    views = 1,
    exported = false,
    memoryAt = "encoder",
  }: MemoryUse,
): number {
  const transformer = transformerOf(backbone);
  if (transformer) {
    const seen = { width: width * largestScale, height: height * largestScale };
    const scores = width * height * classes * (BYTES_PER_CLASS + (views > 1 ? BYTES_PER_CLASS_OF_VIEWS : 0));
    const finer = memoryAt === "decoder" ? seen.width * seen.height * atDecoder("wide") : 0;
    return transformerBytes(seen, transformer) + finer + scores;
  }
  const family = families[backbone] ?? "wide";
  const [at8, at16, at32] = (exported ? inOnnxRuntime : inLibtorch)[family];
  const measured = outputStride <= 8 ? at8 : outputStride <= 16 ? at16 : at32;
  const finer = memoryAt === "decoder" ? atDecoder(family) : 0;
  const inNetwork = (measured + finer + Math.max(classes - 19, 0) * BYTES_PER_CLASS) * largestScale ** 2;
  return width * height * (inNetwork + (views > 1 ? classes * BYTES_PER_CLASS_OF_VIEWS : 0));
}
