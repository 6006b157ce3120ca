// Finished runs, opened.

export { type OpenRun, type OpenRunOptions, openRun } from "./open-run.js";
export { RunError } from "./run-error.js";
