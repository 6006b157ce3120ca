// What an adapted run says of itself: which run it comes from, what it saw of the place, what was chosen and why. Kept with its
// weights (metadata), and for people as adaptation.json in its folder.

import { z } from "zod";

const share = z.number().min(0).max(1).nullable();

const scoresSchema = z.object({
  /** Mean IoU, 0 to 1. */
  meanIoU: share,
  /** By name of the class; null where it neither occurs nor was predicted. */
  classIoU: z.record(z.string(), share),
});

export const adaptationSchema = z.object({
  /** What it was made from. */
  from: z.object({ run: z.string(), file: z.string(), step: z.int().min(0) }),
  /** Folder or files, as they were given. */
  images: z.union([z.string(), z.array(z.string()).readonly()]),
  labels: z.string().nullable(),
  /** How many pictures the statistics are of, and how many of them the labels. */
  pictures: z.int().min(1),
  labeled: z.int().min(0),
  /** Of batch norm: (1 - weight) trained + weight place. */
  weight: z.number().min(0).max(1),
  /** Of each picture's own statistics, mixed into these whenever the run is used, unless `normalize` says otherwise. */
  own: z.number().min(0).max(1).default(0),
  /** That pictures are seen under (@pinmem/core, raster/exposure.ts); 1 as they are. */
  exposure: z.number().min(0.1).max(10).default(1),
  /** Weight of the memory's cosines in the logits. */
  vote: z.number(),
  /** How much of a classifier fitted to the labeled pictures was added to the last convolution. */
  classifier: z.number().min(0).default(0),
  /** How much of the logarithms of the sources' class frequencies was taken out of the logits. */
  logitAdjustment: z.number().min(0).default(0),
  /** Names of the classes whose rows were written. */
  written: z.array(z.string()),
  /** Whether rows are a place's, of this adaptation or one before it. Where it is not said, this one wrote them all. */
  placeRows: z.boolean().optional(),
  /** How much of the rows before is left in these. */
  momentum: z.number().min(0).lt(1),
  /** Whether the network had no memory before. */
  attached: z.boolean(),
  steps: z.int().min(0),
  seed: z.int().min(0),
  /** Scores on the labeled pictures, each left out of what was written for it; null where there are too few. */
  leftOut: z
    .object({
      before: scoresSchema,
      after: scoresSchema,
      /** Names of the classes that lost more than half a point. */
      worse: z.array(z.string()),
      candidates: z.array(
        z.object({
          weight: z.number(),
          own: z.number().min(0).max(1).default(0),
          vote: z.number(),
          rows: z.enum(["trained", "place"]),
          classifier: z.number().min(0).default(0),
          logitAdjustment: z.number().min(0).default(0),
          meanIoU: share,
        }),
      ),
    })
    .nullable(),
  /** What a reader should know. */
  notes: z.array(z.string()),
});

/** How a run was adapted to a place. */
export type AdaptationRecord = z.output<typeof adaptationSchema>;

/** Whether rows of the memory are the place's already: these move when more is written, where trained ones are replaced. */
export const hasPlaceRows = (
  record: Pick<AdaptationRecord, "written" | "placeRows"> | null | undefined,
): boolean => record?.placeRows ?? (record?.written.length ?? 0) > 0;
