// The file of an evaluation: one run (or one file of weights) under one protocol on one or several domains, with everything
// that is needed to read its figures later, to merge it with other shards and to compare it with other runs.
//
// All scores follow from the confusion matrices; they are written down too so that whoever reads the file need not know how.

import * as z from "zod";
import { isNestedDeeper, TOO_DEEP } from "./nesting.js";
import { newerFormat } from "./newer-format.js";
import { protocolSchema } from "./protocol.js";

/** Version of the layout. */
export const RESULT_FORMAT = 1;

const count = z.int().min(0);
const share = z.number().min(0).max(1);
const byte = z.int().min(0).max(255);
const classScores = z.record(z.string(), share.nullable());

/** Checks the boundary scores of a domain; shares from 0 to 1. */
export const boundarySchema = z.strictObject({
  /** Width of the boundary, as a share of the image's diagonal. */
  dilation: z.number().positive(),
  meanIoU: share.nullable(),
  classIoU: classScores,
  /** Boundary pixels by class: of the labels, of the predictions, and of both. */
  truth: z.array(count),
  prediction: z.array(count),
  both: z.array(count),
});

/** Checks the scores of one domain; shares from 0 to 1. */
export const domainResultSchema = z.strictObject({
  /** Unique in the file, as it was asked for: "streets:night", "camvid". */
  name: z.string().min(1),
  /** Data set, subset and split. */
  dataset: z.string(),
  /** Its part in the run's own recipe; null where it has none. "source" also where labels of it were used to adapt the run. */
  role: z.enum(["source", "target"]).nullable(),
  /** Images that were counted. */
  images: count,
  /** Files that could not be used, in the order of their names. */
  skipped: z.array(z.strictObject({ file: z.string(), problem: z.string() })),
  /** K x K pixels, row-major: rows are true classes, columns predicted ones. */
  confusion: z.array(count),
  /** Mean over the classes that occur or were predicted; null where no pixel is labeled. Shares from 0 to 1, as all scores. */
  meanIoU: share.nullable(),
  pixelAccuracy: share.nullable(),
  /** Mean over the classes that occur of the share of their pixels that was found. */
  meanAccuracy: share.nullable(),
  classIoU: classScores,
  boundaryIoU: boundarySchema.nullable(),
  /** Mean over labeled pixels; null where it was not asked for or the network has no memory. */
  cohesionLoss: z.number().min(0).nullable(),
});

/** Checks the result of an evaluation: what its file holds. */
export const evaluationResultSchema = z.strictObject({
  format: z.literal(RESULT_FORMAT),
  run: z.strictObject({
    /** As it was given: a folder or a file. */
    path: z.string(),
    /** Of the recipe. */
    name: z.string(),
    /** The file of weights. */
    file: z.string(),
    /** Of the recipe: "erm", "pin-memory". */
    method: z.string(),
    backbone: z.string(),
    seed: z.number(),
    /** Optimizer steps behind the weights. */
    step: count,
    /** Mean IoU on source validation while training. */
    score: share.nullable(),
    /** Of a run that was adapted, to which place, and with how much of it. Not there where it was not, or an earlier version wrote the file. */
    adaptation: z
      .strictObject({
        /** Folder or files, as they were given. */
        images: z.union([z.string(), z.array(z.string())]),
        labels: z.string().nullable(),
        pictures: count,
        /** Labeled ones. */
        labeled: count,
        steps: count,
      })
      .optional(),
  }),
  /** The recipe with all its fields. */
  recipe: z.record(z.string(), z.json()),
  protocol: protocolSchema,
  space: z.strictObject({
    name: z.string(),
    /** In the order of their train ids. */
    classes: z.array(z.strictObject({ name: z.string(), color: z.tuple([byte, byte, byte]) })).min(1),
  }),
  domains: z.array(domainResultSchema).min(1),
  environment: z.strictObject({
    node: z.string(),
    libtorch: z.string(),
    cpu: z.string(),
    threads: z.int().positive(),
    device: z.string(),
    system: z.string(),
  }),
  /** When it was finished, ISO 8601. */
  date: z.string(),
  /** Of the evaluation itself, over all sessions and shards. */
  seconds: z.number().min(0),
  /** Which part of the images these are, from 1 to `of`; null: all. */
  shard: z.strictObject({ index: z.int().positive(), of: z.int().positive() }).nullable(),
});

export type BoundaryResult = z.output<typeof boundarySchema>;
export type DomainResult = z.output<typeof domainResultSchema>;
export type EvaluationResult = z.output<typeof evaluationResultSchema>;

/** A file of a result that cannot be used: names it, the problem and the remedy. */
export class ResultError extends Error {
  override readonly name = "ResultError";
  constructor(
    readonly file: string,
    readonly problem: string,
    options?: ErrorOptions,
  ) {
    super(`${file} ${problem}`, options);
  }
}

/**
 * @param file names the content in errors
 * @throws ResultError
 */
export function parseResult(content: unknown, file: string): EvaluationResult {
  const newer = newerFormat((content as { format?: unknown } | null)?.format, RESULT_FORMAT);
  if (newer) throw new ResultError(file, newer);
  if (isNestedDeeper(content)) throw new ResultError(file, TOO_DEEP);
  const parsed = evaluationResultSchema.safeParse(content);
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    throw new ResultError(
      file,
      `is no result of an evaluation: ${issue?.path.join(".") || "it"}: ${issue?.message}`,
    );
  }
  const { data } = parsed;
  const classes = data.space.classes.length;
  const odd = data.domains.find(({ confusion }) => confusion.length !== classes ** 2);
  if (odd) {
    throw new ResultError(
      file,
      `is no result of an evaluation: ${odd.name} has a confusion matrix of ${odd.confusion.length} counts, but ${classes} classes`,
    );
  }
  return data;
}
