// Where downloaded weights lie: a folder of the user's, which all programs share.

import { existsSync } from "node:fs";
import { join } from "node:path";
import { cacheFolder } from "@pinmem/torch/setup";
import type { Environment } from "../web/environment.js";
import { type PublishedWeights, weightsFor } from "./catalog.js";

/** The folder of downloaded weights: in PINMEM_CACHE, else in the system's folder for caches. */
export function weightsFolder(env: Environment = process.env, platform: string = process.platform): string {
  return join(cacheFolder(env, platform), "weights");
}

/** The path of a file of weights in the cache, there or not. */
export const cachedPath = ({ file }: PublishedWeights, env: Environment = process.env): string =>
  join(weightsFolder(env), file);

/** What recipes write in place of a file, for the published ImageNet weights of their backbone. */
export const IMAGENET = "imagenet";

/** No weights of a backbone are in the cache; says which command brings them. */
export class NoCachedWeightsError extends Error {
  override readonly name = "NoCachedWeightsError";
  constructor(readonly backbone: string) {
    super(
      `model.backboneWeights is "${IMAGENET}", and no weights of ${backbone} are in ${weightsFolder()}. Run: ` +
        `npx pinmem weights pull ${backbone}`,
    );
  }
}

/**
 * The file in the cache that "imagenet" stands for.
 * @throws NoCachedWeightsError where there is none
 */
export function cachedWeights(backbone: string): string {
  const there = weightsFor(backbone)
    .map((weights) => cachedPath(weights))
    .find(existsSync);
  if (there === undefined) throw new NoCachedWeightsError(backbone);
  return there;
}
