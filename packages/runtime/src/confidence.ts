// How sure a network is of a pixel: the probability of the class that it chose, as `pinmem predict` writes it.

/**
 * Of K scores that lie `step` apart from `at` on, the probability of the best, 0 to 1.
 * @param best position of the largest
 */
export function certainty(
  scores: Float32Array,
  { at, step, classes, best }: { at: number; step: number; classes: number; best: number },
): number {
  const most = scores[at + best * step] as number;
  let sum = 0;
  for (let k = 0; k < classes; k++) sum += Math.exp((scores[at + k * step] as number) - most);
  return 1 / sum;
}

/** 0 to 1 as 0 to 255. */
export const inByte = (share: number): number => Math.round(share * 255);

/** Of each pixel, 0 to 255, from logits (K, H, W) and the classes that won. */
export function confidenceOf(logits: Float32Array, labels: Uint8Array): Uint8Array {
  const step = labels.length;
  const classes = logits.length / step;
  return labels.map((best, at) => inByte(certainty(logits, { at, step, classes, best })));
}
