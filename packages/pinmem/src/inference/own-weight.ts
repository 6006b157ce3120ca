// How much of a picture's own statistics a batch norm takes.

/**
 * Up to 1 the weight itself, the same in every layer. From 2 on the number N of values that the trained statistics of a channel count
 * for: own ones of n values, as many as the layer has places, get n / (n + N). So the first layers, which know light and colors and
 * have tens of thousands of places, take much of them, and the last, in whose few places is what the picture happens to show, little.
 * Source: Schneider et al., NeurIPS 2020, equation 3, where n is the number of pictures.
 */
export type OwnWeight = number;

/** Less would be no number of values, but a weight that is too large. */
export const LEAST_PRIOR = 2;

/** @throws RangeError where it is neither */
export function checkedWeight(weight: OwnWeight): OwnWeight {
  const isShare = weight >= 0 && weight <= 1;
  if (isShare || (weight >= LEAST_PRIOR && weight < Number.POSITIVE_INFINITY)) return weight;
  throw new RangeError(
    `TestTimeNormalization: weight is ${weight}, but must be a number from 0 to 1, or from ${LEAST_PRIOR} on how many values the trained statistics count for`,
  );
}

/** Of own statistics in a layer, 0 to 1. @param values of each channel that they were taken from */
export const weightInLayer = (weight: OwnWeight, values: number): number =>
  weight <= 1 ? weight : values / (values + weight);
