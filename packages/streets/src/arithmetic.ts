// Arithmetic that gives the same bits on every machine. IEEE 754 fixes + - * / and the square root exactly, but leaves
// sin, exp and pow to the library, which differs between engines and their versions. The renderer promises
// bit-identical images, so it uses only these functions, built from the exact operations.
//
// Accuracy (about 1e-7) is for pictures, not for science.

const TWO_PI = 6.283185307179586;
const HALF_PI = 1.5707963267948966;
const LN_2 = Math.LN2;

export const degrees = (angle: number): number => (angle * TWO_PI) / 360;

export const clamp = (x: number, low: number, high: number): number => (x < low ? low : Math.min(x, high));

export const mix = (a: number, b: number, weight: number): number => a + (b - a) * weight;

/** 0 below `low`, 1 above `high`, a smooth S between. */
export function smoothstep(low: number, high: number, x: number): number {
  const t = clamp((x - low) / (high - low), 0, 1);
  return t * t * (3 - 2 * t);
}

export function sine(angle: number): number {
  let x = angle - TWO_PI * Math.floor(angle / TWO_PI + 0.5);
  if (x > HALF_PI) x = 2 * HALF_PI - x;
  else if (x < -HALF_PI) x = -2 * HALF_PI - x;
  const q = x * x;
  return (
    x *
    (1 +
      q *
        (-1 / 6 + q * (1 / 120 + q * (-1 / 5040 + q * (1 / 362880 + q * (-1 / 39916800 + q / 6227020800))))))
  );
}

export const cosine = (angle: number): number => sine(angle + HALF_PI);

/** e to the power of x; x is limited to [-80, 80]. */
export function exponential(x: number): number {
  const limited = clamp(x, -80, 80);
  const power = Math.floor(limited / LN_2 + 0.5);
  const r = limited - power * LN_2;
  const fraction =
    1 + r * (1 + r * (1 / 2 + r * (1 / 6 + r * (1 / 24 + r * (1 / 120 + r * (1 / 720 + r / 5040))))));
  return fraction * (powersOfTwo[power + 128] as number);
}

const powersOfTwo = new Float64Array(257);
powersOfTwo[128] = 1;
for (let k = 1; k <= 128; k++) {
  powersOfTwo[128 + k] = (powersOfTwo[127 + k] as number) * 2;
  powersOfTwo[128 - k] = (powersOfTwo[129 - k] as number) / 2;
}

/** The natural logarithm of a positive number. */
export function logarithm(x: number): number {
  let scaled = x;
  let halvings = 0;
  while (scaled > Math.SQRT2) {
    scaled /= 2;
    halvings++;
  }
  while (scaled < Math.SQRT1_2) {
    scaled *= 2;
    halvings--;
  }
  const t = (scaled - 1) / (scaled + 1);
  const q = t * t;
  const series = 1 + q * (1 / 3 + q * (1 / 5 + q * (1 / 7 + q * (1 / 9 + q * (1 / 11 + q / 13)))));
  return halvings * LN_2 + 2 * t * series;
}

/** A non-negative base to a real power. */
export const power = (base: number, exponent: number): number =>
  base <= 0 ? 0 : exponential(exponent * logarithm(base));

/** A well-mixed 32-bit hash of two integers, for "this window of this house". */
export function hash(a: number, b: number): number {
  let h = Math.imul(a | 0, 0x9e3779b1) ^ Math.imul(b | 0, 0x85ebca77);
  h = Math.imul(h ^ (h >>> 15), 0x2c1b3c6d);
  h = Math.imul(h ^ (h >>> 12), 0x297a2d39);
  return (h ^ (h >>> 15)) >>> 0;
}

/** The same as a number in [0, 1). */
export const hashUnit = (a: number, b: number): number => hash(a, b) / 4294967296;
