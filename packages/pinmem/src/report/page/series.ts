// Which runs the figures of a page draw, and how: the baseline first, gray and dashed, then the best on unseen domains, no more
// than can be told apart. A run looks the same on the whole page.

import type { Comparison, Row } from "../../comparison/comparison.js";
import type { RunRecord } from "../../comparison/run-record.js";
import { MOST_SERIES } from "../charts/draw.js";

export interface Series {
  readonly label: string;
  readonly runs: readonly RunRecord[];
  /** Place among the styles of charts/draw.ts: 0 is the baseline's, 1 has the accent. */
  readonly style: number;
}

/** The series in order; at most `MOST_SERIES`, each experiment once. */
export function chooseSeries({ rows }: Comparison): { series: readonly Series[]; left: number } {
  const seen = new Set<string>();
  const experiments = rows.filter(({ members }) => {
    const paths = members.map(({ run }) => run.path);
    const fresh = paths.some((path) => !seen.has(path));
    for (const path of paths) seen.add(path);
    return fresh;
  });
  // Scores of different protocols cannot be ranked.
  const score = ({ protocol, unseen, seen }: Row) =>
    protocol === rows[0]?.protocol ? (unseen.score?.mean ?? seen.score?.mean ?? -1) : -1;
  const ordered = experiments
    .toSorted((a, b) => Number(b.isBaseline) - Number(a.isBaseline) || score(b) - score(a))
    .slice(0, MOST_SERIES);
  const first = experiments.length > 1 ? 0 : 1;
  return {
    series: ordered.map(({ label, members }, at) => ({
      label,
      runs: [...new Set(members.map(({ run }) => run))],
      style: first + at,
    })),
    left: experiments.length - ordered.length,
  };
}

/** The series that a row belongs to, if it is drawn. */
export const seriesOf = (series: readonly Series[], { members }: Row): Series | undefined =>
  series.find(({ runs }) => members.some(({ run }) => runs.includes(run)));
