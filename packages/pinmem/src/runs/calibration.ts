// What `pinmem calibrate` found out about a network, in a file beside its weights: `best.calibration.json` of
// `best.safetensors`.

import { existsSync } from "node:fs";
import { basename } from "node:path";
import type { LabelSpace } from "@pinmem/core";
import { z } from "zod";
import { writeWhole } from "../files/atomic-write.js";
import { readJsonFile } from "../files/json-file.js";
import type { ShiftRule } from "../inference/shift-rule.js";
import { validate } from "../recipes/validate.js";
import type { AdaptationRecord } from "./adaptation-record.js";
import { RunError } from "./run-error.js";

/** Version of the layout. */
export const CALIBRATION_FORMAT = 7;

/** Since when rules are as they are now. */
const RULE_FORMAT = 5;

const fraction = z.number().min(0).max(1);
/** Of votes and of class frequencies: far above those that are tried, and a number that libtorch can compute with. */
const LARGEST_WEIGHT = 1e4;
/** Values that the trained statistics of a channel count for. */
const LARGEST_PRIOR = 1e12;

const shownSchema = z.strictObject({
  /** "none", or the frame or shift that was simulated. */
  kind: z.string(),
  /** Which of them it is; since format 2. */
  change: z.enum(["none", "framing", "shift"]).optional(),
  pictures: z.int().positive(),
  /** Of the predictions with the trained statistics, mean over the pictures, in nats. */
  entropy: z.number().min(0),
  /** What these predictions tell, likewise; since format 2. */
  information: z.number().min(0).optional(),
  /** Mean IoU, as `candidates`; null where nothing is labeled. */
  meanIoU: z.array(fraction.nullable()),
  /** Mean IoU as the rule chooses for each picture. */
  chosen: fraction.nullable(),
});

export const calibrationSchema = z.strictObject({
  format: z.int().min(1).max(CALIBRATION_FORMAT),
  /** Optimizer steps behind the weights. */
  step: z.int().min(0),
  /** When a picture's own statistics are taken; null for a network without batch norm, since format 4. */
  rule: z
    .strictObject({
      threshold: z.number().min(0),
      /** Since format 2. */
      information: z.number().min(0).optional(),
      /** Since format 5 times how much own statistics clear. */
      departure: z.number().min(0).optional(),
      /** Of own statistics: a share, or since format 6 what the trained ones count for (inference/own-weight.ts). */
      weight: z.number().gt(0).max(LARGEST_PRIOR),
    })
    .nullable(),
  /** Mean entropy on source validation pictures as they are, in nats. */
  sourceEntropy: z.number().min(0),
  /** Mean information there; since format 2. */
  sourceInformation: z.number().min(0).optional(),
  /** Mean departure there, with the weight of the rule; since format 2. Where there is no rule, 0. */
  sourceDeparture: z.number().min(0).optional(),
  /** Weights of own statistics that were tried, 0 first; since format 7 the other one in the clearest looks (inference/clearest-looks.ts). */
  candidates: z.array(z.number().min(0).max(LARGEST_PRIOR)).min(1),
  /** What the memory's votes weigh; null for a network whose memory cannot vote, or that has none. Since format 2. */
  votes: z
    .strictObject({
      /** The weight that is best under the shifts; the trained one where nothing is clearly better. */
      chosen: z.number().min(0).max(LARGEST_WEIGHT),
      trained: z.number().min(0),
      /** Weights that were tried. */
      candidates: z.array(z.number().min(0)).min(1),
      /** Mean IoU by weight, for pictures as they are ("none") and under each shift. */
      shown: z.array(z.strictObject({ kind: z.string(), meanIoU: z.array(fraction.nullable()) })),
    })
    .nullable()
    .optional(),
  /** What is known of the sources' classes; null where nothing is labeled, or the last convolution is not known. Since format 3. */
  logitAdjustment: z
    .strictObject({
      /** Share of each class in the sources' labels, by train id. */
      frequencies: z.array(fraction).min(1),
      /** How much of their logarithms is to be taken out of the logits: what is best for pictures as they are and under the shifts, each half. */
      chosen: z.number().min(0).max(LARGEST_WEIGHT),
      /** Weights that were tried. */
      candidates: z.array(z.number().min(0)).min(1),
      /** Mean IoU by weight, for pictures as they are ("none") and under each shift. */
      shown: z.array(z.strictObject({ kind: z.string(), meanIoU: z.array(fraction.nullable()) })),
    })
    .nullable()
    .optional(),
  seed: z.int().min(0),
  shown: z.array(shownSchema),
});

export type Calibration = z.output<typeof calibrationSchema>;

/** Beside a file of weights. */
export const calibrationFile = (weights: string): string =>
  `${weights.replace(/\.safetensors$/, "")}.calibration.json`;

