// The views of an image that a protocol asks for: in which sizes, mirrored or not. Resized as Pillow resizes, in 8 bits,
// since the official code does: it mirrors first, then resizes.

import type { BicubicResizer, RgbImage, Size } from "@pinmem/core";
import type { Protocol } from "@pinmem/core/formats";
import { type CropPlan, planCenterCrop, planWhole } from "../loading/transforms/geometric.js";

export interface View {
  /** Of the image as the network sees it. */
  readonly size: Size;
  /** Relative to the image's own size, or to the height that the protocol wants. */
  readonly scale: number;
  readonly mirrored: boolean;
}

/** All views of an image of this size; those that are not mirrored first, as the official code. */
export function viewsOf({ scales, flip, resize }: Protocol, { width, height }: Size): View[] {
  const base =
    typeof resize === "string"
      ? { width, height }
      : { width: Math.max(1, Math.trunc((width / height) * resize.height)), height: resize.height };
  const scaled = (scale: number): Size => ({
    width: Math.max(1, Math.trunc(base.width * scale)),
    height: Math.max(1, Math.trunc(base.height * scale)),
  });
  const turns = flip ? [false, true] : [false];
  return turns.flatMap((mirrored) => scales.map((scale) => ({ size: scaled(scale), scale, mirrored })));
}

/** The pixels of a view, which hold when others are shown; the image's own where nothing changes. */
export function show(image: RgbImage, { size, mirrored }: View, resizer: BicubicResizer): RgbImage {
  const turned = mirrored ? mirror(image) : image;
  if (size.width === image.width && size.height === image.height) return turned;
  const request = {
    from: { width: image.width, height: image.height },
    to: size,
    window: { left: 0, top: 0, ...size },
  };
  return { ...size, pixels: resizer.resize(turned, { left: 0, top: 0 }, request).slice() };
}

function mirror({ width, height, pixels }: RgbImage): RgbImage {
  const mirrored = new Uint8Array(pixels.length);
  for (let row = 0; row < height; row++) {
    let from = row * width * 3;
    for (let to = from + (width - 1) * 3; from <= row * width * 3 + (width - 1) * 3; from += 3, to -= 3) {
      mirrored[to] = pixels[from] as number;
      mirrored[to + 1] = pixels[from + 1] as number;
      mirrored[to + 2] = pixels[from + 2] as number;
    }
  }
  return { width, height, pixels: mirrored };
}

/** What the protocol does to image and label before anything is predicted or counted. */
export function planOf({ resize }: Protocol): (source: Size) => CropPlan {
  if (resize !== "mapillary-official" && resize !== "mapillary-corrected") return planWhole;
  const padding = resize === "mapillary-official" ? "official" : "ignored";
  const side = 1536;
  return (source) => planCenterCrop(source, { size: { width: side, height: side }, height: side, padding });
}

/** Pixels of a view of which the scores of 19 classes take 2.5 GB. */
const LARGEST_VIEW = 2 ** 25;

/** Pixels of the largest image whose views, and scores of so many classes, stay within what is sensible to keep in memory. */
export function largestImage({ scales }: Protocol, classes: number): number {
  const enlarged = Math.max(1, ...scales) ** 2;
  return Math.floor((LARGEST_VIEW / enlarged) * Math.min(1, 19 / classes));
}
