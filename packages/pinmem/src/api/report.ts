// Runs side by side: figures for programs, a page for people.

export {
  type CompareOptions,
  type Comparison as RunComparison,
  compare as compareRuns,
  type Entry,
  type Row as RunRow,
} from "../comparison/comparison.js";
export { markdownTable } from "../comparison/markdown.js";
export { type Entries, readEntries } from "../comparison/read-entries.js";
export type { RunRecord } from "../comparison/run-record.js";
export { type ReportOptions, writeReport } from "../report/write-report.js";
