// Cosines between the rows of a class memory, K x K, as tables and pictures take them. Rows of classes that were never written
// are zero, and so are their cosines; they say nothing, which every picture shows in its way.

/** One of K x K, by train ids. */
export interface CosineCell {
  readonly row: number;
  readonly column: number;
  /** From -1 to 1; null where one of the rows was never written. */
  readonly value: number | null;
}

type Cosines = readonly (readonly number[])[];

/** Train ids of rows that are not zero. */
export const writtenRows = (cosine: Cosines): number[] =>
  cosine.flatMap((row, at) => ((row[at] ?? 0) > 0.5 ? [at] : []));

/**
 * All cells, row by row.
 * @param shown train ids of the rows and columns; default: all
 */
export function cosineCells(
  cosine: Cosines,
  shown: readonly number[] = cosine.map((_, at) => at),
): CosineCell[] {
  const written = new Set(writtenRows(cosine));
  return shown.flatMap((row) =>
    shown.map((column) => {
      const both = written.has(row) && written.has(column);
      return { row, column, value: both ? (cosine[row]?.[column] ?? 0) : null };
    }),
  );
}

/** Cosines of the pairs of different rows that were written. */
export const writtenPairs = (cosine: Cosines): number[] =>
  cosineCells(cosine).flatMap(({ row, column, value }) => (column < row && value !== null ? [value] : []));
