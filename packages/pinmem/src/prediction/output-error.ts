// An output that cannot be written, for a reason that the next one will meet too: prediction stops there.

export class OutputError extends Error {
  override readonly name = "OutputError";

  constructor(
    readonly file: string,
    readonly problem: string,
    options?: ErrorOptions,
  ) {
    super(`${file}: ${problem}`, options);
  }
}

const reasons: Readonly<Record<string, string>> = {
  ENOSPC: "the disk is full. Free some space, then give the same command with --skip-existing",
  EDQUOT: "the disk quota is used up. Free some space, then give the same command with --skip-existing",
  EACCES: "permission denied. Choose another folder with --out",
  EPERM: "permission denied. Choose another folder with --out",
  EROFS: "the file system is read-only. Choose another folder with --out",
  ENOTDIR: "a part of this path is a file, not a folder. Choose another folder with --out",
  EEXIST: "it is a file, not a folder. Choose another folder with --out",
  EISDIR: "there is a folder of this name. Move it away, or choose another folder with --out",
  EIO: "the disk reports an error",
  EMFILE: "too many files are open",
};

/** The error as an OutputError where it is of that kind; undefined where it concerns this file alone. */
export function asOutputError(file: string, error: unknown): OutputError | undefined {
  if (error instanceof OutputError) return error;
  const reason = reasons[(error as NodeJS.ErrnoException | null)?.code ?? ""];
  return reason === undefined
    ? undefined
    : new OutputError(file, `cannot be written: ${reason}`, { cause: error });
}