/** Written whole or not at all. */
export const writeCalibration = (file: string, calibration: Calibration): Promise<void> =>
  writeWhole(file, `${JSON.stringify(calibration, null, 1)}\n`);

/** The weights that a calibration is of. */
export interface CalibratedWeights {
  /** Their file. */
  readonly file: string;
  readonly step: number;
  /** Null where they were not adapted. */
  readonly adaptation: AdaptationRecord | null;
  /** Of what they can say. */
  readonly space: Pick<LabelSpace, "classes">;
}

const INSTEAD_OF_AUTO = "give a weight in place of auto";

/** @throws RunError where the weights were adapted to a place, and what is known of the sources says nothing about them */
export function refuseAdapted(
  { file, adaptation }: Pick<CalibratedWeights, "file" | "adaptation">,
  otherwise: string = INSTEAD_OF_AUTO,
): void {
  if (!adaptation) return;
  throw new RunError(
    file,
    `was adapted to a place (from ${adaptation.from.run}) and has its statistics and rows, so that pictures of its sources no longer tell what it needs: ${otherwise}, or take the run that it was adapted from`,
  );
}

/** @param otherwise what else can be done, for the error
 * @throws RunError where there is none, and why, or it is that of other weights; RecipeError where it is damaged */
export function readCalibration(
  weights: CalibratedWeights,
  otherwise: string = INSTEAD_OF_AUTO,
): Calibration {
  refuseAdapted(weights, otherwise);
  const { file: path, step } = weights;
  const file = calibrationFile(path);
  if (!existsSync(file)) {
    throw new RunError(
      path,
      `is not calibrated, so that nobody knows when pictures look unlike its sources', or how frequent classes are there: \`pinmem calibrate\` it, which needs its validation data, or ${otherwise}`,
    );
  }
  const calibration = validate(calibrationSchema, readJsonFile(file), file);
  if (calibration.step === step) return calibration;
  throw new RunError(
    path,
    `was trained on after it was calibrated (at step ${calibration.step}, now ${step}), as ${basename(file)} says: \`pinmem calibrate\` it anew, which needs its validation data`,
  );
}

/** When pictures ask for their own statistics. @throws as `readCalibration`; RunError where the network has no batch norm, or the rule is of an earlier version */
export function readShiftRule(weights: CalibratedWeights): ShiftRule {
  const { rule, format } = readCalibration(weights);
  if (!rule) {
    throw new RunError(
      weights.file,
      "has no batch norm, and so no statistics that a picture could bring: leave `normalize` out",
    );
  }
  if (format < RULE_FORMAT) {
    throw new RunError(
      weights.file,
      `was calibrated by an earlier version, whose rule is another one: \`pinmem calibrate\` it anew, or ${INSTEAD_OF_AUTO}`,
    );
  }
  const { threshold, information = 0, departure = 0, weight } = rule;
  return { threshold, information, departure, weight };
}

/** What votes weigh at best. @throws as `readCalibration`; RunError where that is not known */
export function readVoteWeight(weights: CalibratedWeights): number {
  const { votes } = readCalibration(weights);
  if (votes) return votes.chosen;
  throw new RunError(
    weights.file,
    votes === null
      ? "has no memory that could vote, as its calibration says: leave `vote` out"
      : "was calibrated by an earlier version, which did not ask for the votes: `pinmem calibrate` it anew, or give `vote` a number",
  );
}

/** How much of which class frequencies is taken out of the logits. */
export interface LogitAdjustment {
  readonly frequencies: readonly number[];
  /** A number also where "auto" was asked. */
  readonly weight: number;
}

/** What is asked of the logits, by what is known of the sources' classes; null for 0. @throws as `readCalibration`; RunError where that is nothing */
export function readLogitAdjustment(
  weights: CalibratedWeights,
  asked: number | "auto",
): LogitAdjustment | null {
  if (asked === 0) return null;
  const { frequencies, chosen } = readFrequencies(weights);
  return { frequencies, weight: asked === "auto" ? chosen : asked };
}

function readFrequencies(weights: CalibratedWeights): NonNullable<Calibration["logitAdjustment"]> {
  const { logitAdjustment } = readCalibration(weights, "leave `logitAdjustment` out");
  const known = logitAdjustment?.frequencies.length ?? 0;
  const { classes } = weights.space;
  if (logitAdjustment && known === classes.length) return logitAdjustment;
  if (logitAdjustment) {
    throw new RunError(
      weights.file,
      `has ${classes.length} classes, and its calibration the frequencies of ${known}: \`pinmem calibrate\` it anew, or leave \`logitAdjustment\` out`,
    );
  }
  throw new RunError(
    weights.file,
    logitAdjustment === null
      ? "has no logits that could be adjusted, as its calibration says: leave `logitAdjustment` out"
      : "was calibrated by an earlier version, which did not ask how frequent classes are: `pinmem calibrate` it anew, or leave `logitAdjustment` out",
  );
}
