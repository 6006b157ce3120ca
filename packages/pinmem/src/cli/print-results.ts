// Results of evaluations as people and programs read them.

import type { EvaluationResult } from "@pinmem/core/formats";
import { visible } from "../files/visible.js";

/** The table, or JSON: an object for one run, a list for several. */
export async function printResults(
  results: readonly EvaluationResult[],
  { json, classes }: { json: boolean; classes: boolean },
): Promise<void> {
  const { compareResults, formatClasses, formatComparison } = await import("../evaluation/compare.js");
  if (json) {
    process.stdout.write(`${JSON.stringify(results.length === 1 ? results[0] : results, null, 1)}\n`);
    return;
  }
  if (classes) {
    for (const result of results) {
      process.stdout.write(`${visible(result.run.path)}\n${formatClasses(result)}\n\n`);
    }
  }
  process.stdout.write(`${formatComparison(compareResults(results))}\n`);
}
