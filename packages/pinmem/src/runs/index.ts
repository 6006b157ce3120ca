// Finished runs, opened.

export { type ConvertOptions, convertBackboneWeights, convertWeights } from "./convert-weights.js";
export { type OpenRun, type OpenRunOptions, openRun } from "./open-run.js";
export { RunError } from "./run-error.js";
