// "Did you mean …?" for a mistyped name, or one in Python's spelling.

import { camelCase } from "./names.js";

/** The known word nearest to `word`, where one is near enough to be meant. */
export function closest(word: string, known: readonly string[]): string | undefined {
  const spelled = camelCase(word).toLowerCase();
  const exact = known.find((candidate) => candidate.toLowerCase() === spelled);
  if (exact !== undefined) return exact;
  const ranked = known
    .map((candidate) => ({ candidate, distance: editDistance(spelled, candidate.toLowerCase()) }))
    .sort((a, b) => a.distance - b.distance);
  const best = ranked[0];
  return best && best.distance <= Math.max(1, word.length / 3) ? best.candidate : undefined;
}

/** Levenshtein's distance: how many letters must be changed, added or removed. */
function editDistance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, column) => column);
  for (const [index, letter] of [...a].entries()) {
    const next = [index + 1];
    for (const [column, other] of [...b].entries()) {
      const replaced = (row[column] ?? 0) + (letter === other ? 0 : 1);
      next.push(Math.min(replaced, (row[column + 1] ?? 0) + 1, (next[column] ?? 0) + 1));
    }
    row = next;
  }
  return row[b.length] ?? 0;
}
