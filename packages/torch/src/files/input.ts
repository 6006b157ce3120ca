// A file being read: positioned reads within its bounds, its memory budget, and errors that carry its name.
// The same readers work on a file on disk, which is never read whole, and on bytes in memory.

import { closeSync, constants, fstatSync, openSync, readSync } from "node:fs";
import { Budget } from "./budget.js";
import { DAMAGED, TensorFileError } from "./errors.js";

/** Bytes that can be read at any position: a file, a part of one, or an inflated entry. */
export interface Bytes {
  readonly size: number;
  /** Fills the whole of `target` from `position` on. */
  readInto(target: Uint8Array, position: number): void;
  /** Throws if `content`, the whole of these bytes, does not match a checksum kept for them. */
  verify?(content: Uint8Array): void;
}

type ReadAt = (target: Uint8Array, position: number) => number;

/** Without it a pipe, which is refused as soon as it is open, would keep its opening waiting. */
const { O_RDONLY, O_NONBLOCK = 0 } = constants;

// One read system call takes less than 2 GiB.
const LARGEST_READ = 2 ** 30;

export class Input implements Bytes {
  readonly name: string;
  readonly size: number;
  readonly budget: Budget;
  #readAt: ReadAt | undefined;
  readonly #close: () => void;

  constructor(name: string, size: number, readAt: ReadAt, close: () => void) {
    this.name = name;
    this.size = size;
    this.budget = new Budget(name, size);
    this.#readAt = readAt;
    this.#close = close;
  }

  readInto(target: Uint8Array, position: number): void {
    if (!this.#readAt) {
      throw this.fail("reading", "the file was closed before", "Read its tensors before you close it.");
    }
    if (!(position >= 0 && position + target.length <= this.size)) {
      throw this.fail(`byte ${position}`, `needs ${target.length} bytes, the file has ${this.size}`);
    }
    for (let done = 0; done < target.length; ) {
      const part = target.subarray(done, done + LARGEST_READ);
      const count = guard(this.name, "reading", () => this.#readAt?.(part, position + done) ?? 0);
      if (count === 0)
        throw this.fail(`byte ${position + done}`, "the file became shorter while it was read");
      done += count;
    }
  }

  fail(where: string, problem: string, remedy: string = DAMAGED, cause?: unknown): TensorFileError {
    return new TensorFileError({ file: this.name, where, problem, remedy, cause });
  }

  close(): void {
    if (!this.#readAt) return;
    this.#readAt = undefined;
    this.#close();
  }
}

/** Opens a path, or wraps bytes already in memory. Throws `TensorFileError` where there is no regular file. */
export function openInput(file: string | Uint8Array): Input {
  if (typeof file !== "string") {
    const readAt: ReadAt = (target, position) => {
      target.set(file.subarray(position, position + target.length));
      return target.length;
    };
    return new Input("<bytes>", file.length, readAt, () => {});
  }
  const descriptor = guard(file, "opening", () => openSync(file, O_RDONLY | O_NONBLOCK));
  const stat = fstatSync(descriptor);
  if (!stat.isFile()) {
    closeSync(descriptor);
    throw new TensorFileError({
      file,
      where: "opening",
      problem: "not a regular file",
      remedy: "Give the path of a tensor file.",
    });
  }
  const readAt: ReadAt = (target, position) => readSync(descriptor, target, 0, target.length, position);
  return new Input(file, stat.size, readAt, () => closeSync(descriptor));
}

/** A part of `bytes`, numbered from zero. */
export const part = (bytes: Bytes, start: number, size: number): Bytes => ({
  size,
  readInto: (target, position) => bytes.readInto(target, start + position),
});

/** Runs `body`, turning errors of the file system into `TensorFileError`. */
export function guard<T>(file: string, where: string, body: () => T): T {
  try {
    return body();
  } catch (cause) {
    if (cause instanceof TensorFileError) throw cause;
    const code = cause instanceof Error && "code" in cause ? String(cause.code) : "";
    const message = cause instanceof Error ? cause.message : String(cause);
    const [problem, remedy] = refusals[code] ?? [message, "Check the path and the disk."];
    throw new TensorFileError({ file, where, problem, remedy, cause });
  }
}

const unchanged = "a file that was there before is unchanged";

const refusals: Readonly<Record<string, readonly [problem: string, remedy: string]>> = {
  ENOENT: ["there is no such file or folder", "Check the path."],
  ENOTDIR: ["a part of this path is a file, not a folder", "Check the path."],
  ENAMETOOLONG: ["the name is too long", "Check the path."],
  EISDIR: ["there is a folder of this name", "Give the path of a file."],
  EACCES: ["permission denied", "Check the permissions."],
  EPERM: ["permission denied", "Check the permissions."],
  EROFS: ["the file system is read-only", "Choose another place."],
  ENOSPC: ["the disk is full", `Free disk space; ${unchanged}.`],
  EDQUOT: ["the disk quota is used up", `Free disk space; ${unchanged}.`],
  EFBIG: ["the system forbids files of this size", `Allow larger ones; ${unchanged}.`],
  EIO: ["the disk reports an error", "Check the disk."],
};
