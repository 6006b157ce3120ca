// Noise, with labels in blocks of which one in twenty is ignored: what training steps are measured on.

import { Random } from "@pinmem/core";
import { type Device, fromTypedArray, randn, type Tensor } from "@pinmem/torch";

const CLASSES = 19;
/** Pixels a block of one class is wide. */
const BLOCK = 16;

/** Images (B, 3, S, S) and labels (B, S, S, int64). */
export function noise({
  seed,
  stream,
  size,
  images,
  device = "cpu",
}: {
  readonly seed: number;
  readonly stream: string;
  readonly size: number;
  readonly images: number;
  readonly device?: Device;
}): { image: Tensor; label: Tensor } {
  const random = new Random({ seed, stream });
  const across = size / BLOCK;
  const blocks = Array.from({ length: images * across * across }, () => random.randint(0, CLASSES + 1));
  const label = BigInt64Array.from({ length: images * size * size }, (_, at) => {
    const [image, y, x] = [Math.floor(at / size ** 2), Math.floor(at / size) % size, at % size];
    const value = blocks[(image * across + Math.floor(y / BLOCK)) * across + Math.floor(x / BLOCK)] as number;
    return BigInt(value === CLASSES ? 255 : value);
  });
  return {
    image: randn([images, 3, size, size], { device }),
    label: fromTypedArray(label, [images, size, size], { device }),
  };
}
