// The calibration of an untrained run, with what a test wants to be known of its sources.

import { join } from "node:path";
import {
  CALIBRATION_FORMAT,
  type Calibration,
  calibrationFile,
  writeCalibration,
} from "../src/runs/calibration.js";

/** Of classes that are all as frequent as one another, where nothing is to be taken out of the logits. */
export const evenFrequencies = {
  frequencies: Array.from({ length: 19 }, () => 1 / 19),
  chosen: 0,
  candidates: [0],
  shown: [],
};

/** @returns the file of weights that it is of */
export async function calibrateAs(run: string, known: Partial<Calibration> = {}): Promise<string> {
  const file = join(run, "last.safetensors");
  await writeCalibration(calibrationFile(file), {
    format: CALIBRATION_FORMAT,
    step: 0,
    rule: null,
    sourceEntropy: 1,
    candidates: [0, 0.5],
    seed: 0,
    shown: [],
    logitAdjustment: evenFrequencies,
    ...known,
  });
  return file;
}
