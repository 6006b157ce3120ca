// The sections of golden files that can be run. A new one is a file beside this one and a line here.

import type { CaseConfig } from "../case-file.js";
import type { CaseRun } from "../case-run.js";
import type { Figures } from "../figures.js";
import { evaluation } from "./evaluation.js";
import { selectiveWhitening } from "./selective-whitening.js";
import { trainForward } from "./train-forward.js";
import { trainingSections } from "./training-iterations.js";

export interface Section {
  /** Its name in the files. */
  readonly name: string;
  /** Its figures, as the file names them. */
  readonly run: (run: CaseRun) => Figures;
  /** Tolerance in double precision for figures whose truth is less certain than usual. */
  readonly doubleTolerance?: (figure: string, config: CaseConfig) => number;
}

export const sections: readonly Section[] = [
  evaluation,
  selectiveWhitening,
  trainForward,
  ...trainingSections,
];
