// Random changes of color and sharpness, as batched tensor operations on the device. What happens to an image is drawn
// from (seed, epoch, position) alone.
//
// Parameters are the official code's (datasets/__init__.py): colors change for half of the images, or for all and more
// strongly for the meta-test domains; blur always. One deviation: it works on 8-bit images and rounds after every step
// (after blur it cuts off, which darkens by half a gray level); we keep the numbers as they come.
//
// B images, H W resolution.

import type { Random } from "@pinmem/core";
import { cat, fromTypedArray, scope, type Tensor } from "@pinmem/torch";
import { gaussianBlur } from "./blur.js";
import { adjustBrightness, adjustContrast, adjustHue, adjustSaturation } from "./color.js";

export interface PhotometricOptions {
  /** Factors are drawn from 1 - x to 1 + x, from 0 on. */
  readonly brightness?: number;
  readonly contrast?: number;
  readonly saturation?: number;
  /** Turns are drawn from -x to x of the circle; at most 0.5. */
  readonly hue?: number;
  /** Share of the images whose colors change. */
  readonly probability?: number;
  /** Standard deviation of the blur in pixels, lowest and highest; null: none. */
  readonly blur?: readonly [lowest: number, highest: number] | null;
}

const blur = [0.15, 1.3] as const;

/** For training: the official code's normal augmentation. */
export const normalAugmentation: PhotometricOptions = {
  brightness: 0.4,
  contrast: 0.4,
  saturation: 0.4,
  hue: 0.1,
  probability: 0.5,
  blur,
};

/** For the meta-test domains: the official code's hard augmentation. */
export const strongAugmentation: PhotometricOptions = {
  brightness: 0.8,
  contrast: 0.8,
  saturation: 0.8,
  hue: 0.3,
  probability: 1,
  blur,
};

const adjustments = {
  brightness: adjustBrightness,
  contrast: adjustContrast,
  saturation: adjustSaturation,
  hue: adjustHue,
} as const;

type Adjustment = keyof typeof adjustments;

/** What happens to one image, in this order; then blur. */
export interface PhotometricDraw {
  readonly adjustments: readonly (readonly [kind: Adjustment, amount: number])[];
  readonly sigma: number | undefined;
}

/**
 * Draws what is done to the colors of one image: how strongly, in which order, and the blur.
 * @throws RangeError where a strength is out of range
 */
export function drawPhotometric(random: Random, options: PhotometricOptions): PhotometricDraw {
  checkPhotometric(options);
  const {
    brightness = 0,
    contrast = 0,
    saturation = 0,
    hue = 0,
    probability = 1,
    blur: range = null,
  } = options;
  const factor = (strength: number) => random.uniform(Math.max(1 - strength, 0), 1 + strength);
  const changes = random.bernoulli(probability);
  const all: readonly (readonly [Adjustment, number])[] = [
    ["brightness", factor(brightness)],
    ["contrast", factor(contrast)],
    ["saturation", factor(saturation)],
    ["hue", random.uniform(-hue, hue)],
  ];
  const order = [...random.randperm(all.length)].map((at) => all[at] as (typeof all)[number]);
  const sigma = range === null ? undefined : random.uniform(...range);
  const strength = { brightness, contrast, saturation, hue };
  return { adjustments: changes ? order.filter(([kind]) => strength[kind] > 0) : [], sigma };
}

/** Changes each image of a batch with values from 0 to 1 as was drawn for it. */
export function photometric(image_B3HW: Tensor, draws: readonly PhotometricDraw[]): Tensor {
  const images = image_B3HW.size(0);
  if (draws.length !== images) {
    throw new RangeError(`photometric: ${images} images need as many draws, got ${draws.length}`);
  }
  return scope(() => {
    let result = image_B3HW;
    const steps = Math.max(...draws.map((draw) => draw.adjustments.length));
    for (let step = 0; step < steps; step++) {
      result = byGroups(
        result,
        (image) => draws[image]?.adjustments[step]?.[0],
        (kind, part, members) => {
          const amounts = members.map((image) => draws[image]?.adjustments[step]?.[1] ?? 0);
          const amount_B = fromTypedArray(Float32Array.from(amounts), [members.length], {
            device: part.device,
          });
          return adjustments[kind](part, amount_B.to(part.dtype));
        },
      );
    }
    return byGroups(
      result,
      (image) => (draws[image]?.sigma === undefined ? undefined : "blur"),
      (_, part, members) =>
        gaussianBlur(
          part,
          members.map((image) => draws[image]?.sigma ?? 0),
        ),
    );
  });
}

/** Applies one operation to the images that share a key, the next to the next; images without a key stay as they are. */
function byGroups<K extends string>(
  image_B3HW: Tensor,
  keyOf: (image: number) => K | undefined,
  apply: (key: K, part: Tensor, members: readonly number[]) => Tensor,
): Tensor {
  const groups = new Map<K | undefined, number[]>();
  for (let image = 0; image < image_B3HW.size(0); image++) {
    const key = keyOf(image);
    groups.set(key, [...(groups.get(key) ?? []), image]);
  }
  const run = (key: K | undefined, part: Tensor, members: readonly number[]) =>
    key === undefined ? part : apply(key, part, members);
  const [only, ...others] = groups;
  if (only && others.length === 0) return run(only[0], image_B3HW, only[1]);
  const rows = (list: readonly number[]) =>
    fromTypedArray(BigInt64Array.from(list, BigInt), [list.length], { device: image_B3HW.device });
  const parts = [...groups].map(([key, members]) =>
    run(key, image_B3HW.indexSelect(0, rows(members)), members),
  );
  const placed = [...groups.values()].flat();
  const back = placed.map((_, image) => placed.indexOf(image));
  return cat(parts).indexSelect(0, rows(back));
}

/** Checks options where they are given, before the first image is read. */
export function checkPhotometric(options: PhotometricOptions): void {
  const {
    brightness = 0,
    contrast = 0,
    saturation = 0,
    hue = 0,
    probability = 1,
    blur: range = null,
  } = options;
  for (const [name, value] of Object.entries({ brightness, contrast, saturation })) {
    if (!(value >= 0)) throw new RangeError(`photometric: ${name} is ${value}, but must be 0 or more`);
  }
  if (!(hue >= 0 && hue <= 0.5))
    throw new RangeError(`photometric: hue is ${hue}, but must be from 0 to 0.5`);
  if (!(probability >= 0 && probability <= 1)) {
    throw new RangeError(`photometric: probability is ${probability}, but must be from 0 to 1`);
  }
  if (range !== null && !(range[0] > 0 && range[0] <= range[1] && range[1] <= 32)) {
    throw new RangeError(
      `photometric: blur is [${range}], but must be two widths from above 0 to 32, the lower first`,
    );
  }
}
