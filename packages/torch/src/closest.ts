// "Did you mean …?" for a mistyped name, or one in Python's spelling.

import { closest as nearest } from "../setup/closest.mjs";
import { camelCase } from "./names.js";

/** The known word that `word` is in our spelling, or the nearest to it, where one is near enough to be meant. */
export function closest(word: string, known: readonly string[]): string | undefined {
  const spelled = camelCase(word);
  return known.find((one) => one.toLowerCase() === spelled.toLowerCase()) ?? nearest(spelled, known);
}
