// How much of each picture's own statistics batch norm mixes in when a run is used.

import type { TestNormalization } from "@pinmem/core/formats";
import type { AdaptationRecord } from "./adaptation-record.js";

/**
 * As was asked, or where nothing was ("trained"), or what is best ("auto"), as the run was adapted; null: no pictures' own.
 * Statistics of another place take the place of all that.
 */
export function ownWeightOf(
  normalize: TestNormalization,
  adaptation: Pick<AdaptationRecord, "own"> | null,
): number | "auto" | null {
  if (normalize.kind === "place") return null;
  const asked = normalize.kind === "image" ? normalize.weight : "auto";
  if (asked !== "auto") return asked;
  if (adaptation) return adaptation.own > 0 ? adaptation.own : null;
  return normalize.kind === "image" ? asked : null;
}
