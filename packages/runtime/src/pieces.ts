// In what pieces a picture goes through the network: whole, or in overlapping tiles that lie as those of `pinmem predict`, each with the
// share that it has in each of its rows and columns.

import { type MemoryUse, type Size, tileAxis, tileSize, type Window } from "@pinmem/core";
import type { ExportedModel } from "@pinmem/core/formats";

export interface Piece extends Window {
  /** Share in each of its rows; that of a pixel is its row's times its column's. */
  readonly down: Float32Array;
  /** Share in each of its columns. */
  readonly across: Float32Array;
}

/** From top to bottom, in each row of tiles from left to right. */
export type Pieces = readonly (readonly Piece[])[];

/** What decides the size of a model's tiles. */
export const memoryUseOf = ({ provenance, feature, labels, memory }: ExportedModel): MemoryUse => ({
  backbone: provenance.network.split(",")[0] ?? "",
  outputStride: feature.stride,
  classes: labels.classes.length,
  exported: true,
  memoryAt: memory?.at,
});

/** @throws RangeError where the memory, in MiB, holds not even small tiles */
export function piecesOf(image: Size, model: ExportedModel, memory: number): Pieces {
  const use = memoryUseOf(model);
  const tile = tileSize(image, memory * 2 ** 20, use);
  const rows = tileAxis(image.height, tile.height, use.outputStride);
  const columns = tileAxis(image.width, tile.width, use.outputStride);
  return rows.starts.map((top, row) =>
    columns.starts.map((left, column) => ({
      left,
      top,
      width: columns.tile,
      height: rows.tile,
      down: rows.weights[row] as Float32Array,
      across: columns.weights[column] as Float32Array,
    })),
  );
}

/** Whether there is one piece, the picture itself. */
export const isWhole = (pieces: Pieces): boolean => pieces.length === 1 && pieces[0]?.length === 1;
