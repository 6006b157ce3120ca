// A calibration that nobody found out: a run with the rule that a test is about.

import { join } from "node:path";
import { cityscapes19 } from "@pinmem/core";
import type { ShiftRule } from "../src/inference/shift-rule.js";
import { CALIBRATION_FORMAT, calibrationFile, writeCalibration } from "../src/runs/calibration.js";

/** Of the last weights of a run that was never trained; road is ten times as frequent as any other class. */
export async function calibrateBy(run: string, rule: ShiftRule): Promise<void> {
  const { classes } = cityscapes19;
  await writeCalibration(calibrationFile(join(run, "last.safetensors")), {
    format: CALIBRATION_FORMAT,
    step: 0,
    rule: { ...rule },
    sourceEntropy: 1,
    candidates: [0, rule.weight],
    votes: null,
    logitAdjustment: {
      frequencies: classes.map((_, k) => (k === 0 ? 10 : 1) / (classes.length + 9)),
      chosen: 0.5,
      candidates: [0, 0.5],
      shown: [],
    },
    seed: 0,
    shown: [],
  });
}
