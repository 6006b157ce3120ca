// A file from the web, whole or not at all. It grows under its name with ".part", from which a later download goes on (HTTP
// ranges), and gets its name once its SHA-256 is the one that was promised: whatever a server says, nothing else does.

import { existsSync, renameSync, rmSync, statSync } from "node:fs";
import { open } from "node:fs/promises";
import type { IncomingMessage } from "node:http";
import { setTimeout as wait } from "node:timers/promises";
import { sha256Of } from "../files/sha256.js";
import { asWriteError, WriteError, writing } from "../files/write-error.js";
import type { Environment } from "./environment.js";
import { shown } from "./proxy.js";
import { PullError } from "./pull-error.js";
import { request } from "./request.js";

export interface DownloadOptions {
  /** What the file's SHA-256 is, or begins with. */
  readonly hash: string;
  /** About how long the file is; one that is far longer is not read to its end. */
  readonly bytes: number;
  readonly env: Environment;
  /** What to do without a network. Default: "put the file into the cache by hand". */
  readonly offline?: string;
  readonly signal?: AbortSignal | undefined;
  /** Bytes that are there, and those of the whole file as the server says. */
  readonly onProgress?: ((done: number, total: number) => void) | undefined;
  /** Milliseconds without a byte after which a connection is given up. Default 30,000. */
  readonly patience?: number;
  /** Milliseconds before another connection is tried. Default 1,000. */
  readonly pause?: number;
}

/** Connections in a row that bring next to nothing. */
const MOST_FAILURES = 3;
/** Bytes with which a connection was worth it. */
const WORTH = 2 ** 14;

/**
 * @param file its folder exists, and nobody else downloads it
 * @throws PullError where the file cannot be had, WriteError where it cannot be kept, the signal's reason; what came before a
 *   connection broke is kept in `file`.part
 */
export async function download(address: URL, file: string, options: DownloadOptions): Promise<void> {
  const part = `${file}.part`;
  const isContinued = existsSync(part);
  await fetchRest(address, part, options);
  let problem = await mismatch(part, options);
  if (problem !== null && isContinued) {
    // What lay there may have been to blame.
    rmSync(part);
    await fetchRest(address, part, options);
    problem = await mismatch(part, options);
  }
  if (problem !== null) {
    rmSync(part, { force: true });
    throw new PullError(shown(address), problem);
  }
  writing(file, () => renameSync(part, file));
}

/** Connects until the file is whole, or connections bring nothing any more. */
async function fetchRest(address: URL, part: string, options: DownloadOptions): Promise<void> {
  for (let failures = 0; ; ) {
    const before = sizeOf(part);
    try {
      return await fetchOnce(address, part, options);
    } catch (error) {
      options.signal?.throwIfAborted();
      if (!(error instanceof Transient)) throw error;
      failures = sizeOf(part) - before >= WORTH ? 0 : failures + 1;
      if (failures >= MOST_FAILURES) throw new PullError(shown(address), error.told(sizeOf(part)));
      await wait(options.pause ?? 1000, undefined, { signal: options.signal });
    }
  }
}

/** What another try may mend. */
class Transient extends Error {
  constructor(readonly problem: string) {
    super(problem);
  }
  told(kept: number): string {
    return kept > 0
      ? `${this.problem}; ${kept} bytes are kept: run this again to go on from there`
      : this.problem;
  }
}

async function fetchOnce(address: URL, part: string, options: DownloadOptions): Promise<void> {
  const { env, signal, patience = 30_000, onProgress } = options;
  const have = sizeOf(part);
  const stalled = new AbortController();
  const timer = setTimeout(() => stalled.abort(), patience);
  let isTooLarge = false;
  const either = signal ? AbortSignal.any([signal, stalled.signal]) : stalled.signal;
  try {
    const headers: Record<string, string> = have > 0 ? { range: `bytes=${have}-` } : {};
    const answer = await request(address, { env, headers, signal: either });
    try {
      // Nothing comes after what is there: it is whole, or its hash will tell.
      if (answer.statusCode === 416 && have > 0) return;
      const { start, total } = placeOf(address, answer, have);
      const largest = Math.ceil(1.05 * options.bytes);
      let done = start;
      await using out = await open(part, start > 0 ? "a" : "w");
      // Written as it comes: what a broken connection has brought is kept.
      for await (const chunk of answer as AsyncIterable<Buffer>) {
        timer.refresh();
        done += chunk.length;
        isTooLarge = done > largest;
        if (isTooLarge) throw tooLarge(address, options.bytes);
        await out.writeFile(chunk);
        onProgress?.(done, total ?? options.bytes);
      }
      if (total !== null && done < total) throw new Transient(cut(done, total));
    } finally {
      answer.destroy();
    }
  } catch (error) {
    signal?.throwIfAborted();
    if (stalled.signal.aborted) throw new Transient(`nothing came for ${patience / 1000} s`);
    throw inWords(address, part, error, options.offline);
  } finally {
    clearTimeout(timer);
    if (isTooLarge) rmSync(part, { force: true });
  }
}

