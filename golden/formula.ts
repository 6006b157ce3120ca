// Weights, memory rows, images and labels by formula, so that two programs in different languages start from the same
// numbers without a file of them: a hash of the name gives a stream, a mixing function its values.
//
// FNV-1a (32 bits) of the name's UTF-8 bytes; murmur3's finalizer of hash + i * 2^32/phi. Values are computed in double
// precision and rounded to single; runs in double precision start from the rounded values.

import { fromTypedArray, scope, type Tensor } from "@pinmem/torch";

/** 32-bit FNV-1a of the name's UTF-8 bytes. */
export function hash(name: string): number {
  let value = 0x811c9dc5;
  for (const byte of new TextEncoder().encode(name)) value = Math.imul(value ^ byte, 0x01000193) >>> 0;
  return value;
}

/** The `i`-th value of the stream that starts at `seed`, a name's hash: in (-1, 1). */
export function unit(seed: number, i: number): number {
  let x = (seed + Math.imul(i, 0x9e3779b1)) >>> 0;
  x ^= x >>> 16;
  x = Math.imul(x, 0x85ebca6b);
  x ^= x >>> 13;
  x = Math.imul(x, 0xc2b2ae35);
  x ^= x >>> 16;
  return ((x >>> 0) + 0.5) / 2147483648 - 1;
}

function filled(shape: readonly number[], value: (i: number) => number): Tensor {
  const length = shape.reduce((product, size) => product * size, 1);
  const values = new Float32Array(length);
  for (let i = 0; i < length; i++) values[i] = value(i);
  return fromTypedArray(values, shape, { copy: false });
}

const affine = (name: string, shape: readonly number[], offset: number, factor: number): Tensor => {
  const seed = hash(name);
  return filled(shape, (i) => offset + factor * unit(seed, i));
};

/**
 * Parameters and statistics (float32) for a network with these names and shapes: convolutions and linear layers uniform
 * with He's bound, their biases within 0.1, norms' scales and shifts around 0.5, statistics at mean 0 and variance 1.
 *
 * @throws Error where the formula has no rule for a name
 */
export function formulaState(shapes: ReadonlyMap<string, readonly number[]>): Map<string, Tensor> {
  const isNorm = (name: string) => shapes.get(name.replace(/[^.]+$/, "weight"))?.length === 1;
  return new Map([...shapes].map(([name, shape]) => [name, formulaTensor(name, shape, isNorm(name))]));
}

/**
 * A parameter of a foundation model (float32) by the name that it is published under: tokens and position embeddings within 0.02,
 * scales around 0.1, norms around 0.5, the second factor of an adapter within 0.1, everything else as above.
 *
 * @param isNorm whether it belongs to a norm
 */
export function formulaFoundation(name: string, shape: readonly number[], isNorm: boolean): Tensor {
  if (/(cls_token|mask_token|register_tokens|position_embeddings)$/.test(name))
    return affine(name, shape, 0, 0.02);
  if (/(lambda1|gamma)$/.test(name)) return affine(name, shape, 0.1, 0.05);
  if (name.endsWith(".lora_B.weight")) return affine(name, shape, 0, 0.1);
  return formulaTensor(name, shape, isNorm);
}

/** The plain stream of a name (float32), for inputs and targets. */
export const formulaStream = (name: string, shape: readonly number[]): Tensor => affine(name, shape, 0, 1);

function formulaTensor(name: string, shape: readonly number[], isNorm: boolean): Tensor {
  const [outputs = 1, ...inputs] = shape;
  const field = name.slice(name.lastIndexOf(".") + 1);
  switch (field) {
    case "running_mean":
      return filled(shape, () => 0);
    case "running_var":
      return filled(shape, () => 1);
    case "num_batches_tracked":
      return fromTypedArray(new BigInt64Array(1), []);
    case "m_items":
      return formulaItems(outputs, inputs[0] ?? 1);
  }
  if (inputs.length > 0) {
    const fanIn = inputs.reduce((product, size) => product * size, 1);
    return affine(name, shape, 0, Math.sqrt(6 / fanIn));
  }
  if (isNorm && (field === "weight" || field === "bias")) return affine(name, shape, 0.5, 0.1);
  if (field === "bias") return affine(name, shape, 0, 0.1);
  throw new Error(`formulaState: the formula has no rule for '${name}' [${shape.join(", ")}]`);
}

