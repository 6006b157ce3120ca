// "Did you mean …?" for a mistyped word, for set-up and the scripts, which run before anything is compiled, and for this
// package. @pinmem/core has its own (closest.ts), because neither package imports another; scripts.test.ts holds both together.

/**
 * @param {string} word
 * @param {Iterable<string>} known
 * @returns {string | undefined} the known word nearest to it, where one is near enough to be meant
 */
export function closest(word, known) {
  /** @type {{ word: string, distance: number } | undefined} */
  let best;
  for (const candidate of known) {
    const distance = editDistance(word.toLowerCase(), candidate.toLowerCase());
    if (distance < (best?.distance ?? Number.POSITIVE_INFINITY)) best = { word: candidate, distance };
  }
  return best && best.distance <= Math.max(1, word.length / 3) ? best.word : undefined;
}

/**
 * How many letters must be changed, added, removed or swapped with their neighbor (Damerau and Levenshtein).
 *
 * @param {string} a
 * @param {string} b
 */
function editDistance(a, b) {
  const rows = [Array.from({ length: b.length + 1 }, (_, column) => column)];
  const at = (/** @type {number} */ row, /** @type {number} */ column) =>
    rows[row]?.[column] ?? Number.POSITIVE_INFINITY;
  for (let row = 1; row <= a.length; row++) {
    const next = [row];
    rows.push(next);
    for (let column = 1; column <= b.length; column++) {
      const changed = at(row - 1, column - 1) + (a[row - 1] === b[column - 1] ? 0 : 1);
      const swaps = a[row - 1] === b[column - 2] && a[row - 2] === b[column - 1];
      const swapped = swaps ? at(row - 2, column - 2) + 1 : Number.POSITIVE_INFINITY;
      next.push(Math.min(changed, swapped, at(row - 1, column) + 1, at(row, column - 1) + 1));
    }
  }
  return at(a.length, b.length);
}
