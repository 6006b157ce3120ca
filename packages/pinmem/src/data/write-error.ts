// The one error for files and folders that cannot be written: which, why, and how to mend it.

const reasons: Readonly<Record<string, string>> = {
  ENOSPC: "the disk is full. Free some space, then run this again",
  EDQUOT: "the disk quota is used up. Free some space, then run this again",
  EACCES: "permission denied. Choose another place",
  EPERM: "permission denied. Choose another place",
  EROFS: "the file system is read-only. Choose another place",
  ENOTDIR: "a part of this path is a file, not a folder. Choose another place",
  EEXIST: "it is a file, not a folder. Choose another place",
  EISDIR: "there is a folder of this name. Move it away, or choose another name",
  ENAMETOOLONG: "the name is too long for this file system",
  EIO: "the disk reports an error",
  EMFILE: "too many files are open",
};

export class WriteError extends Error {
  override readonly name = "WriteError";

  constructor(
    readonly file: string,
    /** The system's own, such as "ENOSPC". */
    readonly code: string,
    /** What is the matter and what to do, without the file's name. */
    readonly problem: string,
    options?: ErrorOptions,
  ) {
    super(`${file}: ${problem}`, options);
  }
}

/** What was thrown while `file` was written, as a WriteError where the system refused. */
export function asWriteError(file: string, thrown: unknown): unknown {
  const code = (thrown as NodeJS.ErrnoException | null)?.code ?? "";
  const reason = reasons[code];
  return thrown instanceof WriteError || reason === undefined
    ? thrown
    : new WriteError(file, code, `cannot be written: ${reason}`, { cause: thrown });
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