/** Memory rows (K, C), float32: non-negative, of unit length in double precision before they are rounded. */
export function formulaItems(classes: number, width: number): Tensor {
  const seed = hash("memory.m_items");
  const length = Float64Array.from({ length: classes }, (_, row) => {
    let sum = 0;
    for (let i = row * width; i < (row + 1) * width; i++) sum += (0.5 + 0.5 * unit(seed, i)) ** 2;
    return Math.sqrt(sum);
  });
  return filled(
    [classes, width],
    (i) => (0.5 + 0.5 * unit(seed, i)) / (length[Math.floor(i / width)] as number),
  );
}

/**
 * Factors near one (float64), as far from it as sums in single precision are from exact ones: the longest of the networks'
 * convolutions add 18,432 products, sixteen at a time, and rounding errors of 2^-24 add up like sqrt(18432 / 16) of them.
 */
export const formulaRounding = (name: string, shape: readonly number[]): Tensor => {
  const seed = hash(name);
  const length = shape.reduce((product, size) => product * size, 1);
  const values = Float64Array.from({ length }, (_, i) => 1 + 2 ** -19 * unit(seed, i));
  return fromTypedArray(values, shape, { copy: false });
};

/** Normalized images (B, 3, H, W), float32, one for each number: waves with noise. */
export const formulaImages = (
  numbers: readonly number[],
  [height, width]: readonly [number, number],
): Tensor => batchOf(numbers, [3, height, width], waves);

/** The same images, as rounded to single precision, as another camera would see them, float32. */
export const formulaPhotos = (
  numbers: readonly number[],
  [height, width]: readonly [number, number],
): Tensor =>
  batchOf(numbers, [3, height, width], (number) => {
    const image = waves(number);
    return (i, c, y, x) =>
      Math.fround(image(i, c, y, x)) * (0.6 + 0.2 * c) + 0.2 * Math.sin(0.05 * (c + 1) * x);
  });

type Pixel = (i: number, c: number, y: number, x: number) => number;

function waves(number: number): Pixel {
  const seed = hash(`image${number}`);
  return (i, c, y, x) => Math.sin(0.1 * x + 0.2 * y + c + 1.7 * number) + 0.5 * unit(seed, i);
}

function batchOf(
  numbers: readonly number[],
  [channels, height, width]: readonly [number, number, number],
  imageOf: (number: number) => Pixel,
): Tensor {
  const area = height * width;
  const pixels = numbers.map(imageOf);
  return filled([numbers.length, channels, height, width], (index) => {
    const i = index % (channels * area);
    const pixel = pixels[Math.floor(index / (channels * area))] as Pixel;
    return pixel(i, Math.floor(i / area), Math.floor((i % area) / width), i % width);
  });
}

/** Labels (B, H, W) of 19 classes in blocks of 8 x 8, one in twenty of them ignored (255). */
export function formulaLabels(
  numbers: readonly number[],
  [height, width]: readonly [number, number],
): Tensor {
  const values = new BigInt64Array(numbers.length * height * width);
  let i = 0;
  for (const number of numbers) {
    for (let y = 0; y < height; y++) {
      for (let x = 0; x < width; x++) {
        const value = (5 * Math.floor(y / 8) + 3 * Math.floor(x / 8) + 7 * number) % 20;
        values[i++] = BigInt(value === 19 ? 255 : value);
      }
    }
  }
  return fromTypedArray(values, [numbers.length, height, width], { copy: false });
}

/**
 * Gumbel noise for scores (B, K, h, w) of which the official code takes the softmax over dimension `dim` of (B h w, K):
 * the same at every call.
 */
export function formulaGumbel(dim: 0 | 1, shape: readonly number[]): Tensor {
  const [batch = 0, classes = 0, h = 0, w = 0] = shape;
  const seed = hash(`gumbel.dim${dim}`);
  const values = Float64Array.from(
    { length: batch * h * w * classes },
    (_, i) => -Math.log(-Math.log(0.5 + 0.5 * unit(seed, i))),
  );
  return scope(() =>
    fromTypedArray(values, [batch, h, w, classes], { copy: false }).permute([0, 3, 1, 2]).contiguous(),
  );
}
