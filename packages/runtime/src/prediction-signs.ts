// What predictions show of a picture, by which it is decided how it is looked at: as inference/shift-rule.ts of pinmem, from the
// logits that a graph gives. Neighbors say the same, so that every fourth pixel of every fourth row is asked.
// Shapes: K classes, H W picture, N pixels that are asked.

import type { Value } from "./onnx.js";

/** Rows and columns between two pixels that are asked. */
const STRIDE = 4;
const SMALLEST = 1e-30;

/** Logarithms of probabilities, (N, K) in rows. */
export interface Predictions {
  readonly logarithms: Float64Array;
  readonly classes: number;
}

/** In nats. */
export interface PredictionSigns {
  /** Mean of the entropy of each pixel's classes. */
  readonly entropy: number;
  /** What the pixel tells about the class: entropy of the mean prediction less `entropy`. */
  readonly information: number;
}

/**
 * @param logits (1, K, H, W)
 * @param offsets (K), added first; null: nothing is
 */
export function predictionsIn({ data, shape }: Value, offsets: readonly number[] | null): Predictions {
  const [, classes = 0, height = 0, width = 0] = shape;
  const [rows, columns] = [Math.ceil(height / STRIDE), Math.ceil(width / STRIDE)];
  const logits = data as Float32Array;
  const area = height * width;
  const logarithms = new Float64Array(rows * columns * classes);
  for (let pixel = 0, to = 0; pixel < rows * columns; pixel++, to += classes) {
    const at = Math.floor(pixel / columns) * STRIDE * width + (pixel % columns) * STRIDE;
    let most = Number.NEGATIVE_INFINITY;
    for (let k = 0; k < classes; k++) {
      const logit = (logits[k * area + at] as number) + (offsets?.[k] ?? 0);
      logarithms[to + k] = logit;
      if (logit > most) most = logit;
    }
    let sum = 0;
    for (let k = 0; k < classes; k++) sum += Math.exp((logarithms[to + k] as number) - most);
    const norm = most + Math.log(sum);
    for (let k = 0; k < classes; k++) logarithms[to + k] = (logarithms[to + k] as number) - norm;
  }
  return { logarithms, classes };
}

/** Of all pixels together; NaN where a logit is. */
export function signsOf({ logarithms, classes }: Predictions): PredictionSigns {
  const mean = new Float64Array(classes);
  const pixels = logarithms.length / classes;
  let entropy = 0;
  for (let at = 0; at < logarithms.length; at++) {
    const logarithm = logarithms[at] as number;
    const probability = Math.exp(logarithm);
    entropy -= probability * logarithm;
    mean[at % classes] = (mean[at % classes] as number) + probability / pixels;
  }
  entropy /= pixels;
  const ofMean = mean.reduce((sum, share) => sum - share * Math.log(Math.max(share, SMALLEST)), 0);
  return { entropy, information: Math.max(0, ofMean - entropy) };
}

/** What predictions tell for what they are unsure of: information by entropy. */
export function clarityOf(predictions: Predictions): number {
  const { entropy, information } = signsOf(predictions);
  return information / Math.max(entropy, SMALLEST);
}

/**
 * How far a picture is from the sources, by what its own statistics make of its predictions.
 * @param distance of its variances from the trained ones
 */
export function departureOf(distance: number, trained: Predictions, own: Predictions): number {
  let divergence = 0;
  for (let at = 0; at < trained.logarithms.length; at++) {
    const logarithm = trained.logarithms[at] as number;
    divergence += Math.exp(logarithm) * (logarithm - (own.logarithms[at] as number));
  }
  divergence /= trained.logarithms.length / trained.classes;
  const clearing = clarityOf(own) / Math.max(clarityOf(trained), SMALLEST);
  return distance * Math.cbrt(Math.max(0, divergence)) * clearing;
}
