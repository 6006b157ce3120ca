// Pictures as another place might show them: what is known of the sources is tried under changes of light, air and camera,
// so that what is fitted for unseen places never sees one. Everything is drawn from (seed, index, kind) alone.
//
// darkness  less light: a gamma curve, a cast of color, and the sensor's noise that comes with it
// fog       light scattered between camera and scene, more of it towards the horizon
// blur      an unsharp lens
// noise     a sensor's noise
// colors    the strong photometric augmentation of training

import { Random, type RgbImage } from "@pinmem/core";
import { fromTypedArray, scope, type Tensor } from "@pinmem/torch";
import { gaussianBlur } from "../loading/transforms/blur.js";
import { drawPhotometric, photometric, strongAugmentation } from "../loading/transforms/photometric.js";

export const shiftKinds = ["darkness", "fog", "blur", "noise", "colors"] as const;
export type ShiftKind = (typeof shiftKinds)[number];

export interface ShiftDraw {
  readonly kind: ShiftKind;
  readonly seed: number;
  /** Of the picture. */
  readonly index: number;
}

/** A picture under a shift. The same draw gives the same bytes. */
export function shifted(image: RgbImage, { kind, seed, index }: ShiftDraw): RgbImage {
  const random = new Random({ seed, index, stream: `shift ${kind}` });
  return shifts[kind](image, random);
}

const shifts: Readonly<Record<ShiftKind, (image: RgbImage, random: Random) => RgbImage>> = {
  darkness(image, random) {
    const gamma = random.uniform(1.5, 3);
    const gain = random.uniform(0.4, 0.9);
    const cast = [random.uniform(0.8, 1.2), random.uniform(0.9, 1.1), random.uniform(0.7, 1.2)] as const;
    const curves = cast.map((factor) => curve((value) => gain * factor * value ** gamma));
    return withNoise(mapped(image, curves), random.uniform(0.005, 0.02), random);
  },
  fog(image, random) {
    const density = random.uniform(0.35, 0.75);
    const horizon = random.uniform(0.3, 0.5);
    const reach = random.uniform(0.4, 0.9);
    const air = random.uniform(0.65, 0.85) * 255;
    const { width, height, pixels } = image;
    const result = new Uint8Array(pixels.length);
    for (let y = 0; y < height; y++) {
      // Rows near the horizon show what is far away.
      const share = density * Math.exp(-(((y / height - horizon) / reach) ** 2));
      for (let at = y * width * 3; at < (y + 1) * width * 3; at++) {
        result[at] = Math.round((1 - share) * (pixels[at] as number) + share * air);
      }
    }
    return { width, height, pixels: result };
  },
  blur(image, random) {
    const sigma = random.uniform(0.004, 0.012) * Math.min(image.width, image.height);
    return through(image, (image_13HW) => gaussianBlur(image_13HW, [sigma]));
  },
  noise: (image, random) => withNoise(image, random.uniform(0.03, 0.1), random),
  colors(image, random) {
    const draw = drawPhotometric(random, { ...strongAugmentation, blur: null });
    return through(image, (image_13HW) => photometric(image_13HW, [draw]));
  },
};

/** The byte of each byte under a function from [0, 1] to where it is cut off. */
const curve = (of: (value: number) => number): Uint8Array =>
  Uint8Array.from({ length: 256 }, (_, byte) => Math.round(255 * Math.min(1, Math.max(0, of(byte / 255)))));

function mapped({ width, height, pixels }: RgbImage, curves: readonly Uint8Array[]): RgbImage {
  const result = new Uint8Array(pixels.length);
  for (let at = 0; at < pixels.length; at++)
    result[at] = (curves[at % 3] as Uint8Array)[pixels[at] as number] as number;
  return { width, height, pixels: result };
}

/** Normal noise of a standard deviation as a fraction of white. */
function withNoise({ width, height, pixels }: RgbImage, deviation: number, random: Random): RgbImage {
  const result = new Uint8Array(pixels.length);
  for (let at = 0; at < pixels.length; at++) {
    const value = (pixels[at] as number) + 255 * deviation * random.normal();
    result[at] = Math.round(Math.min(255, Math.max(0, value)));
  }
  return { width, height, pixels: result };
}

/** A change of values from 0 to 1, (1, 3, H, W). */
function through({ width, height, pixels }: RgbImage, change: (image_13HW: Tensor) => Tensor): RgbImage {
  return scope(() => {
    const image = fromTypedArray(pixels, [1, height, width, 3]).permute([0, 3, 1, 2]).to("float32").div(255);
    const bytes = change(image).clamp({ min: 0, max: 1 }).mul(255).round().to("uint8");
    return {
      width,
      height,
      pixels: bytes.permute([0, 2, 3, 1]).contiguous().toTypedArray() as Uint8Array,
    };
  });
}
