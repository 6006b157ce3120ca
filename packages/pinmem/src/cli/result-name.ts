// What the file of an evaluation is called: no two evaluations of a run that differ share a name.

import { createHash } from "node:crypto";
import { basename, resolve } from "node:path";
import type { Protocol } from "@pinmem/core/formats";
import type { EvaluateFlags } from "./evaluate-flags.js";

/** Characters of a part of a name. */
const LONGEST = 80;

/** `whole-streets_night+camvid-best.json`: what distinguishes results of one run, in a name that every file system takes. */
export function resultName({
  protocol,
  flags: { shard, limit, boundary, cohesion, data, maxPixels },
  asked,
  file,
}: {
  protocol: Protocol;
  flags: Pick<EvaluateFlags, "shard" | "limit" | "boundary" | "cohesion" | "data" | "maxPixels">;
  asked: readonly string[];
  file: string;
}): string {
  const plain = (text: string) => text.replace(/[^\w.+-]+/g, "_").slice(0, LONGEST);
  const preset = protocol.name.split(",")[0] as string;
  const domains = shortNames(asked).join("+");
  // A changed protocol, limits, roots and what was cut off are told apart by a few letters that stand for all of them.
  const { name: _, ...steps } = protocol;
  const all = JSON.stringify([steps, asked, limit, boundary, cohesion, data && resolve(data), maxPixels]);
  const given = [limit, boundary, data, maxPixels].some((option) => option !== undefined) || cohesion;
  const special =
    protocol.name !== preset || domains.length > LONGEST || asked.some((name) => name.includes("="));
  const mark = createHash("sha256").update(all).digest("hex").slice(0, 6);
  return [
    plain(preset),
    plain(domains),
    basename(file).replace(/\.safetensors$/, ""),
    ...(special || given ? [mark] : []),
    ...(shard ? [`shard-${shard.index}-of-${shard.of}`] : []),
  ]
    .join("-")
    .concat(".json");
}

/** Without roots; of what is asked for at several, the end of each. */
function shortNames(asked: readonly string[]): string[] {
  const before = (name: string) => name.split("=")[0] as string;
  return asked.map((name) => {
    const isAlone = asked.filter((other) => before(other) === before(name)).length === 1;
    return isAlone || !name.includes("=")
      ? before(name)
      : `${before(name)}=${basename(resolve(name.slice(name.indexOf("=") + 1)))}`;
  });
}
