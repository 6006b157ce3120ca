// JPEG files by libjpeg-turbo, where set-up could build the addon for it, or npm's package for this platform has it: 1.7 times as fast as libvips, which is
// built with another JPEG library, and pixel for pixel the same. It decodes the usual kind of file alone, and of that the
// part that is asked for.

import { existsSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname } from "node:path";
import { fileURLToPath } from "node:url";
import type { Window } from "@pinmem/core";
import { packagedJpeg } from "./packaged-jpeg.js";

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
  const require = createRequire(import.meta.url);
  const built = fileURLToPath(new URL("../../build/jpeg.node", import.meta.url));
  try {
    const file = existsSync(built)
      ? built
      : packagedJpeg(dirname(require.resolve("@pinmem/torch/package.json")));
    return file === null ? undefined : (require(file) as JpegAddon);
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
