// What a piece of shell would start. A real bash reads it, with its quotes, variables and loops, in an empty folder and with
// nothing on its path but stand-ins of npx, npm and node that note their words. Everything else is left out. It is read twice,
// so that both ways of an `if [ … ]` are gone.

import { spawnSync } from "node:child_process";
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

const standIn = `#!/bin/bash
{ printf '%s\\x1f' "\${0##*/}" "$@"; printf '\\x1e'; } >> "$NOTED"
`;

/** Programs that start another one: their own options first. */
const starter = `#!/bin/bash
while [[ $1 == -* ]]; do shift; done
exec "$@"
`;

/** Programs that a reader has and that are not at hand here do nothing. */
const prelude = (condition: boolean) => `
command_not_found_handle() { :; }
cd() { :; }
function [ { ${condition}; }
`;

/** One shell starts those of all scripts: the process of the tests is large, and takes long to start many. */
const readEach = `
for script in "$FOLDER"/*.sh; do
  NOTED="$script.noted" /bin/bash -c "$(< "$script")" 2> "$script.said" < /dev/null
done
`;

export interface Started {
  /** The words of each program started, its name first. */
  readonly commands: readonly (readonly string[])[];
  /** What the shell did not understand; empty where it did. */
  readonly complaint: string;
}

/** The programs that each script would start. */
export function startedBy(scripts: readonly string[]): Started[] {
  const folder = mkdtempSync(join(tmpdir(), "pinmem-shell-"));
  try {
    const bin = join(folder, "bin");
    mkdirSync(bin);
    mkdirSync(join(folder, "empty"));
    const executable = (name: string, text: string) => {
      writeFileSync(join(bin, name), text);
      chmodSync(join(bin, name), 0o755);
    };
    for (const name of ["npx", "npm", "node"]) executable(name, standIn);
    for (const name of ["srun", "nohup", "nice"]) executable(name, starter);
    for (const [at, script] of scripts.entries()) {
      const both = /\[ /.test(script);
      for (const condition of both ? [true, false] : [true])
        writeFileSync(join(folder, `${at}-${condition}.sh`), `${prelude(condition)}${script}\nwait`);
    }
    spawnSync("/bin/bash", ["-c", readEach], {
      cwd: join(folder, "empty"),
      env: { PATH: bin, HOME: "/home/somebody", FOLDER: folder },
      stdio: "ignore",
    });
    const text = (name: string) => {
      const file = join(folder, name);
      return existsSync(file) ? readFileSync(file, "utf8") : "";
    };
    return scripts.map((_, at) => {
      const complaint = text(`${at}-true.sh.said`) || text(`${at}-false.sh.said`);
      const noted = text(`${at}-true.sh.noted`) + text(`${at}-false.sh.noted`);
      const commands = noted
        .split("\x1e")
        .filter((entry) => entry !== "")
        .map((entry) => entry.split("\x1f").slice(0, -1));
      return { commands, complaint };
    });
  } finally {
    rmSync(folder, { recursive: true });
  }
}
