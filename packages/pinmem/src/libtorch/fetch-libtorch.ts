// PyTorch's own build of libtorch, from its wheel, with CUDA from NVIDIA's too: downloaded, or from files that are at hand. Whatever
// it comes from, only the bytes whose SHA-256 is known here are unpacked. What was downloaded stays until all is unpacked, so that
// a set-up that broke off goes on where it was.

import { existsSync, rmSync, statfsSync, statSync } from "node:fs";
import { dirname, join } from "node:path";
import { makeFolder } from "../files/output-folder.js";
import { sha256Of } from "../files/sha256.js";
import { writing } from "../files/write-error.js";
import { type DownloadOptions, download } from "../web/download.js";
import type { Environment } from "../web/environment.js";
import { PullError } from "../web/pull-error.js";
import { type UnpackOptions, unpackWheels } from "./unpack-wheel.js";
import { bytesOf, type LibtorchBuild, type Wheel } from "./wheels.js";

export interface FetchOptions
  extends Pick<DownloadOptions, "signal" | "patience" | "pause">,
    Pick<UnpackOptions, "headers"> {
  /** The wheel's file on this machine, or a folder with all that is needed; then the network is not asked. */
  readonly from?: string | undefined;
  /** A folder on the web with all wheels. Default: PyTorch's own, and NVIDIA's. */
  readonly mirror?: string | undefined;
  readonly onProgress?: (what: "downloading" | "unpacking", done: number, total: number) => void;
  /** Variables of proxies. Default: the process's. */
  readonly env?: Environment;
}

/** Unpacked, a wheel is about 2.6 times as large. */
const GROWTH = 2.6;

/**
 * Makes the folder of a libtorch, which must not exist.
 * @throws PullError where a wheel cannot be had or is another, WriteError where it cannot be kept, the signal's reason
 */
export async function fetchLibtorch(
  build: LibtorchBuild,
  folder: string,
  options: FetchOptions = {},
): Promise<void> {
  const { from, onProgress, headers = true, signal } = options;
  const parent = dirname(folder);
  makeFolder(parent);
  const fetched = from === undefined ? build.wheels.map(({ file }) => join(parent, file)) : [];
  const missing = build.wheels.filter((_, index) => !existsSync(fetched[index] ?? ""));
  const toCome = from === undefined ? bytesOf({ ...build, wheels: missing }) : 0;
  requireSpace(parent, toCome + GROWTH * bytesOf(build));
  const files = from === undefined ? fetched : build.wheels.map(({ file }) => atHand(from, file, build));
  let done = 0;
  const total = bytesOf(build);
  for (const [index, wheel] of build.wheels.entries()) {
    const file = files[index] ?? "";
    if (from !== undefined || existsSync(file)) await requireWheel(file, wheel);
    else await fetchWheel(wheel, file, options, (bytes) => onProgress?.("downloading", done + bytes, total));
    done += wheel.bytes;
  }
  await unpackWheels(files, folder, {
    headers,
    signal,
    onProgress: (bytes, all) => onProgress?.("unpacking", bytes, all),
  });
  for (const file of fetched) writing(file, () => rmSync(file));
}

/** Where a file lies that the user has. */
function atHand(from: string, file: string, { wheels }: LibtorchBuild): string {
  if (statSync(from, { throwIfNoEntry: false })?.isDirectory()) return join(from, file);
  if (wheels.length === 1) return from;
  throw new PullError(
    from,
    `is one file, and ${wheels.length} are needed: name the folder that they lie in (${wheels.map((wheel) => wheel.file).join(", ")})`,
  );
}

function fetchWheel(
  wheel: Wheel,
  file: string,
  { mirror, env = process.env, signal, patience, pause }: FetchOptions,
  onProgress: (done: number) => void,
): Promise<void> {
  return download(addressOf(wheel, mirror ?? wheel.address), file, {
    hash: wheel.sha256,
    bytes: wheel.bytes,
    env,
    offline: `fetch ${wheel.file} elsewhere and name it with \`from\``,
    signal,
    onProgress,
    ...(patience !== undefined && { patience }),
    ...(pause !== undefined && { pause }),
  });
}

/** @throws PullError where a file is not the wheel */
async function requireWheel(file: string, wheel: Wheel): Promise<void> {
  if (!existsSync(file) || !statSync(file).isFile())
    throw new PullError(
      file,
      `there is no such file; ${addressOf(wheel, wheel.address)} is where it comes from`,
    );
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
