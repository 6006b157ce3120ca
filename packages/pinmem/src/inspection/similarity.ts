// How alike the rows of a memory are: cosines between classes, at the memory's start and after training. Rows of classes
// that were never written are zero, and so are their cosines.

import { createReadStream, existsSync } from "node:fs";
import { createInterface } from "node:readline";
import { writtenPairs } from "@pinmem/core";
import type { Cosines, Similarity } from "@pinmem/core/formats";
import { nn, noGrad, scope } from "@pinmem/torch";
import { z } from "zod";
import type { ClassMemory } from "../memory/class-memory.js";

/** Cosines between the rows of a memory; of several rows a class, between their mean directions. */
export const memorySimilarity = (memory: ClassMemory): Cosines =>
  scope(() =>
    noGrad(() => {
      const rows_KC = nn.F.normalize(memory.classItems().to("float64"));
      return rows_KC.matmul(rows_KC.t()).toArray() as number[][];
    }),
  );

/** Mean cosine over pairs of different rows that were written; null for fewer than two. */
export function meanRowCosine(cosine: Cosines): number | null {
  const pairs = writtenPairs(cosine);
  return pairs.length > 0 ? pairs.reduce((sum, one) => sum + one, 0) / pairs.length : null;
}

const PREFIX = '{"event":"memory"';

/**
 * The first comparison of rows that a run wrote down: after the memory's start, or at its first evaluation in runs of
 * versions that did not tell then. Null where the log holds none for these classes.
 */
export async function firstSimilarity(
  eventLog: string,
  classes: readonly string[],
): Promise<Similarity | null> {
  if (!existsSync(eventLog)) return null;
  const cosines = z.array(z.array(z.number()).length(classes.length)).length(classes.length);
  const schema = z.object({ step: z.int().min(0), classes: z.array(z.string()), cosine: cosines });
  const input = createReadStream(eventLog, "utf8");
  try {
    for await (const text of createInterface({ input, crlfDelay: Number.POSITIVE_INFINITY })) {
      if (!text.startsWith(PREFIX)) continue;
      const { success, data } = schema.safeParse(parsed(text));
      if (!success || data.classes.join() !== classes.join()) return null;
      return { step: data.step, cosine: data.cosine, mean: meanRowCosine(data.cosine) };
    }
  } finally {
    input.destroy();
  }
  return null;
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
