// From light to an 8-bit picture, as a camera does it: exposure, white balance, stray light, vignette, a film-like tone curve,
// saturation, and the noise of the sensor.

import { clamp, hash, hashUnit } from "../arithmetic.js";
import { luminance, type Rgb, toDisplay } from "../color.js";
import type { Frame } from "../shading/frame.js";

export interface Development {
  readonly exposure: number;
  /** Gains of red, green and blue. */
  readonly cast: Rgb;
  /** 1 is neutral. */
  readonly contrast: number;
  readonly saturation: number;
  /** Stray light, as a share of the picture's mean. */
  readonly flare: number;
  /** How much darker the corners are, 0 to 1. */
  readonly vignette: number;
  /** Standard deviation in 8-bit steps, in the dark. */
  readonly noise: number;
  readonly seed: number;
}

export function develop(frame: Frame, image: Uint8Array, development: Development): void {
  const { width, height, color } = frame;
  const { exposure, cast, saturation, flare, vignette, noise, seed } = development;
  const table = toneTable(development.contrast);
  const stray = meanOf(color);
  const gainR = exposure * cast[0];
  const gainG = exposure * cast[1];
  const gainB = exposure * cast[2];
  let state = hash(seed, 77) | 1;
  for (let y = 0; y < height; y++) {
    const dy = (2 * y - height) / height;
    for (let x = 0; x < width; x++) {
      const dx = (2 * x - width) / width;
      const at = 3 * (y * width + x);
      const light = 1 - vignette * (dx * dx * 0.65 + dy * dy * 0.35) * (dx * dx + 0.3);
      let r = ((color[at] as number) + flare * stray[0]) * gainR * light;
      let g = ((color[at + 1] as number) + flare * stray[1]) * gainG * light;
      let b = ((color[at + 2] as number) + flare * stray[2]) * gainB * light;
      const gray = luminance(r, g, b);
      r = gray + (r - gray) * saturation;
      g = gray + (g - gray) * saturation;
      b = gray + (b - gray) * saturation;
      let outR = table[entry(r)] as number;
      let outG = table[entry(g)] as number;
      let outB = table[entry(b)] as number;
      if (noise > 0) {
        // xorshift32; brightness noise with a smaller share of color noise.
        state ^= state << 13;
        state ^= state >>> 17;
        state ^= state << 5;
        const common = bell[state & 4095] as number;
        const amount = noise * (0.55 + 0.45 * (1 - outG / 255));
        outR += amount * (0.75 * common + 0.6 * (bell[(state >>> 7) & 4095] as number));
        outG += amount * (0.75 * common + 0.35 * (bell[(state >>> 13) & 4095] as number));
        outB += amount * (0.75 * common + 0.7 * (bell[(state >>> 19) & 4095] as number));
      }
      image[at] = clamp(outR + 0.5, 0, 255);
      image[at + 1] = clamp(outG + 0.5, 0, 255);
      image[at + 2] = clamp(outB + 0.5, 0, 255);
    }
  }
}

function meanOf(color: Float32Array): Rgb {
  let r = 0;
  let g = 0;
  let b = 0;
  for (let at = 0; at < color.length; at += 3) {
    r += Math.min(4, color[at] as number);
    g += Math.min(4, color[at + 1] as number);
    b += Math.min(4, color[at + 2] as number);
  }
  const share = 3 / color.length;
  return [r * share, g * share, b * share];
}

const STEPS = 4096;
const BRIGHTEST = 6;
const SPACING = (STEPS - 1) / Math.sqrt(BRIGHTEST);

/** The entry for a light: they are spaced by its square root, so that dark tones get enough of them. */
const entry = (light: number): number =>
  light <= 0 ? 0 : Math.min(STEPS - 1, Math.sqrt(light) * SPACING) | 0;

const tables = new Map<number, Float32Array>();

function toneTable(contrast: number): Float32Array {
  const key = Math.round(contrast * 50);
  let table = tables.get(key);
  if (table === undefined) {
    table = new Float32Array(STEPS);
    for (let k = 0; k < STEPS; k++) {
      const root = k / SPACING;
      const light = root * root;
      // Narkowicz' fit of the ACES film curve.
      const film = (light * (2.51 * light + 0.03)) / (light * (2.43 * light + 0.59) + 0.14);
      const display = toDisplay(clamp(film, 0, 1));
      table[k] = 255 * clamp(0.45 + (display - 0.45) * (key / 50), 0, 1);
    }
    tables.set(key, table);
  }
  return table;
}

/** Bell-shaped numbers with mean 0 and variance 1. */
const bell = bellShaped(4096);

function bellShaped(length: number): Float32Array {
  const sums = Float64Array.from({ length }, (_, k) => {
    let sum = 0;
    for (let draw = 0; draw < 6; draw++) sum += hashUnit(k, draw + 100);
    return sum;
  });
  const mean = sums.reduce((total, sum) => total + sum, 0) / length;
  const variance = sums.reduce((total, sum) => total + (sum - mean) * (sum - mean), 0) / length;
  return Float32Array.from(sums, (sum) => (sum - mean) / Math.sqrt(variance));
}
