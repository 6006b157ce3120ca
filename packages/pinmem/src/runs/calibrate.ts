// The calibration of a network: on pictures of its source validation, as they are and under simulated shifts, never on a
// target.

import type { Size } from "@pinmem/core";
import { type Device, noGrad, scope } from "@pinmem/torch";
import { fitAdjustment } from "../adaptation/fit-adjustment.js";
import {
  always,
  fitShiftRule,
  meanDeparture,
  meanSigns,
  never,
  scoreWith,
  takesClearest,
  type TriedPicture,
} from "../adaptation/fit-shift-rule.js";
import { fitWeight, scoreOfWeight, type WeighedPicture } from "../adaptation/fit-weight.js";
import { tryAdjustments } from "../adaptation/try-adjustments.js";
import { tryPictures } from "../adaptation/try-pictures.js";
import { tryVotes } from "../adaptation/try-votes.js";
import type { Dataset } from "../datasets/dataset.js";
import { visible } from "../files/visible.js";
import type { Forward } from "../inference/predictor.js";
import { SecondLook } from "../inference/second-look.js";
import { hasBatchNorm, LARGEST_FOR_STATISTICS } from "../inference/test-time-normalization.js";
import { LEAST_PRIOR, type OwnWeight } from "../inference/own-weight.js";
import type { PredictionSigns } from "../inference/shift-rule.js";
import { spreadEvenly } from "../loading/check.js";
import { classFrequencies } from "../loading/class-frequencies.js";
import { evaluationImages, type ImageProblem } from "../loading/evaluation-loader.js";
import { BackboneNetwork } from "../models/backbone-network.js";
import { predict } from "../models/segment.js";
import type { SegmentationNetwork } from "../models/segmentation-network.js";
import type { WhichWeights } from "../training/which-weights.js";
import {
  CALIBRATION_FORMAT,
  type CalibratedWeights,
  type Calibration,
  calibrationFile,
  readCalibration,
  refuseAdapted,
  writeCalibration,
} from "./calibration.js";
import { openRun } from "./open-run.js";
import { RunError } from "./run-error.js";

/** What trained statistics count for beside own ones, in pixels of a picture. Half and twice as much mend about as many shifts; docs/results. */
const PRIOR = 1 / 4;
/** Weights of the memory's votes, beside that of training. */
const VOTES = [0, 5, 10, 20, 30];
/** Weights of the classes' frequencies in the logits; 0 is as it was trained. */
const ADJUSTMENTS = [0, 0.1, 0.2, 0.3, 0.4, 0.5, 0.7, 1];

export interface CalibrateOptions {
  /** Of a folder. Default: best where there is one. */
  readonly which?: WhichWeights;
  /** Pictures to look at, spread evenly over each domain. Default 16. */
  readonly pictures?: number;
  /** Labeled pictures that it was trained on, whose labels tell how frequent classes are. Default: those that it is calibrated on. */
  readonly sources?: readonly Dataset[];
  /** Of the simulated shifts. Default 0. */
  readonly seed?: number;
  readonly device?: Device;
  readonly signal?: AbortSignal | undefined;
  /** Where these weights were calibrated before, by this version, leave that. Default false. */
  readonly onlyNew?: boolean;
  readonly onPicture?: (done: number, total: number) => void;
  /** A file that cannot be used: stop, or leave it out as evaluations do. Default: as the recipe's `data.onError` says. */
  readonly onError?: "throw" | "skip";
  /** Told of each file that is left out. Default: a line on stderr. */
  readonly onProblem?: (problem: ImageProblem) => void;
}

/**
 * Fits when a network takes a picture's own statistics, what the votes of its memory weigh, and how much of the classes' frequencies is
 * taken out of its logits, and writes that beside its weights.
 * @param path folder of a run, or a file of weights
 * @param datasets labeled pictures of its sources that it was not trained on
 * @throws RunError where there is no picture, nothing of the network can be calibrated, or it was adapted to a place; as `openRun`; DataError naming a file that cannot be used
 */
