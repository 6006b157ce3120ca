// How a picture was looked at, for people.

import type { Look } from "@pinmem/runtime/browser";

/** @param looks the clearest first; none: the picture has not decided yet */
export function looksInWords(looks: readonly Look[]): string {
  if (looks.length === 0) return "";
  if (looks.every((look) => look === "trained"))
    return "This picture looks like those of training, and is seen as in training.";
  return `This picture looks unlike those of training. It is the mean of what is seen ${looks.map(inWords).join(" and ")}.`;
}

function inWords(look: Look): string {
  if (look === "trained") return "as in training";
  const statistics = "with its own statistics";
  if (look === 1) return statistics;
  return `${statistics}, ${look < 1 ? "brighter" : "darker"} (gamma ${look})`;
}
