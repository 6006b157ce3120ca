// JPEG files by libjpeg-turbo, where set-up could build the addon for it: 1.7 times as fast as libvips, which is
// built with another JPEG library, and pixel for pixel the same. It decodes the usual kind of file alone, and of that the
// part that is asked for.

import { createRequire } from "node:module";
import type { Window } from "@pinmem/core";

interface JpegAddon {
  readonly version: string;
  decode(
    bytes: Uint8Array,
    pixels: Uint8Array,
    left: number,
    top: number,
    width: number,
    height: number,
  ): Promise<Uint8Array | null>;
}

function load(): JpegAddon | undefined {
  try {
    return createRequire(import.meta.url)("../../build/jpeg.node") as JpegAddon;
  } catch {
    return undefined; // Set-up said why, and `pinmem doctor` does.
  }
}

const addon = load();

/** Version of libjpeg-turbo; null where the addon was not built. */
export const jpegTurboVersion = (): string | null => addon?.version ?? null;

const isJpeg = (bytes: Uint8Array): boolean => bytes[0] === 0xff && bytes[1] === 0xd8 && bytes[2] === 0xff;

/**
 * A window of a JPEG file as RGB, in a thread of Node's pool.
 * @returns null for what it does not decode, damaged files among it: those are libvips' to judge
 */
export async function decodeJpeg(
  bytes: Uint8Array,
  { left, top, width, height }: Window,
): Promise<Uint8Array | null> {
  if (!addon || !isJpeg(bytes)) return null;
  return addon.decode(bytes, new Uint8Array(3 * width * height), left, top, width, height);
}
