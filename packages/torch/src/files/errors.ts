// The one error of tensor files: every way in which a file, or a request about it, can be wrong ends here.
// It says which file, where in it, what is wrong and how to mend it. Text taken from a file is quoted and cut,
// so that a hostile name cannot flood or forge a message.

export interface TensorFileProblem {
  file: string;
  where: string;
  problem: string;
  remedy: string;
  cause?: unknown;
}

/** A tensor file that cannot be read or written: which, where in it, and why. */
export class TensorFileError extends Error {
  override readonly name = "TensorFileError";
  /** Path of the file, or `<bytes>` for one held in memory. */
  readonly file: string;
  /** Place in the file, e.g. `data.pkl, byte 120` or `tensor "conv1.weight"`. */
  readonly where: string;
  /** What to do about it. */
  readonly remedy: string;

  constructor({ file, where, problem, remedy, cause }: TensorFileProblem) {
    super(`${inOneLine(file)}: ${where}: ${problem}. ${remedy}`, cause === undefined ? undefined : { cause });
    this.file = file;
    this.where = where;
    this.remedy = remedy;
  }
}

/** A name as it is, but for control characters, which forge lines of a message and which terminals obey. */
const inOneLine = (name: string): string =>
  name.replace(/\p{Cc}/gu, (sign) => `\\x${sign.charCodeAt(0).toString(16).padStart(2, "0")}`);

export const DAMAGED = "The file is damaged or was cut short: download or save it again.";

/** `text` in double quotes with control characters escaped, at most `limit` characters of it. */
export const quote = (text: string, limit = 100): string =>
  JSON.stringify(text.length > limit ? `${text.slice(0, limit)}…` : text);

/** False for text with half of a surrogate pair, which UTF-8 cannot hold. */
export const isUnicode = (text: string): boolean => !/\p{Surrogate}/u.test(text);
