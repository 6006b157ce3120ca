// The score of a finished cell by a protocol of one's own: an evaluation in its folder, made once.

import { createHash } from "node:crypto";
import { existsSync } from "node:fs";
import { basename, join } from "node:path";
import { type EvaluationResult, protocol, sameProtocol } from "@pinmem/core/formats";
import type { Device } from "@pinmem/torch";
import { evaluateRun } from "../evaluation/evaluate-run.js";
import { openDomains } from "../evaluation/open-domains.js";
import { readResult, writeResult } from "../evaluation/result-file.js";
import { removeProgress } from "../evaluation/saved-progress.js";
import type { Recipe } from "../recipes/recipe.js";
import { type Normalization, openNormalized } from "../runs/open-normalized.js";
import { weightsFile } from "../runs/open-run.js";

export interface CellEvaluation {
  readonly recipe: Recipe;
  readonly weights: "best" | "last";
  readonly normalization: Normalization;
  readonly signal?: AbortSignal | undefined;
}

/**
 * Scores on the recipe's validation domains and targets; null where it has neither.
 * @param path folder of the cell's run
 * @throws EvaluationInterrupted; as `openRun`, `openDomains` and `evaluateRun`
 */
export async function evaluateCell(
  path: string,
  { recipe: { data, device }, weights, normalization, signal }: CellEvaluation,
): Promise<EvaluationResult | null> {
  const names = (["validation", "targets"] as const).filter((group) => data[group].length > 0);
  if (names.length === 0) return null;
  // Best, where there are any.
  const file = weightsFile(path, weights === "last" ? "last" : undefined);
  const chosen = protocol("whole", { normalize: normalization.normalize });
  const mark = createHash("sha256").update(JSON.stringify(chosen.normalize)).digest("hex").slice(0, 6);
  const which = basename(file, ".safetensors");
  const target = join(path, "evaluations", `whole-${names.join("+")}-${which}-${mark}.json`);
  if (existsSync(target)) {
    const known = readResult(target);
    if (sameProtocol(known.protocol, chosen)) return known;
  }
  using run = await openNormalized(file, normalization, { device: device as Device });
  const progressFile = `${target.replace(/\.json$/, "")}.progress`;
  const result = await evaluateRun(run, {
    protocol: chosen,
    domains: await openDomains(names, run),
    device: device as Device,
    progressFile,
    ...(signal && { signal }),
  });
  await writeResult(target, result);
  removeProgress(progressFile);
  return result;
}
