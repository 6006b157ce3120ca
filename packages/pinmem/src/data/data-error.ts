// The one error for files that cannot be used: which file, what is wrong with it, and how to mend it.

export class DataError extends Error {
  /** The file or folder that is to blame. */
  readonly file: string;
  /** What is wrong, without the file's name. */
  readonly problem: string;

  constructor(file: string, problem: string, options?: ErrorOptions) {
    super(`${file}: ${problem}`, options);
    this.name = "DataError";
    this.file = file;
    this.problem = problem;
  }
}

/** Turns whatever was thrown while reading a file into a DataError about that file. */
export function asDataError(file: string, thrown: unknown): DataError {
  if (thrown instanceof DataError) return thrown;
  const code = (thrown as NodeJS.ErrnoException | null)?.code;
  if (code === "ENOENT") return new DataError(file, "does not exist");
  if (code === "EACCES") return new DataError(file, "may not be read (permission denied)");
  const message = thrown instanceof Error ? thrown.message : String(thrown);
  return new DataError(file, message, { cause: thrown });
}
