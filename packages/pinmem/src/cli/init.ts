// `pinmem init`: a small project that trains on procedural streets at once, and says which lines to change for data of one's own.
// What stands in its files is in init-files.ts.

import { existsSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { basename, join, relative, resolve, sep } from "node:path";
import { fileURLToPath } from "node:url";
import { Command } from "commander";
import { writeWhole } from "../files/atomic-write.js";
import { projectFiles } from "./init-files.js";
import { explained } from "./running.js";

export function initCommand(): Command {
  return new Command("init")
    .description("Begin a project: package.json, a recipe that trains at once, a README.")
    .argument("[folder]", "where; made if it is not there", ".")
    .addHelpText(
      "after",
      `
Files that are there already are left as they are: where one of the project's is, nothing is written.

Example:
  npx pinmem init streets

Exit codes: 0 done; 1 it could not be done, and the last line says why; 2 wrong usage.`,
    )
    .action(async (folder: string) => explained(() => init(folder)));
}

async function init(folder: string): Promise<void> {
  const manifest = new URL("../../package.json", import.meta.url);
  const { version } = JSON.parse(readFileSync(manifest, "utf8")) as { version: string };
  const files = Object.entries(projectFiles({ name: packageName(resolve(folder)), version }));
  const inTheWay = files.map(([name]) => join(folder, name)).filter((path) => existsSync(path));
  if (inTheWay.length > 0)
    throw new Error(`${inTheWay.join(", ")}: there already. Choose another folder, or move it away`);
  const hasPinmem = findsPinmem(folder);
  for (const [name, text] of files) await writeWhole(join(folder, name), text);
  console.log(`${files.map(([name]) => join(folder, name)).join("\n")}\n\nNext:`);
  const here = relative(process.cwd(), resolve(folder));
  if (here !== "") console.log(`  cd ${quoted(here)}`);
  const clone = checkout();
  if (!hasPinmem) console.log(clone === null ? "  npm install" : `  npm install ${quoted(clone)}`);
  console.log("  npm run train");
}

const quoted = (path: string): string => (/^[\w./-]+$/.test(path) ? path : JSON.stringify(path));

/** The folder of this package where it is one of a clone, which npm links; null where npm has installed it. */
function checkout(): string | null {
  const folder = resolve(fileURLToPath(new URL("../..", import.meta.url)));
  return folder.split(sep).includes("node_modules") ? null : folder;
}

/** Whether a program there would find it: installed, or in a folder above, as in a clone. */
function findsPinmem(folder: string): boolean {
  try {
    createRequire(join(resolve(folder), "package.json")).resolve("pinmem/package.json");
    return true;
  } catch {
    return false;
  }
}

/** What npm takes as a name. */
const packageName = (folder: string): string =>
  basename(folder)
    .toLowerCase()
    .replace(/[^a-z0-9-]+/g, "-")
    .replace(/^-+|-+$/g, "") || "streets";
