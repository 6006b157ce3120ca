// The calibration of a network: on pictures of its source validation, as they are and under simulated shifts, never on a
// target.

import type { Device } from "@pinmem/torch";
import {
  fitShiftRule,
  meanSigns,
  scoreWith,
  type TriedPicture,
  weightFor,
} from "../adaptation/fit-shift-rule.js";
import { tryPictures } from "../adaptation/try-pictures.js";
import type { Dataset } from "../datasets/dataset.js";
import type { PredictionSigns } from "../inference/shift-rule.js";
import { TestTimeNormalization } from "../inference/test-time-normalization.js";
import { spreadEvenly } from "../loading/check.js";
import { evaluationImages } from "../loading/evaluation-loader.js";
import { predict } from "../models/segment.js";
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

/** Weights of own statistics to choose from. */
const CANDIDATES = [0, 0.1, 0.3, 0.5];

export interface CalibrateOptions {
  /** Of a folder. Default: best where there is one. */
  readonly which?: "best" | "last";
  /** Pictures to look at, spread evenly over each domain. Default 16. */
  readonly pictures?: number;
  /** Of the simulated shifts. Default 0. */
  readonly seed?: number;
  readonly device?: Device;
  readonly signal?: AbortSignal | undefined;
  /** Where these weights were calibrated before, leave that. Default false. */
  readonly onlyNew?: boolean;
  readonly onPicture?: (done: number, total: number) => void;
}

/**
 * Fits when a network takes a picture's own statistics, and writes that beside its weights.
 * @param path folder of a run, or a file of weights
 * @param datasets labeled pictures of its sources that it was not trained on
 * @throws RunError where there is no picture, or the run was adapted to a place; as `openRun`; DataError naming a file that cannot be used
 */
export async function calibrate(
  path: string,
  datasets: readonly Dataset[],
  {
    which,
    pictures = 16,
    seed = 0,
    device = "cpu",
    signal,
    onlyNew = false,
    onPicture,
  }: CalibrateOptions = {},
): Promise<{ file: string; calibration: Calibration }> {
  using run = openRun(path, { device, form: "trained", ...(which && { which }) });
  const { network, space } = run;
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
  network.to({ memoryFormat: "channelsLast" });
  const normalization = new TestTimeNormalization(network, 0);
  async function* images() {
    for (const dataset of chosen) yield* evaluationImages(dataset);
  }
  const tried = await tryPictures(images(), {
    forward: (image) => predict(network, image),
    normalization,
    classes: space.classes.length,
    candidates: CANDIDATES,
    seed,
    device,
    signal,
    onPicture: (done) => onPicture?.(done, total),
  });
  const rule = fitShiftRule(tried, CANDIDATES);
  const kinds = [...new Set(tried.map(({ kind }) => kind))];
  const shown = kinds.map((kind) => {
    const those = tried.filter((picture) => picture.kind === kind);
    return {
      kind,
      pictures: those.length,
      ...signsOf(those),
      meanIoU: CANDIDATES.map((weight) => scoreWith(those, () => weight)),
      chosen: scoreWith(those, (picture) => weightFor(rule, picture)),
    };
  });
  const usual = signsOf(tried.filter(({ kind }) => kind === "none"));
  const calibration: Calibration = {
    format: CALIBRATION_FORMAT,
    step: run.step,
    rule,
    sourceEntropy: usual.entropy,
    sourceInformation: usual.information,
    candidates: CANDIDATES,
    seed,
    shown,
  };
  await writeCalibration(file, calibration);
  return { file, calibration };
}

const signsOf = (pictures: readonly TriedPicture[]): PredictionSigns =>
  meanSigns(pictures) ?? { entropy: 0, information: 0 };

function knownCalibration(weights: CalibratedWeights): Calibration | null {
  try {
    return readCalibration(weights);
  } catch {
    return null;
  }
}
