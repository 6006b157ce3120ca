// A process that is killed at the n-th rename of its files, as kill -9 may do it: what lies in its folders afterwards is looked at.

import { spawnSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";

const bin = fileURLToPath(new URL("../bin/pinmem.mjs", import.meta.url));

/**
 * Runs the command line as compiled, in a process of its own.
 * @param folder where the code lies that kills it
 * @returns the signal that ended it; null: it came to its end
 */
export function killedAtRename(folder: string, count: number, words: readonly string[]): string | null {
  const hook = join(folder, "kill.mjs");
  writeFileSync(
    hook,
    `import fs from "node:fs";
     import { syncBuiltinESMExports } from "node:module";
     let renames = 0;
     const { renameSync } = fs;
     fs.renameSync = (from, to) => {
       if (++renames === ${count}) process.kill(process.pid, "SIGKILL");
       renameSync(from, to);
     };
     syncBuiltinESMExports();`,
  );
  const args = ["--import", pathToFileURL(hook).href, bin, ...words];
  return spawnSync(process.execPath, args, { stdio: "ignore" }).signal;
}
