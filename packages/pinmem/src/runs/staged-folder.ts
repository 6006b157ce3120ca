// A folder that appears whole or not at all: filled under a hidden name beside its place, then renamed. What a process that was
// killed has left there is removed by the next one that makes a folder of the same name.

import { existsSync, mkdirSync, readdirSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { basename, dirname, join, resolve } from "node:path";
import { files } from "@pinmem/torch";
import { isRunning, type ProcessIdentity, thisProcess } from "@pinmem/torch/setup";
import { readJsonFile } from "../files/json-file.js";
import { makeFolder } from "../files/output-folder.js";
import { writing } from "../files/write-error.js";

/** Who fills it; only there until the folder is in its place. */
const OWNER = ".owner";

/** `using` removes what was not put in its place. */
export class StagedFolder implements Disposable {
  /** Where files go. */
  readonly path: string;
  readonly #out: string;

  /**
   * @param out where the folder will be; nothing may lie there
   * @throws WriteError
   */
  constructor(out: string) {
    this.#out = resolve(out);
    makeFolder(dirname(this.#out));
    removeLeftovers(this.#out);
    this.path = files.temporaryName(this.#out);
    writing(out, () => {
      mkdirSync(this.path);
      writeFileSync(join(this.path, OWNER), JSON.stringify(thisProcess()));
    });
  }

  /** Puts it in its place. @throws WriteError, and where something has come to lie there in the meantime */
  commit(): void {
    writing(this.#out, () => {
      files.flushFolder(this.path);
      renameSync(this.path, this.#out);
      rmSync(join(this.#out, OWNER));
    });
    files.flushFolder(dirname(this.#out));
  }

  [Symbol.dispose](): void {
    rmSync(this.path, { recursive: true, force: true });
  }
}

function removeLeftovers(out: string): void {
  const [folder, name] = [dirname(out), basename(out)];
  for (const entry of readdirSync(folder)) {
    const isOurs = entry.startsWith(`.${name}.`) && /^[0-9a-f]{12}\.tmp$/.test(entry.slice(name.length + 2));
    if (!isOurs) continue;
    const path = join(folder, entry);
    const owner = readOwner(path);
    if (owner && !isRunning(owner)) rmSync(path, { recursive: true, force: true });
  }
}

function readOwner(path: string): ProcessIdentity | null {
  const file = join(path, OWNER);
  try {
    return existsSync(file) ? (readJsonFile(file) as ProcessIdentity) : null;
  } catch {
    return null;
  }
}
