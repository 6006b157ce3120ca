// Pictures in Node: files and their bytes are decoded by sharp, upright, without color management and without alpha, as
// `pinmem predict` does it.

import { readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { LONGEST_SIDE, MOST_PIXELS, type RgbImage } from "@pinmem/core";
import { noPicture, type OwnPicture } from "../image.js";
import { ModelError } from "../model-error.js";
import { firstLine, requestProblem } from "../onnx.js";

/** Of pixels, as libvips calls them. Drawings (SVG) are programs, which a few bytes let run for hours. */
const pictureFormats: ReadonlySet<string> = new Set(["jpeg", "png", "webp", "tiff", "gif", "heif"]);

/** @throws ModelError where a file is no picture that can be read, or sharp is not installed */
export async function pixelsOf(picture: OwnPicture, signal?: AbortSignal): Promise<RgbImage> {
  const { name, bytes } = await bytesOf(picture, signal);
  if (bytes.length === 0) throw new ModelError(`${name} is empty`);
  const sharp = await loadSharp();
  try {
    const { format, width, height } = await sharp(bytes, { limitInputPixels: false }).metadata();
    if (!pictureFormats.has(format)) throw new Error(`it is ${format}, which is no picture of pixels`);
    if (Math.max(width, height) > LONGEST_SIDE)
      throw new Error(
        `it has ${width}x${height} pixels; no side may have more than ${LONGEST_SIDE}: cut it into pieces`,
      );
    const { data, info } = await sharp(bytes, {
      limitInputPixels: MOST_PIXELS,
      failOn: "error",
      ignoreIcc: true,
    })
      .autoOrient()
      .removeAlpha()
      .toColourspace("srgb")
      .raw({ depth: "uchar" })
      .toBuffer({ resolveWithObject: true });
    return { width: info.width, height: info.height, pixels: data };
  } catch (cause) {
    throw new ModelError(`${name} cannot be decoded: ${firstLine(cause)}`, { cause });
  }
}

async function bytesOf(
  picture: OwnPicture,
  signal?: AbortSignal,
): Promise<{ readonly name: string; readonly bytes: Uint8Array }> {
  if (picture instanceof Uint8Array) return { name: "the picture", bytes: picture };
  if (picture instanceof Blob)
    return { name: "the picture", bytes: new Uint8Array(await picture.arrayBuffer()) };
  if (typeof picture !== "string" && !(picture instanceof URL)) {
    throw noPicture(
      picture,
      "in Node a picture is a path, an address, the bytes of a file, { width, height, pixels } or sharp's { data, info }",
    );
  }
  const name = String(picture);
  try {
    if (/^https?:/i.test(name)) {
      const response = await fetch(name, { ...(signal && { signal }) });
      if (!response.ok) throw new Error(`the server answered ${response.status}`);
      return { name, bytes: new Uint8Array(await response.arrayBuffer()) };
    }
    const path = /^file:/i.test(name) ? fileURLToPath(name) : name;
    return { name, bytes: await readFile(path, { signal }) };
  } catch (cause) {
    if (signal?.aborted) throw signal.reason;
    throw new ModelError(`${name} cannot be read: ${requestProblem(cause)}`, { cause });
  }
}

async function loadSharp(): Promise<typeof import("sharp")["default"]> {
  try {
    return (await import("sharp")).default;
  } catch (cause) {
    throw new ModelError(
      "sharp, which decodes pictures in Node, is not installed: `npm install sharp`, or give { width, height, pixels }",
      { cause },
    );
  }
}
