// The one error for files that cannot be used: which file, what is wrong with it, and how to mend it.

import { visible } from "./visible.js";

/** A file or folder of the user's that cannot be used, and why. */
export class DataError extends Error {
  /** The file or folder that is to blame. */
  readonly file: string;
  /** What is wrong, without the file's name. */
  readonly problem: string;

  constructor(file: string, problem: string, options?: ErrorOptions) {
    super(visible(`${file}: ${problem}`), options);
    this.name = "DataError";
    this.file = file;
    this.problem = visible(problem);
  }
}

const refusals: Readonly<Record<string, string>> = {
  ENOENT: "does not exist",
  ENOTDIR: "does not exist: a part of this path is a file, not a folder",
  ENAMETOOLONG: "does not exist: no name can be that long",
  ELOOP: "does not exist: a link in this path leads back to itself",
  EISDIR: "is a folder, not a file",
  EACCES: "may not be read (permission denied)",
  EPERM: "may not be read (permission denied)",
  EIO: "cannot be read: the disk reports an error",
  EMFILE: "cannot be read: too many files are open",
};

/** Turns whatever was thrown while reading a file into a DataError about that file. */
export function asDataError(file: string, thrown: unknown): DataError {
  if (thrown instanceof DataError) return thrown;
  const refusal = refusals[(thrown as NodeJS.ErrnoException | null)?.code ?? ""];
  if (refusal !== undefined) return new DataError(file, refusal, { cause: thrown });
  const message = thrown instanceof Error ? thrown.message : String(thrown);
  return new DataError(file, message, { cause: thrown });
}