/** Where the answer's bytes belong. @throws what a status other than success means */
function placeOf(address: URL, { statusCode = 0, statusMessage, headers }: IncomingMessage, have: number) {
  const length = /^\d+$/.test(headers["content-length"] ?? "") ? Number(headers["content-length"]) : null;
  // Some servers know no ranges: all from the beginning.
  if (statusCode === 200) return { start: 0, total: length };
  if (statusCode === 206) {
    const [, start, total] = /^bytes (\d+)-\d+\/(\d+|\*)$/.exec(headers["content-range"] ?? "") ?? [];
    if (Number(start) === have) return { start: have, total: length === null ? null : have + length };
    throw new PullError(
      shown(address),
      `the server sends another part of the file than was asked for (${total})`,
    );
  }
  const answer = `the server answers ${statusCode}${statusMessage ? ` ${statusMessage}` : ""}`;
  if (statusCode >= 500 || statusCode === 429 || statusCode === 408) throw new Transient(answer);
  throw new PullError(
    shown(address),
    `${answer}. Look at the address, or take another server with \`mirror\``,
  );
}

const cut = (done: number, total: number): string => `the connection was cut after ${done} of ${total} bytes`;

const tooLarge = (address: URL, bytes: number): PullError =>
  new PullError(
    shown(address),
    `is far larger than the ${bytes} bytes it should have, so it is another file; nothing is kept`,
  );

/** Codes of connections that cannot be made, or that break. */
const unreachable =
  /^(ENOTFOUND|EAI_AGAIN|EAI_FAIL|ECONNREFUSED|ENETUNREACH|ENETDOWN|EHOSTUNREACH|EHOSTDOWN|ETIMEDOUT|EADDRNOTAVAIL)$/;
const broken = /^(ECONNRESET|EPIPE|ERR_STREAM_PREMATURE_CLOSE|HPE_\w+)$/;
const untrusted = /CERT|SIGNATURE|^ERR_TLS|^ERR_SSL|^EPROTO$/;

/** What was thrown on the way, for a user. */
function inWords(
  address: URL,
  part: string,
  error: unknown,
  offline = "put the file into the cache by hand",
): unknown {
  if (error instanceof PullError || error instanceof Transient) return error;
  const written = asWriteError(part, error);
  if (written instanceof WriteError) return written;
  const { code = "", message = "" } = (error ?? {}) as NodeJS.ErrnoException;
  const [source, cause] = [shown(address), { cause: error }];
  if (unreachable.test(code)) {
    return new PullError(
      source,
      `cannot be reached (${code}): without a network, ${offline}; through a proxy, set HTTPS_PROXY; ` +
        "another server is taken with `mirror`",
      cause,
    );
  }
  if (broken.test(code)) return new Transient(`the connection was cut (${code})`);
  if (untrusted.test(code)) {
    return new PullError(
      source,
      `its certificate is not trusted (${code}): where a proxy puts its own in place, name its authority's file with ` +
        "NODE_EXTRA_CA_CERTS",
      cause,
    );
  }
  return new PullError(source, message || String(error), cause);
}

/** Why the file is not the one that was promised; null where it is. */
async function mismatch(part: string, { hash, bytes }: DownloadOptions): Promise<string | null> {
  const found = await sha256Of(part);
  if (found.startsWith(hash)) return null;
  const size = sizeOf(part);
  const amount =
    size < 0.99 * bytes
      ? `is truncated, or another file: ${size} bytes of about ${bytes}`
      : "is another file or damaged";
  return `${amount}; its SHA-256 begins with ${found.slice(0, Math.min(hash.length, 16))}, not ${hash.slice(0, 16)}. Nothing is kept`;
}

const sizeOf = (file: string): number => statSync(file, { throwIfNoEntry: false })?.size ?? 0;
