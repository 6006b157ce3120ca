// Runs side by side: figures for programs, a page for people.

export {
  type CompareOptions,
  type Comparison as RunComparison,
  compare as compareRuns,
  type Entry,
  type Row as RunRow,
} from "./comparison.js";
export { markdownTable } from "./markdown.js";
export { type Entries, readEntries } from "./read-entries.js";
export type { RunRecord } from "./run-record.js";
export { type ReportOptions, writeReport } from "./write-report.js";
