// The one error for files and folders that cannot be written: which, why, and how to mend it.

import { existsSync, statSync } from "node:fs";
import { dirname } from "node:path";
import { visible } from "./visible.js";

const cures = {
  again: "Free some space, then run this again",
  place: "Choose another place",
  name: "Move it away, or choose another name",
} as const;

export type Cure = keyof typeof cures;

const reasons: Readonly<Record<string, readonly [reason: string, cure?: Cure]>> = {
  ENOSPC: ["the disk is full", "again"],
  EDQUOT: ["the disk quota is used up", "again"],
  EACCES: ["permission denied", "place"],
  EPERM: ["permission denied", "place"],
  EROFS: ["the file system is read-only", "place"],
  ENOTDIR: ["is a file, not a folder", "place"],
  EEXIST: ["is a file, not a folder", "place"],
  EISDIR: ["there is a folder of this name", "name"],
  ENOENT: ["the system lets nothing be made there", "place"],
  ELOOP: ["a link stands in its place", "name"],
  ENAMETOOLONG: ["the name is too long for this file system"],
  EIO: ["the disk reports an error"],
  EMFILE: ["too many files are open"],
};

export class WriteError extends Error {
  override readonly name = "WriteError";
  /** What is the matter and what to do, without the file's name. */
  readonly problem: string;

  constructor(
    readonly file: string,
    /** The system's own, such as "ENOSPC". */
    readonly code: string,
    reason: string,
    readonly cure?: Cure,
    options?: ErrorOptions,
  ) {
    const problem = visible(`cannot be written: ${reason}${cure ? `. ${cures[cure]}` : ""}`);
    super(`${visible(file)}: ${problem}`, options);
    this.problem = problem;
  }
}

/** What was thrown while `file` was written, as a WriteError where the system refused. */
export function asWriteError(file: string, thrown: unknown): unknown {
  const code = (thrown as NodeJS.ErrnoException | null)?.code ?? "";
  const known = reasons[code];
  if (thrown instanceof WriteError || known === undefined) return thrown;
  const [words, cure] = known;
  const reason = blockers.includes(code) ? `${inTheWay(file)} ${words}` : words;
  return new WriteError(file, code, reason, cure, { cause: thrown });
}

/** Where something stands in a folder's place. */
const blockers: readonly string[] = ["ENOTDIR", "EEXIST"];

/** The file that a path leads through, or to, as if it were a folder. */
function inTheWay(path: string): string {
  let there = path;
  while (!existsSync(there) && dirname(there) !== there) there = dirname(there);
  if (statSync(there).isDirectory()) return "a part of this path";
  return there === path ? "it" : there;
}

/** Whether nothing more can be written, by what was thrown or by what caused it. */
export function isDiskFull(thrown: unknown): boolean {
  const { code = "", cause } = (thrown ?? {}) as NodeJS.ErrnoException & { cause?: unknown };
  return ["ENOSPC", "EDQUOT"].includes(code) || (cause !== undefined && isDiskFull(cause));
}

/** @throws WriteError about `file` where what `write` does meets a refusal of the system */
export function writing<T>(file: string, write: () => T): T {
  try {
    return write();
  } catch (error) {
    throw asWriteError(file, error);
  }
}
