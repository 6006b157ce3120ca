// How the memory is read. The defaults are the paper's; the options exist because with them the read-out is nearly the same
// at every pixel: cosines of non-negative vectors lie in [0, 1], so that the softmax over 19 rows is almost flat, class
// means of such features nearly coincide, and rows of classes that never occurred take their share.

import { TorchError } from "@pinmem/torch";

export interface ReadOptions {
  /**
   * Adds Gumbel noise to the scores before the softmax: never, in training mode, or always. The official code always does,
   * also in evaluation, which makes its results random. Default "never".
   */
  gumbel?: "never" | "training" | "always";
  /** Divides the cosines before the softmax; `{ learned: 0.1 }` starts there and is trained. Default 1. */
  temperature?: number | { readonly learned: number };
  /** Compares directions as seen from the mean of the rows, not from the origin. Default false. */
  centered?: boolean;
  /** Gives rows of classes that were never written (zero rows) no weight. Default false. */
  maskAbsent?: boolean;
  /** Adds the feature itself to the refined feature. Default false. */
  residual?: boolean;
}

const noises = ["never", "training", "always"] as const;

/** All options with their defaults. @throws TorchError naming the option that does not fit */
export function completeReadOptions({
  gumbel = "never",
  temperature = 1,
  centered = false,
  maskAbsent = false,
  residual = false,
}: ReadOptions): Required<ReadOptions> {
  const fail = (option: string, allowed: string, value: unknown) =>
    new TorchError(`option 'read.${option}' must be ${allowed}, got ${JSON.stringify(value)}`, {
      operator: "ClassMemory",
      argument: `read.${option}`,
    });
  if (!noises.includes(gumbel)) throw fail("gumbel", noises.map((noise) => `"${noise}"`).join(", "), gumbel);
  const value = typeof temperature === "number" ? temperature : temperature.learned;
  if (!(value > 0 && value < Number.POSITIVE_INFINITY)) {
    throw fail("temperature", "a positive number or { learned: a positive number }", temperature);
  }
  for (const [option, flag] of Object.entries({ centered, maskAbsent, residual })) {
    if (typeof flag !== "boolean") throw fail(option, "true or false", flag);
  }
  return { gumbel, temperature, centered, maskAbsent, residual };
}