export async function calibrate(
  path: string,
  datasets: readonly Dataset[],
  {
    which,
    pictures = 16,
    sources = datasets,
    seed = 0,
    device = "cpu",
    signal,
    onlyNew = false,
    onPicture,
    ...told
  }: CalibrateOptions = {},
): Promise<{ file: string; calibration: Calibration }> {
  using run = openRun(path, { device, form: "trained", ...(which && { which }) });
  const { network, space } = run;
  const { onError = run.recipe.data.onError, onProblem: tell = warnOf } = told;
  const onProblem = onError === "skip" ? tell : undefined;
  const file = calibrationFile(run.file);
  refuseAdapted(run);
  const known = onlyNew ? knownCalibration(run) : null;
  if (known) return { file, calibration: known };
  const each = Math.max(1, Math.round(pictures / Math.max(1, datasets.length)));
  const chosen = datasets.map((dataset) => ({ ...dataset, samples: spreadEvenly(dataset.samples, each) }));
  const total = chosen.reduce((sum, { samples }) => sum + samples.length, 0);
  if (total === 0) {
    throw new RunError(
      path,
      "cannot be calibrated without pictures of its sources' validation: its recipe names none in data.validation",
    );
  }
  const hasStatistics = hasBatchNorm(network);
  if (hasStatistics) network.to({ memoryFormat: "channelsLast" });
  const forward: Forward = (image) => predict(network, image);
  const second = hasStatistics ? new SecondLook(network, forward) : null;
  const weights = votesToTry(network);
  const trainedVote = network.memory?.voteWeight ?? 0;
  const voted: WeighedPicture[] = [];
  const adjusted: WeighedPicture[] = [];
  const frequencies =
    network instanceof BackboneNetwork && network.classifier.bias
      ? await classFrequencies(sources, { signal, onProblem })
      : [];
  const isKnown = frequencies.some((share) => share > 0);
  if (!second && weights.length === 0 && !isKnown) {
    throw new RunError(
      path,
      "has nothing to calibrate: no batch norm, no memory that could vote, and no last convolution whose classes are known",
    );
  }
  async function* images() {
    for (const dataset of chosen) yield* evaluationImages(dataset, onProblem ? { onProblem } : {});
  }
  const [first, rest] = await begun(images());
  const weight = first ? ownWeight(first) : LEAST_PRIOR;
  const tried = await tryPictures(rest, {
    forward,
    second,
    weight,
    classes: space.classes.length,
    seed,
    device,
    signal,
    onTried: (kind, picture, logits) => {
      if (second) second.normalization.weight = 0;
      if (weights.length > 0) voted.push({ kind, trials: tryVotes(network, picture, weights, device) });
      if (isKnown)
        adjusted.push({ kind, trials: tryAdjustments(logits, picture.label, ADJUSTMENTS, frequencies) });
    },
    onPicture: (done) => onPicture?.(done, total),
  });
  if (tried.length === 0)
    throw new RunError(path, `cannot be calibrated: none of the ${total} pictures can be used`);
  const rule = second && fitShiftRule(tried, weight);
  const kinds = (["none", "framing", "shift"] as const).flatMap((change) => [
    ...new Set(tried.flatMap((picture) => (picture.change === change ? [picture.kind] : []))),
  ]);
  const shown = kinds.map((kind) => {
    const those = tried.filter((picture) => picture.kind === kind);
    return {
      kind,
      change: those[0]?.change ?? "none",
      pictures: those.length,
      ...signsOf(those),
      meanIoU: (rule ? [never, always] : [never]).map((choice) => scoreWith(those, choice)),
      chosen: scoreWith(those, (picture) => rule !== null && takesClearest(rule, picture)),
    };
  });
  const plain = tried.filter(({ change }) => change === "none");
  const usual = signsOf(plain);
  const calibration: Calibration = {
    format: CALIBRATION_FORMAT,
    step: run.step,
    rule,
    sourceEntropy: usual.entropy,
    sourceInformation: usual.information,
    sourceDeparture: meanDeparture(plain),
    candidates: rule ? [0, rule.weight] : [0],
    votes:
      voted.length > 0
        ? {
            chosen: fitWeight(voted, weights, trainedVote),
            trained: trainedVote,
            ...triedWeights(voted, weights),
          }
        : null,
    logitAdjustment: isKnown
      ? {
          frequencies,
          chosen: fitAdjustment(adjusted, ADJUSTMENTS),
          ...triedWeights(adjusted, ADJUSTMENTS),
        }
      : null,
    seed,
    shown,
  };
  await writeCalibration(file, calibration);
  return { file, calibration };
}

const warnOf = ({ file, problem }: ImageProblem): void =>
  console.warn(visible(`the calibration leaves ${file} out: ${problem}`));

/** The first of a sequence, and all of it. */
async function begun<T>(items: AsyncIterable<T>): Promise<[T | undefined, AsyncIterable<T>]> {
  const iterator = items[Symbol.asyncIterator]();
  const first = await iterator.next();
  async function* all() {
    if (first.done) return;
    yield first.value;
    yield* { [Symbol.asyncIterator]: () => iterator };
  }
  return [first.done ? undefined : first.value, all()];
}

/** Of own statistics, where pictures are as large as this one. */
function ownWeight({ width, height }: Size): OwnWeight {
  const pixels = Math.min(width * height, LARGEST_FOR_STATISTICS);
  return Math.max(LEAST_PRIOR, Math.round(PRIOR * pixels));
}

/** Weights of the votes to choose from; none where a network cannot vote. */
function votesToTry({ memory, decode }: SegmentationNetwork): number[] {
  if (!memory || decode.length < 4) return [];
  // Rows that were never written vote for nothing.
  const isWritten = noGrad(() => scope(() => memory.items.abs().sum().toNumber() > 0));
  return isWritten ? [...new Set([memory.voteWeight, ...VOTES])] : [];
}

/** What all weights answer. */
function triedWeights(pictures: readonly WeighedPicture[], candidates: readonly number[]) {
  const kinds = [...new Set(pictures.map(({ kind }) => kind))];
  return {
    candidates: [...candidates],
    shown: kinds.map((kind) => {
      const those = pictures.filter((picture) => picture.kind === kind);
      return { kind, meanIoU: candidates.map((weight) => scoreOfWeight(those, weight)) };
    }),
  };
}

const signsOf = (pictures: readonly TriedPicture[]): PredictionSigns =>
  meanSigns(pictures) ?? { entropy: 0, information: 0 };

function knownCalibration(weights: CalibratedWeights): Calibration | null {
  try {
    const known = readCalibration(weights);
    return known.format === CALIBRATION_FORMAT ? known : null;
  } catch {
    return null;
  }
}
