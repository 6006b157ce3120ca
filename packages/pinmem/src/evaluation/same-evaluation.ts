// Processes that evaluate together must do the same: weights, protocol, pictures and options are compared before the first image.

import { digestOf, sha256Of } from "../files/sha256.js";
import { sampleName } from "../loading/open-sample.js";
import type { World } from "../processes/world.js";
import type { OpenRun } from "../runs/open-run.js";
import { ownVersion } from "../runs/recipe-for-all.js";
import type { EvaluateRunOptions } from "./evaluate-run-options.js";

/** @throws Error on all processes, with the values of all, where one is about to do something else */
export async function requireSameEvaluation(
  world: World,
  run: OpenRun,
  options: EvaluateRunOptions,
): Promise<void> {
  const {
    protocol,
    domains,
    batch = 1,
    dilation = null,
    cohesion = false,
    maxPixels = null,
    shard,
  } = options;
  const sets = domains.map(({ name, role, dataset: { samples, decoding } }) => [
    name,
    role,
    decoding,
    // Folders may be others on other machines.
    samples.map((sample) => sampleName(sample).split(/[\\/]/).at(-1)),
  ]);
  await world.agree("what they evaluate", {
    pinmem: ownVersion(),
    weights: (await sha256Of(run.file)).slice(0, 12),
    protocol: JSON.stringify(protocol),
    vote: run.vote === "auto" ? (run.network.memory?.voteWeight ?? null) : run.vote,
    "logit adjustment": run.adjustedBy,
    rule: digestOf(run.auto?.rule ?? run.placeWeight ?? null),
    domains: `${domains.map(({ name, dataset }) => `${name} (${dataset.samples.length})`).join(", ")}, ${digestOf(sets)}`,
    options: JSON.stringify({ batch, dilation, cohesion, maxPixels, shard: shard ?? null }),
  });
}
