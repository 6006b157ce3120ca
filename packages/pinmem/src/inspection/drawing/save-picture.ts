// A drawing as two files, SVG and PNG. The PNG is made from the SVG by libvips with librsvg, which takes the machine's
// fonts; where there are none, its texts are missing, and `canDrawText` tells so beforehand.

import { join } from "node:path";
import { writeWhole } from "../../files/atomic-write.js";
import { libvips } from "../../images/libvips.js";
import { type Drawing, svgFile, text } from "./svg.js";

/** Of the PNG, per unit of the drawing. */
const PIXELS = 2;
const SVG_DPI = 72;

/** Files of a picture, within the folder. */
export interface PictureFiles {
  readonly svg: string;
  readonly png: string;
}

/** Writes `NAME.svg` and `NAME.png` into a folder. */
export async function savePicture(folder: string, name: string, drawing: Drawing): Promise<PictureFiles> {
  const files = { svg: `${name}.svg`, png: `${name}.png` };
  const svg = svgFile(drawing);
  const png = await render(svg);
  await writeWhole(join(folder, files.svg), svg);
  await writeWhole(join(folder, files.png), png);
  return files;
}

/** Whether texts come out in PNG files: whether this machine has a font. */
export async function canDrawText(): Promise<boolean> {
  const body = text(2, 16, "M", { size: 16 });
  const sharp = await libvips();
  const { channels } = await sharp(await render(svgFile({ width: 20, height: 20, body }))).stats();
  return channels.some(({ min }) => min < 128);
}

async function render(svg: string): Promise<Buffer> {
  const sharp = await libvips();
  // Pictures of many images are large, and they come from here: no limit of libxml2's is needed.
  return await sharp(Buffer.from(svg), { density: SVG_DPI * PIXELS, unlimited: true })
    .flatten({ background: "white" })
    .png({ compressionLevel: 6, adaptiveFiltering: true })
    .toBuffer();
}
