// Scores of runs by domain and class, from two sources: evaluations that were made before, of each domain and protocol that over most pictures, and the
// newest of these, and the pictures that were segmented here, by their groups.

import { ConfusionMatrix, classIoU, meanIoU } from "@pinmem/core";
import { describeProtocol } from "@pinmem/core/formats";
import type { SiteEvaluation } from "../../src/site.js";
import type { Compared } from "./compare.js";

/** Of one domain; lists are in the order of the runs. */
export interface DomainScores {
  readonly name: string;
  /** Where the figures come from, for people: a protocol, or this page. What comes from one source stands in one table. */
  readonly source: string;
  /** Of how many pictures, where that is to be told. */
  readonly note: string | null;
  /** Mean IoU, 0 to 1. */
  readonly means: readonly (number | null)[];
  /** IoU by name of the class. */
  readonly classes: readonly Readonly<Record<string, number | null>>[];
}

/** The source of scores that were computed in this page. */
export const HERE = "segmented here";

/** What there are scores of, each once. */
export const sourcesOf = (scores: readonly DomainScores[]): string[] => [
  ...new Set(scores.map(({ source }) => source)),
];

/** Which is shown: that which was chosen while it is there, or else what was segmented here, or else the first. */
export function shownSource(sources: readonly string[], chosen: string | null): string | null {
  if (chosen !== null && sources.includes(chosen)) return chosen;
  return sources.includes(HERE) ? HERE : (sources[0] ?? null);
}

/** @param results of each run. Figures of different protocols are different domains here: no column mixes two. */
export function scoresOfEvaluations(results: readonly (readonly SiteEvaluation[])[]): DomainScores[] {
  const newest = results.map((ofRun) => {
    const byDate = [...ofRun].sort((one, other) => one.date.localeCompare(other.date, "en"));
    const scored = new Map<string, SiteEvaluation["domains"][number] & { readonly note: string }>();
    for (const { domains, protocol } of byDate) {
      const note = describeProtocol(protocol);
      for (const one of domains) {
        const key = `${one.name}: ${note}`;
        if (one.images >= (scored.get(key)?.images ?? 0)) scored.set(key, { ...one, note });
      }
    }
    return scored;
  });
  const all = new Map(newest.flatMap((one) => [...one]));
  return [...all].map(([key, { name, note }]) => ({
    name,
    source: note,
    note: null,
    means: newest.map((one) => one.get(key)?.meanIoU ?? null),
    classes: newest.map((one) => one.get(key)?.classIoU ?? {}),
  }));
}

/** @param runs how many were compared */
export function scoresOfGroups(
  compared: readonly Compared[],
  runs: number,
  classes: readonly string[],
): DomainScores[] {
  const labeled = compared.filter(({ confusions }) => confusions !== null);
  const groups = [...new Set(labeled.map(({ picture }) => picture.group))];
  return groups.map((group) => {
    const mine = labeled.filter(({ picture }) => picture.group === group);
    const sums = Array.from({ length: runs }, (_, run) => {
      const sum = new ConfusionMatrix(classes.length);
      for (const { confusions } of mine)
        confusions?.[run]?.forEach((count, at) => {
          sum.counts[at] = (sum.counts[at] as number) + count;
        });
      return sum;
    });
    return {
      name: group,
      source: HERE,
      note: `${mine.length} ${mine.length === 1 ? "picture" : "pictures"}`,
      means: sums.map(meanIoU),
      classes: sums.map((sum) =>
        Object.fromEntries(classIoU(sum).map((score, at) => [classes[at] ?? "", score])),
      ),
    };
  });
}
