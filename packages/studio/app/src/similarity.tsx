// How alike the rows of a memory are: cosines as a square of cells.

import { viridis } from "@pinmem/core";

const CELL = 13;

interface SimilarityProps {
  /** Of the rows that were written. */
  readonly names: readonly string[];
  /** Row by row, as many of each. */
  readonly cells: readonly (readonly number[])[];
  /** What the darkest color stands for, so that several can be compared. Default: the least cosine. */
  readonly darkest?: number;
}

export function Similarity({ names, cells, darkest }: SimilarityProps) {
  const side = names.length * CELL;
  const least = darkest ?? Math.min(...cells.flat());
  const pairs = cells
    .flatMap((row, i) => row.slice(0, i).map((cosine, j) => ({ cosine, i, j })))
    .sort((one, other) => other.cosine - one.cosine)
    .slice(0, 3);
  return (
    <>
      <svg
        class="matrix"
        viewBox={`-78 -4 ${side + 82} ${side + 8}`}
        role="img"
        aria-label={`Cosines of ${names.length} rows, ${least.toFixed(2)} to 1`}
      >
        {cells.map((row, i) => (
          <g key={names[i]}>
            <text x={-4} y={i * CELL + 10} text-anchor="end">
              {names[i]}
            </text>
            {row.map((cosine, j) => (
              <rect
                key={names[j]}
                x={j * CELL}
                y={i * CELL}
                width={CELL - 1}
                height={CELL - 1}
                fill={`rgb(${viridis(Math.max(0, (cosine - least) / Math.max(1e-6, 1 - least))).join(" ")})`}
              >
                <title>{`${names[i]}, ${names[j]}: ${cosine.toFixed(3)}`}</title>
              </rect>
            ))}
          </g>
        ))}
      </svg>
      <p class="quiet">
        {pairs.length === 0
          ? `Only the row of ${names[0]} was written: there is no other to compare it with.`
          : `Most alike: ${pairs.map(({ i, j, cosine }) => `${names[i]} and ${names[j]} ${cosine.toFixed(2)}`).join("; ")}.`}
      </p>
    </>
  );
}
