// Which runs the figures of a page draw, in which colour: the baseline first, in grey, then the best on unseen domains, no
// more than can be told apart. A run has one colour on the whole page.

import { MOST_SERIES } from "../charts/draw.js";
import type { Comparison, Row } from "../comparison.js";
import type { RunRecord } from "../run-record.js";

export interface Series {
  readonly label: string;
  readonly runs: readonly RunRecord[];
}

/** The series in order; at most `MOST_SERIES`, the first of each experiment. */
export function chooseSeries({ rows }: Comparison): { series: readonly Series[]; left: number } {
  const seen = new Set<string>();
  const experiments = rows.filter(({ members }) => {
    const paths = members.map(({ run }) => run.path);
    const fresh = paths.some((path) => !seen.has(path));
    for (const path of paths) seen.add(path);
    return fresh;
  });
  const score = (row: Row) => row.unseen.score?.mean ?? row.seen.score?.mean ?? -1;
  const kept = new Set(
    [...experiments]
      .sort((a, b) => Number(b.isBaseline) - Number(a.isBaseline) || score(b) - score(a))
      .slice(0, MOST_SERIES),
  );
  const ordered = [
    ...experiments.filter((row) => kept.has(row) && row.isBaseline),
    ...experiments.filter((row) => kept.has(row) && !row.isBaseline),
  ];
  return {
    series: ordered.map(({ label, members }) => ({
      label,
      runs: [...new Set(members.map(({ run }) => run))],
    })),
    left: experiments.length - ordered.length,
  };
}

/** Place of the series that a row belongs to; -1 where it is not drawn. */
export const seriesOf = (series: readonly Series[], { members }: Row): number =>
  series.findIndex(({ runs }) => members.some(({ run }) => runs.includes(run)));
