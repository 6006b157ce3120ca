// The two passes of Pillow's antialiased resizing (Resample.c, 8 bits per channel), in WebAssembly SIMD.
//
// AssemblyScript, not TypeScript: `npm run generate-kernels -w @pinmem/core` compiles it into src/raster/generated/kernels.ts.
// Weights are fixed-point numbers with 22 fractional bits; sums stay within 32 bits by design, results are clipped
// to 0 … 255. Callers leave 16 spare bytes behind every buffer, because loads and stores are as wide as a vector.

const HALF: i32 = 1 << 21;

/** Horizontal pass: rows of RGB pixels to rows of `width` RGB pixels. Four rows at a time share their weights. */
export function resizeRows(
  source: usize,
  sourceStride: i32,
  rows: i32,
  target: usize,
  width: i32,
  starts: usize,
  counts: usize,
  weights: usize,
  taps: i32,
): void {
  const stride = width * 3;
  let y = 0;
  for (; y + 4 <= rows; y += 4) {
    const row = source + <usize>(y * sourceStride);
    let out = target + <usize>(y * stride);
    for (let x = 0; x < width; x++) {
      let pixel = row + <usize>(3 * load<i32>(starts + ((<usize>x) << 2)));
      let weight = weights + ((<usize>(x * taps)) << 2);
      const end = weight + ((<usize>load<i32>(counts + ((<usize>x) << 2))) << 2);
      let a = i32x4.splat(HALF);
      let b = a;
      let c = a;
      let d = a;
      while (weight < end) {
        const w = v128.load32_splat(weight);
        a = i32x4.add(a, i32x4.mul(rgbAt(pixel), w));
        b = i32x4.add(b, i32x4.mul(rgbAt(pixel + sourceStride), w));
        c = i32x4.add(c, i32x4.mul(rgbAt(pixel + 2 * sourceStride), w));
        d = i32x4.add(d, i32x4.mul(rgbAt(pixel + 3 * sourceStride), w));
        pixel += 3;
        weight += 4;
      }
      storeRgb(out, a);
      storeRgb(out + stride, b);
      storeRgb(out + 2 * stride, c);
      storeRgb(out + 3 * stride, d);
      out += 3;
    }
  }
  for (; y < rows; y++) {
    const row = source + <usize>(y * sourceStride);
    let out = target + <usize>(y * stride);
    for (let x = 0; x < width; x++) {
      let pixel = row + <usize>(3 * load<i32>(starts + ((<usize>x) << 2)));
      let weight = weights + ((<usize>(x * taps)) << 2);
      const end = weight + ((<usize>load<i32>(counts + ((<usize>x) << 2))) << 2);
      let sum = i32x4.splat(HALF);
      while (weight < end) {
        sum = i32x4.add(sum, i32x4.mul(rgbAt(pixel), v128.load32_splat(weight)));
        pixel += 3;
        weight += 4;
      }
      storeRgb(out, sum);
      out += 3;
    }
  }
}

/** The bytes at an address as numbers: red, green, blue, and the next pixel's red, which nobody uses. */
function rgbAt(address: usize): v128 {
  return i32x4.extend_low_i16x8_u(i16x8.extend_low_i8x16_u(v128.load32_zero(address)));
}

/** Stores red, green and blue, rounded and clipped to bytes. */
function storeRgb(address: usize, sum: v128): void {
  const words = i16x8.narrow_i32x4_s(i32x4.shr_s(sum, 22), sum);
  const bytes = i8x16.narrow_i16x8_u(words, words);
  v128.store16_lane(address, bytes, 0);
  v128.store8_lane(address + 2, bytes, 2);
}

/** Vertical pass: `stride` bytes per row, whatever they mean, to `height` such rows. */
export function resizeColumns(
  source: usize,
  stride: i32,
  target: usize,
  height: i32,
  starts: usize,
  counts: usize,
  weights: usize,
  taps: i32,
): void {
  const half = i32x4.splat(HALF);
  for (let y = 0; y < height; y++) {
    const first = source + <usize>(load<i32>(starts + ((<usize>y) << 2)) * stride);
    const count = load<i32>(counts + ((<usize>y) << 2));
    const rowWeights = weights + ((<usize>(y * taps)) << 2);
    const out = target + <usize>(y * stride);
    for (let x = 0; x < stride; x += 16) {
      let a = half;
      let b = half;
      let c = half;
      let d = half;
      let at = first + <usize>x;
      for (let tap = 0; tap < count; tap++) {
        const weight = v128.load32_splat(rowWeights + ((<usize>tap) << 2));
        const bytes = v128.load(at);
        const low = i16x8.extend_low_i8x16_u(bytes);
        const high = i16x8.extend_high_i8x16_u(bytes);
        a = i32x4.add(a, i32x4.mul(i32x4.extend_low_i16x8_u(low), weight));
        b = i32x4.add(b, i32x4.mul(i32x4.extend_high_i16x8_u(low), weight));
        c = i32x4.add(c, i32x4.mul(i32x4.extend_low_i16x8_u(high), weight));
        d = i32x4.add(d, i32x4.mul(i32x4.extend_high_i16x8_u(high), weight));
        at += stride;
      }
      const left = i16x8.narrow_i32x4_s(i32x4.shr_s(a, 22), i32x4.shr_s(b, 22));
      const right = i16x8.narrow_i32x4_s(i32x4.shr_s(c, 22), i32x4.shr_s(d, 22));
      v128.store(out + <usize>x, i8x16.narrow_i16x8_u(left, right));
    }
  }
}
