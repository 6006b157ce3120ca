import type { CaseConfig } from "../case-file.js";
import type { CaseRun } from "../case-run.js";
import type { Figures } from "../figures.js";

/** One section of golden files: how its figures are computed here. */
export interface Section {
  /** Its name in the files. */
  readonly name: string;
  /** Its figures, as the file names them. */
  readonly run: (run: CaseRun) => Figures;
  /** Tolerance in double precision for figures whose truth is less certain than usual. */
  readonly doubleTolerance?: (figure: string, config: CaseConfig) => number;
}
