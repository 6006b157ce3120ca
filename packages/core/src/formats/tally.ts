// The counts of an unfinished evaluation (metrics/tally.ts), as they are saved.

import * as z from "zod";
import type { TallyState } from "../metrics/tally.js";

const numbers = z.array(z.number());

/** Checks what was saved of a `Tally`. */
export const tallySchema: z.ZodType<TallyState> = z.strictObject({
  images: z.int().min(0),
  skipped: z.array(z.strictObject({ file: z.string(), problem: z.string() })),
  confusion: numbers,
  boundary: z
    .strictObject({ dilation: z.number(), truth: numbers, prediction: numbers, both: numbers })
    .nullable(),
  cohesion: z.number().nullable(),
});
