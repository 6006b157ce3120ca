// A folder for what a benchmark makes to measure on: gone when the benchmark ends, also when it is interrupted.

import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

export function temporaryFolder(name: string): string {
  // Who sees the folder may interrupt at once: what takes it away comes first.
  let folder: string | undefined;
  process.once("exit", () => {
    if (folder !== undefined) rmSync(folder, { recursive: true, force: true });
  });
  for (const signal of ["SIGINT", "SIGTERM"] as const) process.once(signal, () => process.exit(130));
  folder = mkdtempSync(join(tmpdir(), `pinmem-bench-${name}-`));
  return folder;
}
