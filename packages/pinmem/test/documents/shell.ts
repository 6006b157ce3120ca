// What a piece of shell would start. A real bash reads it, with its quotes, variables and loops, in an empty folder and with
// nothing on its path but stand-ins of npx, npm and node that note their words. Everything else is left out.

import { spawnSync } from "node:child_process";
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

const standIn = `#!/bin/bash
{ printf '%s\\x1f' "\${0##*/}" "$@"; printf '\\x1e'; } >> "$NOTED"
`;

/** What a reader would have to have, and which is not at hand here. */
const prelude = `
command_not_found_handle() { :; }
cd() { :; }
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
    for (const name of ["npx", "npm", "node"]) {
      writeFileSync(join(bin, name), standIn);
      chmodSync(join(bin, name), 0o755);
    }
    return scripts.map((script, at) => {
      const noted = join(folder, `${at}`);
      const { stderr } = spawnSync("/bin/bash", ["-c", `${prelude}${script}\nwait`], {
        cwd: join(folder, "empty"),
        env: { PATH: bin, HOME: "/home/somebody", NOTED: noted },
        encoding: "utf8",
      });
      const text = existsSync(noted) ? readFileSync(noted, "utf8") : "";
      const commands = text
        .split("\x1e")
        .filter((entry) => entry !== "")
        .map((entry) => entry.split("\x1f").slice(0, -1));
      return { commands, complaint: stderr };
    });
  } finally {
    rmSync(folder, { recursive: true });
  }
}
