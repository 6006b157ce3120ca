// Standard output and error that cannot be written. Into a file Node writes at once, and takes no notice of what a full disk did
// not take: results would be cut short, and the exit code would say that all is well. And what a terminal must not be told: names
// of strangers' files may hold what it would obey.

import { fstatSync, writeSync } from "node:fs";
import type { Writable } from "node:stream";
import { CLEAR } from "../files/status-line.js";
import { visible } from "../files/visible.js";
import { asWriteError } from "../files/write-error.js";

/** Where nobody reads on, as after `| head`: what shells give such a command. */
const UNREAD = 141;

const guarded = new WeakSet<Writable>();

let goesOnUnread = false;

/**
 * From now on, output that nobody reads any more is no reason to end: a training has its results in its folder. What cannot
 * be written for another reason still is.
 */
export function goOnUnread(): void {
  goesOnUnread = true; // To the end: a pipe tells of its last lines when the command is done.
}

/** A stream of this process. */
type Standard = Writable & { readonly fd: number; readonly isTTY?: boolean };

/**
 * Ends the program with an exit code that tells when one of the streams can no longer be written. A terminal gets control characters as
 * they are written in programs; files and other programs get names as they are.
 */
export function guardOutput(streams: readonly Standard[]): void {
  for (const stream of streams) {
    if (guarded.has(stream)) continue;
    guarded.add(stream);
    stream.on("error", end);
    if (stream.isTTY) escapeControls(stream);
    if (isFile(stream.fd)) stream._write = (chunk, _, done) => done(writeAll(stream.fd, chunk));
  }
}

/** But for the ends of lines, tabs, and what redraws a status line. */
function escapeControls(stream: Standard): void {
  const write = stream.write.bind(stream) as (...given: unknown[]) => boolean;
  const harmless = (text: string) => text.replace(/[^\n\t]+/g, visible);
  const shown = (chunk: unknown) =>
    typeof chunk === "string" ? chunk.split(CLEAR).map(harmless).join(CLEAR) : chunk;
  stream.write = (chunk: unknown, ...rest: unknown[]) => write(shown(chunk), ...rest);
}

function isFile(descriptor: number): boolean {
  try {
    return fstatSync(descriptor).isFile();
  } catch {
    return false; // It was closed before the program began.
  }
}

function writeAll(descriptor: number, bytes: Uint8Array): Error | null {
  try {
    for (let done = 0; done < bytes.length; ) done += writeSync(descriptor, bytes, done);
    return null;
  } catch (error) {
    return error as Error;
  }
}

function end(error: NodeJS.ErrnoException): void {
  // EIO: the terminal was closed.
  if (goesOnUnread && (error.code === "EPIPE" || error.code === "EIO")) return;
  if (error.code === "EPIPE") process.exit(UNREAD);
  try {
    writeSync(2, `${(asWriteError("standard output", error) as Error).message}\n`);
  } catch {
    // Standard error lies on the same disk.
  }
  process.exit(1);
}
