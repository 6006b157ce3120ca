// One image through a trained network: what it sees in every pixel, and how sure it is. In one piece where the memory budget
// allows it, in overlapping tiles otherwise.
//
// Not here: files in and out (predict-files.ts) and scores against labels (evaluation/).

import { DEFAULT_MEMORY, type MemoryUse, type RgbImage, tileSize } from "@pinmem/core";
import { scope, type Tensor } from "@pinmem/torch";
import { decodeImage, openImage } from "../images/image.js";
import { memoryAtOf } from "../models/backbone-network.js";
import { networkName } from "../recipes/network-name.js";
import type { OpenRun } from "../runs/open-run.js";
import { ScoresAtHeight, shownAt } from "./at-height.js";
import { scoreImage } from "./score-image.js";
import { scorerOf, type ViewOptions } from "./scorer.js";

export interface PredictImageOptions extends ViewOptions {
  /** MiB for the network's computation; larger images are tiled. Pixels, in and out, come on top. Default 4096. */
  readonly memory?: number;
  /** The network sees the image at this height, 16 to 16384; the answer has the image's own size. Default: as it is. */
  readonly height?: number;
  /** Whether to return the logits, 4 bytes for each class and pixel; of several views, logarithms of probabilities. Default false. */
  readonly logits?: boolean;
  /** Files of images with more pixels than this are refused before they are unpacked. Default 100 million. */
  readonly maxPixels?: number;
}

export interface Prediction {
  readonly width: number;
  readonly height: number;
  /** The class of every pixel, row by row: its position in `run.space.classes`. */
  readonly trainIds: Uint8Array;
  /** The probability that the network gives this class, 0 to 1. */
  readonly confidence: Float32Array;
  /** Class by class, each row by row; where they were asked for. */
  readonly logits?: Float32Array;
}

/**
 * Segments an image. Calls with one network follow one another.
 *
 * @param image a file (JPEG, PNG, WebP, AVIF, TIFF, GIF, BMP; its EXIF orientation is followed), or rows of red, green, blue bytes
 * @throws DataError where the file cannot be used; RangeError where pixels do not fit the size, or the memory budget is too
 *   small for any tile
 */
export async function predictImage(
  run: Pick<OpenRun, "network" | "recipe" | "space"> & Partial<Pick<OpenRun, "normalization" | "auto">>,
  image: string | RgbImage,
  {
    memory = DEFAULT_MEMORY,
    logits: wantsLogits = false,
    maxPixels,
    height: seenHeight,
    flip = false,
    scales = [1],
  }: PredictImageOptions = {},
): Promise<Prediction> {
  const pixels = typeof image === "string" ? await readPixels(image, maxPixels) : checked(image);
  const { width, height } = pixels;
  const { network, recipe, space } = run;
  const use: MemoryUse = {
    backbone: networkName(recipe.model),
    outputStride: network.outputStride,
    classes: space.classes.length,
    largestScale: Math.max(...scales),
    views: scales.length * (flip ? 2 : 1),
    memoryAt: memoryAtOf(network),
  };
  const trainIds = new Uint8Array(width * height);
  const confidence = new Float32Array(width * height);
  const logits = wantsLogits ? new Float32Array(width * height * space.classes.length) : undefined;
  const { score, withStatisticsOf, combined } = scorerOf(run, { flip, scales });
  const shown = shownAt(pixels, seenHeight);
  const tile = tileSize(shown, memory * 2 ** 20, use);
  const isWhole = shown === pixels && tile.width >= width && tile.height >= height;
  const take = (scores: Tensor, top: number) => {
    decide(scores, combined, trainIds, confidence, top * width);
    if (logits) copyPlanes(combined ? scores.log() : scores, logits, top * width, width * height);
  };
  const { outputStride } = use;
  const scoring = async () => {
    if (shown === pixels) return scoreImage(score, pixels, { tile, outputStride, finish: take });
    const seen = new ScoresAtHeight(shown);
    try {
      const finish = (scores: Tensor, top: number) => seen.add(scores, top);
      await scoreImage(score, shown, { tile, outputStride, finish });
      seen.giveAt(pixels, take);
    } finally {
      seen.dispose();
    }
  };
  await inTurn(network, () => (isWhole ? scoring() : withStatisticsOf(pixels, scoring)));
  return { width, height, trainIds, confidence, ...(logits && { logits }) };
}

const lastOf = new WeakMap<object, Promise<unknown>>();

/** Between tiles of a picture, what was found in it is noted in the network: no other comes in between. */
async function inTurn<T>(network: object, work: () => Promise<T>): Promise<T> {
  const result = (lastOf.get(network) ?? Promise.resolve()).then(work, work);
  lastOf.set(
    network,
    result.catch(() => {}),
  );
  return await result;
}

const readPixels = async (file: string, maxPixels?: number): Promise<RgbImage> =>
  decodeImage(await openImage(file, maxPixels === undefined ? {} : { maxPixels }));

function checked(image: RgbImage): RgbImage {
  const { width, height, pixels } = image;
  const whole = Number.isInteger(width) && Number.isInteger(height) && width > 0 && height > 0;
  if (whole && pixels.length === width * height * 3) return image;
  throw new RangeError(
    `predictImage: an image of ${width}x${height} pixels must hold ${width * height * 3} bytes (red, green, blue), got ${pixels.length}`,
  );
}

/** Pixels that are decided together, so that their probabilities need little memory. */
const PIXELS_AT_ONCE = 2 ** 18;

/** Class and probability of every pixel of the scores (1, K, r, W), into arrays from `offset` on. */
function decide(
  scores: Tensor,
  areProbabilities: boolean,
  trainIds: Uint8Array,
  confidence: Float32Array,
  offset: number,
): void {
  const [, , rows = 0, width = 0] = scores.shape;
  const together = Math.max(1, Math.floor(PIXELS_AT_ONCE / width));
  for (let row = 0; row < rows; row += together) {
    const count = Math.min(together, rows - row);
    const begin = offset + row * width;
    scope(() => {
      const part = scores.narrow(2, row, count);
      const [highest, best] = (areProbabilities ? part : part.softmax(1)).max(1);
      best.to("uint8").copyInto(trainIds.subarray(begin, begin + count * width));
      highest.copyInto(confidence.subarray(begin, begin + count * width));
    });
  }
}

/** The scores (1, K, r, W) as parts of K planes. */
function copyPlanes(scores: Tensor, planes: Float32Array, offset: number, plane: number): void {
  const [, classes = 0, rows = 0, width = 0] = scores.shape;
  for (let k = 0; k < classes; k++) {
    const begin = k * plane + offset;
    scores.select(1, k).copyInto(planes.subarray(begin, begin + rows * width));
  }
}
