// Pictures of pixels within drawings: embedded as PNG, brought to the size at which they are shown.

import type { RgbImage } from "@pinmem/core";
import { libvips } from "../../images/libvips.js";
import type { Drawing } from "./svg.js";

export interface RasterOptions {
  /** Shown so wide; the height follows. */
  readonly width: number;
  /** Whether values between pixels mean something (photographs, heat maps) or not (labels). */
  readonly smooth: boolean;
}

// Drawings are turned into PNG at twice their size: so many pixels can be seen of an embedded one.
const DENSITY = 2;

/** An image as part of a drawing. */
export async function raster(image: RgbImage, { width, smooth }: RasterOptions): Promise<Drawing> {
  const height = shownHeight(image, width);
  const sharp = await libvips();
  const reader = sharp(image.pixels, { raw: { width: image.width, height: image.height, channels: 3 } });
  const wanted = Math.round(width * DENSITY);
  // Viewers enlarge what is smooth as well as can be done here.
  if (smooth ? image.width > wanted : image.width !== wanted) {
    const kernel = smooth ? "lanczos3" : "nearest";
    reader.resize(wanted, Math.round(height * DENSITY), { kernel, fit: "fill" });
  }
  const png = await reader.png({ compressionLevel: 6, adaptiveFiltering: smooth }).toBuffer();
  const data = `data:image/png;base64,${png.toString("base64")}`;
  return {
    width,
    height,
    body: `<image width="${width}" height="${height}" preserveAspectRatio="none" xlink:href="${data}"/>`,
  };
}

export const shownHeight = (
  image: { readonly width: number; readonly height: number },
  width: number,
): number => Math.max(Math.round((image.height * width) / image.width), 1);
