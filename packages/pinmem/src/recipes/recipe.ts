// A recipe: one complete configuration of a run. Every field that can go wrong is checked here, before anything is loaded;
// every default is visible in the copy that is saved with the run.

import { z } from "zod";
import { LARGEST_WINDOW } from "../losses/border-relaxed.js";
import { MOST_ROWS } from "../models/network.js";
import { gradientCompressions } from "../processes/gradient-compression.js";
import { featureStylesSchema } from "../training/feature-styles.js";
import { frozenBatchNorms } from "../training/frozen-batch-norm.js";
import { lossWeightsSchema } from "../training/losses.js";
import { isSecondOrder, methodSchema, splitsDomains, usesMemory } from "../training/methods/index.js";
import { optimizerSchema } from "../training/optimizer.js";
import { precisions } from "../training/precision.js";
import { learningRateSchema, warmUpProblem } from "../training/schedule.js";
import { averagingSchema } from "../training/weight-average.js";
import { whiteningSchema } from "../training/whitening.js";
import { dataSchema } from "./data.js";
import { datasetProblems } from "./dataset-problems.js";
import { factorProblems } from "./factor-problems.js";
import { completeModel, cropProblems, modelProblems, modelSchema } from "./model.js";
import { inCurrentNames, type OnRenamed, tellRenamed } from "./renamed-fields.js";
import { RecipeError, validate } from "./validate.js";

export const recipeSchema = z.strictObject({
  name: z
    .string()
    .regex(/^[\w.-]+$/, "letters, digits, '.', '-' and '_' only: it becomes the name of a folder"),
  seed: z.int().min(0).default(304),
  /** "cpu", "cuda" or "cuda:1". */
  device: z
    .string()
    .regex(/^(cpu|cuda(:\d+)?)$/, `it may be "cpu", "cuda" or such as "cuda:1"`)
    .default("cpu"),
  /** Of an operator on the CPU; the cores that there are by default. */
  threads: z.int().positive().optional(),
  data: dataSchema,
  model: modelSchema,
  method: methodSchema,
  /** How long: steps of the optimizer, or how often the data are gone through. */
  length: z.strictObject({ steps: z.int().positive().optional(), epochs: z.number().positive().optional() }),
  optimizer: optimizerSchema.prefault({ kind: "sgd" }),
  learningRate: learningRateSchema.prefault({ kind: "polynomial", base: 0.01 }),
  /** Batch norm of the backbone that training leaves alone: none, its running statistics, or all of it. */
  frozenBatchNorm: z.enum(frozenBatchNorms).default("none"),
  /** Largest L2 norm of the gradient; null: any. */
  maxGradientNorm: z.number().positive().nullable().default(null),
  /** Episodes (batches) that make one step. */
  accumulation: z.int().positive().default(1),
  /**
   * Random numbers of the network (dropout, Gumbel noise, styles): from one "stream" over the run, or anew for each batch ("turn"), which
   * does not depend on the number of processes. Several processes train by "turn".
   */
  noise: z.enum(["stream", "turn"]).default("stream"),
  /**
   * How gradients travel between processes: "none" as they are, "bfloat16" rounded, in half the bytes (docs/processes.md). One process is
   * not concerned.
   */
  gradientCompression: z.enum(gradientCompressions).default("none"),
  /** Change mean and deviation of features after early stages in training; null: not. */
  featureStyles: featureStylesSchema.nullable().default(null),
  /** An average of the weights over time, scored beside them and kept as average.safetensors; null: none. */
  averaging: averagingSchema.nullable().default(null),
  lossWeights: lossWeightsSchema.prefault({}),
  segmentation: z
    .discriminatedUnion("kind", [
      z.strictObject({ kind: z.literal("cross-entropy") }),
      z.strictObject({
        kind: z.literal("image-weighted"),
        upperBound: z.number().min(0).default(1),
        weighting: z.enum(["complement", "inverse"]).default("complement"),
      }),
      z.strictObject({
        kind: z.literal("border-relaxed"),
        upperBound: z.number().min(0).default(1),
        weighting: z.enum(["complement", "inverse"]).default("complement"),
        window: z.int().min(0).max(LARGEST_WINDOW).default(1),
        strictClasses: z.array(z.int().min(0)).default([]),
      }),
    ])
    .prefault({ kind: "cross-entropy" }),
  /** For networks with whitening layers (model.normalization). */
  whitening: whiteningSchema.prefault({}),
  validation: z
    .strictObject({
      /** Steps between two evaluations; there is one at the end in any case. */
      every: z.int().positive().default(500),
      /** Batches over which the statistics of batch norm are estimated anew before; 0: not at all, as in the official code. */
      preciseBatchNorm: z.int().min(0).default(40),
      /**
       * Whose statistics batch norm takes then: the trained ones, or each picture's own mixed in with a weight. When a picture needs its
       * own ("auto") is measured against the finished network, so that does not exist yet while one trains.
       */
      normalize: z
        .discriminatedUnion("kind", [
          z.strictObject({ kind: z.literal("trained") }),
          z.strictObject({ kind: z.literal("image"), weight: z.number().min(0).max(1) }),
        ])
        .prefault({ kind: "trained" }),
    })
    .prefault({}),
  /** At the end: when pictures look unlike the sources' (`pinmem calibrate`). */
  calibration: z
    .strictObject({
      /** Of the validation domains, spread evenly; 0: none, to be done later. */
      pictures: z.int().min(0).default(16),
    })
    .prefault({}),
  checkpoints: z
    .strictObject({
      every: z.int().positive().default(500),
      /** How many of the newest are kept, beside the best. */
      keep: z.int().positive().default(2),
    })
    .prefault({}),
  /** Precision of convolutions and products. */
  precision: z.enum(precisions).default("float32"),
  /** Layout of images and convolutions. */
  channelsLast: z.boolean().default(true),
  /**
   * On CUDA: let cuDNN time its algorithms for each new shape and keep the fastest, as the official code does. Off by default,
   * because two runs may then keep different ones.
   */
  cudnnBenchmark: z.boolean().default(false),
  /** Activation checkpointing: less memory, a third more computation. */
  activationCheckpointing: z.boolean().default(false),
});

