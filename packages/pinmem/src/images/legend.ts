// Names and colors of classes as a picture, to stand below others.

import type { Color, RgbImage } from "@pinmem/core";
import { libvips } from "./libvips.js";

const GAP = 6;
const CELL = { width: 150, height: 24 };
/** That drawings can have; the rest of a wider picture's legend stays white. */
const WIDEST = 32_767;

/** A swatch and a name for each entry. Without fonts on the machine the names are boxes; `pinmem doctor` says so. */
export async function drawLegend(
  entries: readonly { readonly name: string; readonly color: Color }[],
  width: number,
): Promise<RgbImage> {
  const drawn = Math.min(width, WIDEST);
  const across = Math.max(Math.floor(drawn / CELL.width), 1);
  const height = Math.ceil(entries.length / across) * CELL.height + GAP;
  const shapes = entries.map(({ name, color }, at) => {
    const [x, y] = [GAP + (at % across) * CELL.width, GAP / 2 + Math.floor(at / across) * CELL.height];
    const text = `<text x="${x + 22}" y="${y + 14}" font-family="sans-serif" font-size="13">${escapeXml(name)}</text>`;
    return `<rect x="${x}" y="${y + 2}" width="16" height="16" fill="rgb(${color.join(",")})"/>${text}`;
  });
  const svg = `<svg xmlns="http://www.w3.org/2000/svg" width="${drawn}" height="${height}">${shapes.join("")}</svg>`;
  const sharp = await libvips();
  const { data, info } = await sharp(Buffer.from(svg))
    .flatten({ background: "white" })
    .removeAlpha()
    .extend({ right: width - drawn, background: "white" })
    .toColourspace("srgb")
    .raw()
    .toBuffer({ resolveWithObject: true });
  return { width: info.width, height: info.height, pixels: data };
}

const escapeXml = (text: string) => text.replace(/[&<>]/g, (sign) => `&#${sign.charCodeAt(0)};`);

/** One picture above another of the same width. */
export function stack(above: RgbImage, below: RgbImage): RgbImage {
  const pixels = new Uint8Array(above.pixels.length + below.pixels.length);
  pixels.set(above.pixels);
  pixels.set(below.pixels, above.pixels.length);
  return { width: above.width, height: above.height + below.height, pixels };
}
