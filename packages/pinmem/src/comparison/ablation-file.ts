// What is known of an ablation, as a file: its studies, and for each cell of the grid whether it is done and how it scored.
// Written whole after every cell; read by reports. The runs themselves are the truth: whoever goes on looks at those.

import { join } from "node:path";
import { protocolSchema } from "@pinmem/core/formats";
import { z } from "zod";
import { writeWhole } from "../files/atomic-write.js";
import { asDataError } from "../files/data-error.js";
import { readJsonFile } from "../files/json-file.js";
import { RunError } from "../runs/run-error.js";

const FORMAT = 1;
const LARGEST = 16 * 2 ** 20;
/** Becomes a path below the folder of the ablation. */
const cellName = z.string().regex(/^[\w.-]*\w$/);
const share = z.number().min(0).max(1).nullable();

export const cellStates = ["waiting", "done", "interrupted", "failed"] as const;

const ablationSchema = z.object({
  format: z.literal(FORMAT),
  /** The recipe that is varied, with all its fields. */
  recipe: z.record(z.string(), z.json()),
  /** Which weights the scores are of. */
  weights: z.enum(["best", "last"]),
  /** Whose statistics batch norm took in the evaluations that they are of; left out: they were noted while training. */
  normalize: protocolSchema.shape.normalize.unwrap().optional(),
  seeds: z.array(z.int().min(0)).min(1),
  studies: z.array(
    z.object({
      name: z.string(),
      title: z.string(),
      question: z.string(),
      rows: z.array(z.object({ title: z.string(), cells: z.array(cellName).min(1) })),
    }),
  ),
  cells: z.array(
    z.object({
      name: cellName,
      seed: z.int().min(0),
      set: z.array(z.string()),
      state: z.enum(cellStates),
      /** Why it failed. */
      problem: z.string().nullable(),
      /** Of its training steps. */
      seconds: z.number().nullable(),
      scores: z
        .object({
          step: z.int().min(0),
          /** Means over the domains of a role, 0 to 1. */
          unseen: share,
          source: share,
          domains: z.array(
            z.object({ name: z.string(), role: z.enum(["source", "target"]), meanIoU: share }),
          ),
        })
        .nullable(),
    }),
  ),
  date: z.string(),
});

export type Ablation = z.output<typeof ablationSchema>;
export type AblationCell = Ablation["cells"][number];

export const ablationFile = (folder: string): string => join(folder, "ablation.json");
export const cellFolder = (folder: string, cell: string): string => join(folder, "runs", cell);

export const writeAblation = (folder: string, ablation: Ablation): Promise<void> =>
  writeWhole(ablationFile(folder), `${JSON.stringify(ablation, null, 1)}\n`);

/** @throws RunError where there is none, or it is not as it must be */
export function readAblation(folder: string): Ablation {
  const file = ablationFile(folder);
  try {
    return ablationSchema.parse(readJsonFile(file, LARGEST));
  } catch (error) {
    const problem =
      error instanceof z.ZodError
        ? `is no file of an ablation: ${error.issues[0]?.path.join(".")}: ${error.issues[0]?.message}`
        : asDataError(file, error).problem;
    throw new RunError(file, problem, { cause: error });
  }
}

export const newAblation = (fields: Omit<Ablation, "format" | "date">): Ablation => ({
  format: FORMAT,
  ...fields,
  date: new Date().toISOString(),
});
