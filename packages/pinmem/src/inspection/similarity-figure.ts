// The picture of the rows' similarity: matrices of cosines side by side on one scale, with the names of the classes.

import { cosineCells, type LabelSpace, viridis, writtenPairs, writtenRows } from "@pinmem/core";
import type { Cosines, Similarity } from "@pinmem/core/formats";
import { colorBar } from "./drawing/legends.js";
import { at, type Drawing, rect, rgb, text, textWidth } from "./drawing/svg.js";

const CELL = 27;
const MARGIN = 12;
const GAP = 28;
const NAME = 11;

/** Rows that were written in none of the matrices are left out. */
export function similarityFigure(matrices: readonly Similarity[], { classes }: LabelSpace): Drawing {
  const shown = classes.flatMap((_, trainId) =>
    matrices.some(({ cosine }) => writtenRows(cosine).includes(trainId)) ? [trainId] : [],
  );
  const names = shown.map((trainId) => classes[trainId]?.name ?? "");
  const lowest = Math.min(1, ...matrices.flatMap(({ cosine }) => writtenPairs(cosine)));
  const low = Math.floor(lowest * 10) / 10;
  const side = shown.length * CELL;
  const longest = Math.max(...names.map((name) => textWidth(name, NAME)), 0);
  const top = MARGIN + 24 + longest * 0.75;
  const left = MARGIN + longest + 6;

  const body = matrices.map((matrix, index) => {
    const x = left + index * (side + GAP);
    return (
      at(x, top, drawMatrix(matrix.cosine, { shown, low })) + heading(matrix, x, side) + above(names, x, top)
    );
  });
  const rows = names.map((name, row) =>
    text(left - 6, top + (row + 0.5) * CELL + 4, name, { size: NAME, anchor: "end" }),
  );
  const right = left + matrices.length * (side + GAP) - GAP + 16;
  const ticks = [0, 0.5, 1].map((position) => ({
    position,
    label: (low + position * (1 - low)).toFixed(2),
  }));
  const bar = colorBar({ height: side, ticks, title: "cosine" });
  // The last slanted name reaches over the matrix's edge.
  const width = Math.max(right + bar.width, right - 16 + longest * 0.75) + MARGIN;
  return { width, height: top + side + MARGIN, body: [...body, ...rows, at(right, top, bar)].join("") };
}

function heading({ step, mean }: Similarity, x: number, side: number): string {
  const title = step === 0 ? "before training" : `after ${step} steps`;
  const figure = mean === null ? "" : `, mean off the diagonal ${mean.toFixed(3)}`;
  return text(x + side / 2, MARGIN + 10, title + figure, { anchor: "middle", size: 13 });
}

const above = (names: readonly string[], x: number, top: number): string =>
  names
    .map((name, column) => text(x + (column + 0.5) * CELL + 3, top - 6, name, { size: NAME, rotate: -45 }))
    .join("");

function drawMatrix(
  cosine: Cosines,
  { shown, low }: { readonly shown: readonly number[]; readonly low: number },
): { body: string } {
  const cells = cosineCells(cosine, shown).map(({ value }, index) => {
    const [x, y] = [(index % shown.length) * CELL, Math.floor(index / shown.length) * CELL];
    if (value === null) return rect(x, y, CELL, CELL, { fill: "#eee" });
    const share = (value - low) / (1 - low);
    const fill = share > 0.6 ? "#111" : "#fff";
    const label = text(x + CELL / 2, y + CELL / 2 + 3, short(value), { size: 8.5, anchor: "middle", fill });
    return rect(x, y, CELL, CELL, { fill: rgb(viridis(share)) }) + label;
  });
  return { body: cells.join("") };
}

/** Two digits without the zero before the point. */
const short = (value: number): string => value.toFixed(2).replace(/^(-?)0\./, "$1.");
