// What every benchmark leaves behind: a table on the terminal, a result file with machine, versions and date, and one
// line per figure with its goal.

import { mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { cpus, totalmem } from "node:os";
import { fileURLToPath } from "node:url";

export interface Figure {
  readonly value: number;
  readonly goal?: { readonly at: "most" | "least"; readonly limit: number };
}

export interface Result {
  readonly name: string;
  readonly versions: Record<string, string>;
  readonly settings?: Record<string, unknown>;
  readonly rows: readonly Record<string, string | number>[];
  readonly figures: Record<string, Figure>;
  readonly notes?: readonly string[];
}

const resultsFolder = new URL("../../results/", import.meta.url);

const machine = () => ({
  cpu: cpus()[0]?.model.trim() ?? "unknown",
  cores: cpus().length,
  memoryGiB: Math.round(totalmem() / 2 ** 30),
  system: `${process.platform} ${process.arch}`,
  node: process.version,
  loadAverage: /^\S+/.exec(tryRead("/proc/loadavg"))?.[0] ?? "unknown",
});

function tryRead(path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return "";
  }
}

const round = (value: number): number => Number(value.toPrecision(4));

function figureLine(name: string, key: string, { value, goal }: Figure): string {
  const text = `${name}.${key}: ${round(value)}`;
  return goal ? `${text} (goal ${goal.at === "most" ? "<=" : ">="} ${goal.limit})` : text;
}

/** Prints the table and the figures, and writes `bench/results/NAME-DATE.json`. */
export function report({ name, versions, settings = {}, rows, figures, notes = [] }: Result): void {
  console.table(rows);
  const date = new Date().toISOString();
  const file = fileURLToPath(new URL(`${name}-${date.slice(0, 10)}.json`, resultsFolder));
  const content = { name, date, machine: machine(), versions, settings, rows, figures, notes };
  try {
    mkdirSync(resultsFolder, { recursive: true });
    writeFileSync(`${file}.tmp`, `${JSON.stringify(content, null, 2)}\n`);
    renameSync(`${file}.tmp`, file);
  } catch (error) {
    rmSync(`${file}.tmp`, { force: true });
    throw new Error(`${file} cannot be written: ${(error as Error).message}`, { cause: error });
  }
  for (const note of notes) console.log(note);
  console.log(`\nwritten to bench/results/${name}-${date.slice(0, 10)}.json\n`);
  for (const [key, figure] of Object.entries(figures)) console.log(figureLine(name, key, figure));
}