/** As it is written: fields with a default may be left out. */
export type RecipeInput = z.input<typeof recipeSchema>;
/** With all its defaults. */
export type Recipe = z.output<typeof recipeSchema>;

/**
 * A recipe with all its defaults, after checking that its parts go together. Fields under names of earlier versions are
 * read, with a line on stderr that gives the new name.
 * @param what names the recipe in messages
 * @throws RecipeError with all problems
 */
export function resolveRecipe(value: unknown, what = "the recipe"): Recipe {
  return resolve(value, what, tellRenamed);
}

/** The same for a recipe that this package stored, maybe in an earlier version: nothing is said of old names. */
export function resolveStoredRecipe(value: unknown, what: string): Recipe {
  return resolve(value, what, () => {});
}

function resolve(value: unknown, what: string, onRenamed: OnRenamed): Recipe {
  const checked = validate(recipeSchema, inCurrentNames(value, what, onRenamed), what);
  const recipe = { ...checked, model: completeModel(checked.model) };
  const problems = impossible(recipe);
  if (problems.length > 0) throw new RecipeError(what, problems);
  return recipe;
}

function impossible({
  data,
  model,
  method,
  length,
  learningRate,
  activationCheckpointing,
  featureStyles,
  optimizer,
}: Recipe): string[] {
  const problems = datasetProblems(data);
  if ((length.steps === undefined) === (length.epochs === undefined)) {
    problems.push(`length is ${JSON.stringify(length)}; give either steps or epochs`);
  }
  const warmUp = length.steps === undefined ? undefined : warmUpProblem(learningRate, length.steps);
  if (warmUp) problems.push(warmUp);
  const domains = data.sources.length;
  const splits = splitsDomains(method);
  if (splits && domains < 2) {
    problems.push(
      `data.sources has ${domains} domain, but method.name is "${method.name}", which needs at least two: add another ` +
        'source, list the same one twice (two pseudo-domains), or use "erm" or "memory-erm"',
    );
  }
  const smallest = data.perDomain * (splits ? 1 : domains);
  if (smallest < 2 && model.head === "deeplab-v3+") {
    problems.push(
      `data.perDomain is ${data.perDomain}, so that a pass sees one image; the image pooling of "${model.head}" has no ` +
        "variance to normalize by then: take 2 or more",
    );
  }
  if (featureStyles && activationCheckpointing) {
    problems.push(
      "activationCheckpointing is true and featureStyles is set: what changes between two stages is not computed again; set one of them back",
    );
  }
  if (isSecondOrder(method) && activationCheckpointing) {
    problems.push(
      'activationCheckpointing is true and method.order is "second": what is computed again has no second derivatives; set one of them back',
    );
  }
  problems.push(...modelProblems(model), ...cropProblems(model, data.crop));
  if (optimizer.kind === "sgd" && optimizer.nesterov && optimizer.momentum === 0)
    problems.push(
      "optimizer.nesterov is true and optimizer.momentum is 0: give a momentum, or leave nesterov out",
    );
  problems.push(...factorProblems(optimizer, model, usesMemory(method) || model.memory.votesOnly === true));
  if (model.memory.rows?.per === "domain" && domains > MOST_ROWS)
    problems.push(
      `model.memory.rows has one for each domain, and data.sources has ${domains}: there may be ${MOST_ROWS}; take { "per": "cluster" } with a count`,
    );
  if (data.scale[0] > data.scale[1]) {
    problems.push(`data.scale is [${data.scale}]; the lower factor comes first`);
  }
  return problems;
}
