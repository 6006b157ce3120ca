// Images decoded while the network works on those before them: a few at a time, and few bytes.

import type { RgbImage } from "@pinmem/core";
import { decodeImage, openImage } from "../images/image.js";
import type { Input } from "./inputs.js";

/** An input with its pixels, or why there are none. */
export interface Decoded {
  readonly input: Input;
  /** null for a video, which is read frame by frame, and for what could not be decoded. */
  readonly image: RgbImage | null;
  readonly error: unknown;
}

export interface DecodeAheadOptions {
  readonly maxPixels?: number;
  /** Images that are decoded or in decoding, beside the one given out. Default 2. */
  readonly images?: number;
  /** Bytes of pixels from which on no other image is begun. Default 64 MiB. */
  readonly bytes?: number;
}

interface Waiting {
  readonly result: Promise<Decoded>;
  readonly bytes: number;
}

/** The inputs in their order. Decoding goes on in other threads, whether or not this one is busy. */
export async function* decodeAhead(
  inputs: Iterable<Input>,
  { maxPixels, images = 2, bytes = 2 ** 26 }: DecodeAheadOptions = {},
): AsyncGenerator<Decoded, void, undefined> {
  const queue: Waiting[] = [];
  const iterator = inputs[Symbol.iterator]();
  const held = () => queue.reduce((sum, waiting) => sum + waiting.bytes, 0);
  const fill = async (room: number) => {
    while (queue.length < room && (queue.length === 0 || held() < bytes)) {
      const { done, value } = iterator.next();
      if (done) return;
      queue.push(await begin(value, maxPixels));
    }
  };
  for (;;) {
    await fill(images + 1);
    const next = await queue.shift()?.result;
    if (!next) return;
    await fill(images);
    yield next;
  }
}

async function begin(input: Input, maxPixels: number | undefined): Promise<Waiting> {
  const nothing = (error: unknown = null): Waiting => ({
    result: Promise.resolve({ input, image: null, error }),
    bytes: 0,
  });
  if (input.kind === "video") return nothing();
  try {
    const packed = await openImage(input.file, maxPixels === undefined ? {} : { maxPixels });
    const result = decodeImage(packed).then(
      (image) => ({ input, image, error: null }),
      (error: unknown) => ({ input, image: null, error }),
    );
    return { result, bytes: packed.width * packed.height * 3 };
  } catch (error) {
    return nothing(error);
  }
}
