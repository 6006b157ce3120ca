// Where a crop lies and what it shows: decided here, from random numbers and sizes alone, before any pixel is read. The
// loader then decodes only what the plan needs (apply-plan.ts).
//
// Training follows the official code (datasets/__init__.py and transforms/joint_transforms.py): one random scale for
// both axes, padding on both sides, random crop, flip. Two deviations: its crop around a class neither counts the padding
// nor always holds the class (slips; ours does both), and rotation, off by default in both, filters bilinearly here and
// bicubically there.

import type { Random, Size, Window } from "@pinmem/core";

/** What happens to an image and its label, in this order: resize, show a window of it, mirror, rotate. */
export interface CropPlan {
  /** Of the result. */
  readonly size: Size;
  /** Of the whole image after resizing. */
  readonly scaled: Size;
  /** The part of the resized image that the result shows. */
  readonly window: Window;
  /** Where in the result (before mirroring) that part lies; the rest is padding. */
  readonly at: { readonly left: number; readonly top: number };
  readonly mirrored: boolean;
  /** Degrees counter-clockwise about the center of the result. */
  readonly rotation: number;
  /** The label of padding: ignored, unless an official protocol says otherwise. */
  readonly paddingLabel: number;
}

export interface TrainingCropOptions {
  readonly size: Size;
  /** Lowest and highest factor by which images are resized. */
  readonly scale?: readonly [lowest: number, highest: number];
  /** Probability of mirroring left and right. */
  readonly flip?: number;
  /** Largest rotation to either side, in degrees. */
  readonly rotation?: number;
}

/** A pixel of the source image that the crop has to contain: for class-uniform sampling. */
export type Focus = readonly [x: number, y: number];

/** Checks the options when they are given rather than when the first image is read. */
export function checkTrainingCrop({
  size,
  scale = [0.5, 2],
  flip = 0.5,
  rotation = 0,
}: TrainingCropOptions): void {
  const integers = Number.isInteger(size.width) && Number.isInteger(size.height);
  if (!integers || size.width < 1 || size.height < 1) {
    throw new RangeError(`crop: size ${size.width}x${size.height} must be two positive integers`);
  }
  if (!(scale[0] > 0 && scale[0] <= scale[1] && scale[1] <= 16)) {
    throw new RangeError(
      `crop: scale [${scale}] must be two factors from above 0 to 16, the lower one first`,
    );
  }
  if (!(flip >= 0 && flip <= 1)) throw new RangeError(`crop: flip ${flip} must be a probability from 0 to 1`);
  if (!(rotation >= 0 && rotation <= 180)) {
    throw new RangeError(`crop: rotation ${rotation} must be from 0 to 180 degrees`);
  }
}

/** A random crop for training. The random numbers are used for nothing else. */
export function planTrainingCrop(
  source: Size,
  random: Random,
  { size, scale = [0.5, 2], flip = 0.5, rotation = 0 }: TrainingCropOptions,
  focus?: Focus,
): CropPlan {
  const factor = random.uniform(...scale);
  const scaled = {
    width: Math.max(Math.trunc(source.width * factor), 1),
    height: Math.max(Math.trunc(source.height * factor), 1),
  };
  const across = planAxis(scaled.width, size.width, random, focus && Math.trunc(focus[0] * factor));
  const down = planAxis(scaled.height, size.height, random, focus && Math.trunc(focus[1] * factor));
  const mirrored = random.bernoulli(flip);
  const degrees = rotation === 0 ? 0 : random.uniform(-rotation, rotation);
  return { ...planAt(size, scaled, across, down), mirrored, rotation: degrees };
}

/** The whole image at its own size: for evaluation. */
export function planWhole(source: Size): CropPlan {
  return planAt(source, source, 0, 0);
}

/** The whole image brought to a height, its width in proportion (cut down to whole pixels). */
export function planHeight(source: Size, height: number): CropPlan {
  return planWhole({ width: Math.max(Math.trunc((source.width / source.height) * height), 1), height });
}

export interface CenterCropOptions {
  readonly size: Size;
  /** Resize to this height first. */
  readonly height?: number;
  /**
   * `ignored`: narrow images stand in the middle and their padding is ignored. `official`: as the official code's
   * validation on Mapillary does it, where they stand off center and padding counts as class 0 (road).
   */
  readonly padding?: "ignored" | "official";
}

/** The middle of the image, padded where it is smaller: Mapillary's protocol with size 1536 x 1536, height 1536. */
export function planCenterCrop(
  source: Size,
  { size, height, padding = "ignored" }: CenterCropOptions,
): CropPlan {
  const { scaled } = height === undefined ? planWhole(source) : planHeight(source, height);
  const offset = (have: number, want: number) => {
    const start = roundHalfToEven((have - want) / 2);
    const pad = padding === "official" ? Math.max(want - have, 0) : 0;
    return start - pad;
  };
  const across = offset(scaled.width, size.width);
  const down = offset(scaled.height, size.height);
  return { ...planAt(size, scaled, across, down), paddingLabel: padding === "official" ? 0 : 255 };
}

/** Where the crop begins on one axis, counted from the resized image's first pixel; negative within the padding. */
function planAxis(have: number, want: number, random: Random, focus?: number): number {
  const pad = want > have ? Math.floor((want - have) / 2) + 1 : 0;
  const last = have + 2 * pad - want;
  if (focus === undefined) return random.randint(0, last + 1) - pad;
  const start = random.randint(focus + pad - want + 1, focus + pad + 1);
  return Math.min(Math.max(start, 0), last) - pad;
}

/** The plan that shows `size` pixels from (left, top) of the resized image on, plain; outside of it is padding. */
export function planAt(size: Size, scaled: Size, left: number, top: number): CropPlan {
  const visible = (start: number, want: number, have: number) => {
    const from = Math.max(start, 0);
    return { from, length: Math.max(Math.min(start + want, have) - from, 0), at: from - start };
  };
  const across = visible(left, size.width, scaled.width);
  const down = visible(top, size.height, scaled.height);
  return {
    size,
    scaled,
    window: { left: across.from, top: down.from, width: across.length, height: down.length },
    at: { left: across.at, top: down.at },
    mirrored: false,
    rotation: 0,
    paddingLabel: 255,
  };
}

function roundHalfToEven(value: number): number {
  const rounded = Math.round(value);
  return Math.abs(value % 1) === 0.5 && rounded % 2 !== 0 ? rounded - 1 : rounded;
}
