// Pictures that an inspection left in the folder of a run, encoded again so that a page can hold them: what a browser gets was
// decoded and written here, whatever the file was.

import { existsSync, realpathSync } from "node:fs";
import { join, relative } from "node:path";
import { z } from "zod";
import { asDataError } from "../files/data-error.js";
import { readJsonFile } from "../files/json-file.js";
import { openImage } from "../images/image.js";
import { libvips } from "../images/libvips.js";
import type { Picture } from "./run-record.js";

/** Of inspection.json (inspection/inspection.ts) what is needed here. */
const listSchema = z.object({
  pictures: z
    .array(
      z.object({
        file: z.string(),
        kind: z.string().optional(),
        title: z.string().optional(),
        caption: z.string().optional(),
        /** On the page, in pixels; the file may have more. */
        width: z.number().positive().max(10_000).optional(),
      }),
    )
    .max(200),
});

const LARGEST_LIST = 2 ** 20;
const MAX_PIXELS = 64e6;
/** Wider pictures are made smaller, in pixels. */
const WIDEST = 1600;
/** Above so many bytes a picture is compressed with loss. */
const LOSSLESS_BYTES = 60_000;
/** Without loss, which takes a second a picture, a file becomes at best 2.6 times smaller: a larger one than this need not try. */
const LOSSLESS_TRIED = 4 * LOSSLESS_BYTES;

/** The pictures that `folder`/inspection.json lists, and what is wrong with those that cannot be shown. */
export async function readPictures(folder: string): Promise<{ pictures: Picture[]; problems: string[] }> {
  const pictures: Picture[] = [];
  const problems: string[] = [];
  for (const { file, kind, title, caption, width } of readList(folder, problems)) {
    try {
      // Where links lead, too.
      const inside = relative(realpathSync(folder), realpathSync(join(folder, file)));
      if (inside.startsWith("..")) throw new Error("lies outside the folder");
      const { info, data } = await encode(join(folder, inside));
      const shown = Math.round(Math.min(width ?? info.width, info.width));
      pictures.push({
        kind: kind ?? "picture",
        title: title ?? file,
        caption: caption ?? "",
        width: shown,
        height: Math.round((info.height * shown) / info.width),
        dataUri: `data:image/webp;base64,${data.toString("base64")}`,
      });
    } catch (error) {
      problems.push(`inspection/${file} cannot be shown: ${asDataError(file, error).problem}`);
    }
  }
  return { pictures, problems };
}

function readList(folder: string, problems: string[]): z.output<typeof listSchema>["pictures"] {
  const file = join(folder, "inspection.json");
  if (!existsSync(file)) return [];
  try {
    return listSchema.parse(readJsonFile(file, LARGEST_LIST)).pictures;
  } catch (error) {
    const problem = error instanceof z.ZodError ? "is no list of pictures" : asDataError(file, error).problem;
    problems.push(`inspection/inspection.json ${problem}`);
    return [];
  }
}

async function encode(file: string): Promise<{ data: Buffer; info: { width: number; height: number } }> {
  const { bytes } = await openImage(file, { maxPixels: MAX_PIXELS });
  const sharp = await libvips();
  const picture = sharp(bytes, { limitInputPixels: MAX_PIXELS })
    .rotate()
    .resize({ width: WIDEST, withoutEnlargement: true });
  if (bytes.length <= LOSSLESS_TRIED) {
    const lossless = await picture.clone().webp({ lossless: true }).toBuffer({ resolveWithObject: true });
    if (lossless.data.length <= LOSSLESS_BYTES) return lossless;
  }
  return await picture.webp({ quality: 78 }).toBuffer({ resolveWithObject: true });
}
