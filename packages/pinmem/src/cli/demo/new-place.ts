// What becomes of a finished run in a new place, without training: each picture's own statistics where the network is unsure of
// it, logits without the sources' class frequencies, and a run adapted to each unseen look from a few labeled pictures of it, which are other scenes than those that are scored.

import { rmSync } from "node:fs";
import { join } from "node:path";
import { type EvaluationResult, protocol } from "@pinmem/core/formats";
import { evaluateRun } from "../../evaluation/evaluate-run.js";
import type { EvaluationDomain } from "../../evaluation/evaluate-run-options.js";
import { writeResult } from "../../evaluation/result-file.js";
import { openDatasetOf } from "../../recipes/open-data.js";
import { adaptToPlace } from "../../runs/adapt-to-place.js";
import { type OpenRun, openRun } from "../../runs/open-run.js";

/** Labeled pictures of a look. */
export const SHOTS = 8;

/** Seeds of the scenes that are labeled lie so far from those that are scored. */
const OTHER_SCENES = 1000;

/** Scores with each picture's own statistics, as its network needs them, and with adjusted logits; the result goes into the run. */
export async function scoreWithOwnStatistics(
  path: string,
  domains: readonly EvaluationDomain[],
  { adjusted, signal }: { readonly adjusted: boolean; readonly signal?: AbortSignal },
): Promise<EvaluationResult> {
  const how = {
    normalize: { kind: "image", weight: "auto" },
    logitAdjustment: adjusted ? "auto" : 0,
  } as const;
  using run = openRun(path, how);
  const chosen = protocol("whole", how);
  const result = await evaluateRun(run, { protocol: chosen, domains, ...(signal && { signal }) });
  await writeResult(
    join(path, `evaluations/whole-auto-${adjusted ? "adjusted-" : ""}validation+targets-best.json`),
    result,
  );
  return result;
}

/** Mean IoU on every unseen look of a run that was adapted to it; looks that are no streets are left out. */
export async function scoreAdapted(
  path: string,
  domains: readonly EvaluationDomain[],
  { recipe, space }: Pick<OpenRun, "recipe" | "space">,
  signal?: AbortSignal,
): Promise<Record<string, number | null>> {
  const scores: Record<string, number | null> = {};
  const out = `${path}-adapted`;
  for (const config of recipe.data.targets) {
    if (!("domain" in config)) continue;
    const domain = domains.find(({ name }) => name === `streets:${config.domain}`);
    if (!domain) continue;
    const pictures = { ...config, count: SHOTS, seed: config.seed + OTHER_SCENES };
    try {
      await adaptToPlace(path, {
        images: await openDatasetOf(pictures, space),
        shots: SHOTS,
        out,
        onProgress: () => signal?.throwIfAborted(),
      });
      using adapted = openRun(out);
      const result = await evaluateRun(adapted, {
        protocol: protocol("whole"),
        domains: [domain],
        ...(signal && { signal }),
      });
      scores[domain.name] = result.domains[0]?.meanIoU ?? null;
    } finally {
      rmSync(out, { recursive: true, force: true });
    }
  }
  return scores;
}
