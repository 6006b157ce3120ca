// Patterns for paths, for shells that do not expand them and for more files than fit on a command line: * and ? within a
// name, ** across folders, [abc], {one,other}. picomatch matches them; all other signs, which it would give a meaning,
// stand for themselves here, since photographs are called "view (1).jpg" and patterns of shells are meant.

import { dirname } from "node:path";
import picomatch from "picomatch";

const SIGNS = /[*?[{]/;

export const isPattern = (path: string): boolean => SIGNS.test(path);

/** The folder below which everything that matches lies. */
export function patternBase(pattern: string): string {
  const fixed = pattern.slice(0, pattern.search(SIGNS));
  return fixed === "" ? "." : fixed.endsWith("/") ? fixed.slice(0, -1) || "/" : dirname(fixed);
}

/** Whether a whole path with "/", begun as the pattern begins, matches. */
export function pathMatcher(pattern: string): (path: string) => boolean {
  const plain = pattern
    .replace(/^\.\//, "")
    .replace(/\[!/g, "[^")
    .replace(/(?<!\[)\^|[()|$+!@]|\{(?![^{]*\})/g, "\\$&");
  return picomatch(plain, { dot: true, noextglob: true, nonegate: true });
}
