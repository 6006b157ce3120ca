// Patterns for paths, for shells that do not expand them and for more files than fit on a command line: * and ? within a
// name, ** across folders, [abc], {one,other}. Node's own come with version 22.

import { dirname } from "node:path";

const SIGNS = /[*?[{]/;

export const isGlob = (path: string): boolean => SIGNS.test(path);

/** The folder below which everything that matches lies. */
export function globBase(pattern: string): string {
  const fixed = pattern.slice(0, pattern.search(SIGNS));
  return fixed === "" ? "." : fixed.endsWith("/") ? fixed.slice(0, -1) || "/" : dirname(fixed);
}

/** Of whole paths with "/", begun as the pattern begins. */
export function globPattern(pattern: string): RegExp {
  let text = "";
  let depth = 0;
  const normal = pattern.replace(/^\.\//, "");
  for (let at = 0; at < normal.length; at++) {
    const sign = normal[at] as string;
    const close = sign === "[" ? normal.indexOf("]", at + 2) : -1;
    if (normal.startsWith("**/", at)) {
      text += "(?:[^/]+/)*";
      at += 2;
    } else if (normal.startsWith("**", at)) {
      text += ".*";
      at++;
    } else if (sign === "*") text += "[^/]*";
    else if (sign === "?") text += "[^/]";
    else if (close > 0) {
      const inside = normal
        .slice(at + 1, close)
        .replace(/^[!^]/, "^")
        .replace(/[\\[]/g, "\\$&");
      text += `[${inside}]`;
      at = close;
    } else if (sign === "{" && normal.indexOf("}", at) > 0) {
      text += "(?:";
      depth++;
    } else if (sign === "}" && depth > 0) {
      text += ")";
      depth--;
    } else if (sign === "," && depth > 0) text += "|";
    else text += sign.replace(/[.*+?^${}()|[\]\\/]/g, "\\$&");
  }
  return new RegExp(`^${text}$`);
}
