// PyTorch's own build of libtorch, from its wheel: downloaded, or from a file that is at hand. Whatever it comes from, only the
// bytes whose SHA-256 is known here are unpacked.

import { existsSync, rmSync, statfsSync, statSync } from "node:fs";
import { dirname, join } from "node:path";
import { makeFolder } from "../files/output-folder.js";
import { sha256Of } from "../files/sha256.js";
import { writing } from "../files/write-error.js";
import { type DownloadOptions, download } from "../web/download.js";
import type { Environment } from "../web/environment.js";
import { PullError } from "../web/pull-error.js";
import { type UnpackOptions, unpackWheel } from "./unpack-wheel.js";
import { type Wheel, wheelAddress } from "./wheels.js";

export interface FetchOptions
  extends Pick<DownloadOptions, "signal" | "patience" | "pause">,
    Pick<UnpackOptions, "headers"> {
  /** The wheel's file on this machine; then the network is not asked. */
  readonly from?: string | undefined;
  /** A folder on the web with PyTorch's wheels. Default: PyTorch's own. */
  readonly mirror?: string | undefined;
  readonly onProgress?: (what: "downloading" | "unpacking", done: number, total: number) => void;
  /** Variables of proxies. Default: the process's. */
  readonly env?: Environment;
}

/** Unpacked, a wheel is about 2.6 times as large. */
const GROWTH = 2.6;

/**
 * Makes the folder of a libtorch, which must not exist.
 * @throws PullError where the wheel cannot be had or is another, WriteError where it cannot be kept, the signal's reason
 */
export async function fetchLibtorch(wheel: Wheel, folder: string, options: FetchOptions = {}): Promise<void> {
  const { from, mirror = wheelAddress, onProgress, env = process.env, headers = true, signal } = options;
  const parent = dirname(folder);
  makeFolder(parent);
  requireSpace(parent, (from === undefined ? 1 + GROWTH : GROWTH) * wheel.bytes);
  const file = from ?? join(parent, wheel.file);
  if (from !== undefined) await requireWheel(from, wheel);
  else if (!existsSync(file)) {
    const { patience, pause } = options;
    await download(addressOf(wheel, mirror), file, {
      hash: wheel.sha256,
      bytes: wheel.bytes,
      env,
      offline: `fetch ${wheel.file} elsewhere and name it with \`from\``,
      signal,
      onProgress: (done, total) => onProgress?.("downloading", done, total),
      ...(patience !== undefined && { patience }),
      ...(pause !== undefined && { pause }),
    });
  } else await requireWheel(file, wheel);
  await unpackWheel(file, folder, {
    headers,
    signal,
    onProgress: (done, total) => onProgress?.("unpacking", done, total),
  });
  if (from === undefined) writing(file, () => rmSync(file));
}

/** @throws PullError where a file is not the wheel */
async function requireWheel(file: string, wheel: Wheel): Promise<void> {
  if (!existsSync(file) || !statSync(file).isFile()) throw new PullError(file, "there is no such file");
  const found = await sha256Of(file);
  if (found === wheel.sha256) return;
  throw new PullError(
    file,
    `is not ${wheel.file}, or damaged: its SHA-256 begins with ${found.slice(0, 16)}, not ${wheel.sha256.slice(0, 16)}`,
  );
}

/** @throws PullError where a mirror is no address */
function addressOf({ file }: Wheel, mirror: string): URL {
  const base = URL.canParse(mirror) ? new URL(mirror) : null;
  if (!base || !["http:", "https:"].includes(base.protocol))
    throw new PullError(mirror, "`mirror` must be an address such as https://mirror.example.com/wheels");
  base.pathname = `${base.pathname.replace(/\/+$/, "")}/${encodeURIComponent(file)}`;
  return base;
}

/** @throws PullError where the disk has too little room, before anything is fetched */
function requireSpace(folder: string, bytes: number): void {
  const { bavail, bsize } = statfsSync(folder);
  if (bavail * bsize >= bytes) return;
  const [needed, free] = [bytes, bavail * bsize].map((amount) => Math.ceil(amount / 1e6));
  throw new PullError(
    folder,
    `has ${free} MB left, and libtorch needs ${needed}. Free some space, or set PINMEM_CACHE`,
  );
}
