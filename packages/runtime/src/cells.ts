// Which cell of a feature says what is known of a pixel: in the piece of the picture that says most of it, the nearest one.

import type { Value, Values } from "./onnx.js";
import type { Piece, Pieces } from "./pieces.js";

/** A cell of the feature of a piece. */
export interface CellAt {
  readonly piece: Piece;
  /** Its position, row by row. */
  readonly cell: number;
}

/** A picture in pieces. */
interface Encoded {
  readonly pieces: Pieces;
  /** What the first graph made of each, in every sight. */
  readonly encoded: ReadonlyMap<Piece, readonly Values[]>;
}

/** Of a piece, in the first sight, which is the clearest. */
export const featureOf = ({ encoded }: Pick<Encoded, "encoded">, piece: Piece): Value =>
  encoded.get(piece)?.[0]?.feature as Value;

/** Of pixel (x, y) of a picture, whose numbers need not be whole. */
export function cellAt(picture: Encoded, x: number, y: number): CellAt {
  const [left, top] = [Math.floor(x), Math.floor(y)];
  const piece = heaviestAt(picture.pieces, left, top);
  const { shape } = featureOf(picture, piece);
  const [, , rows = 0, columns = 0] = shape;
  const row = nearestCell(top - piece.top, piece.height, rows);
  const column = nearestCell(left - piece.left, piece.width, columns);
  return { piece, cell: row * columns + column };
}

/** Of channel k of (1, K, h, w) the value in a cell. */
export const channelAt = ({ data, shape: [, , h = 0, w = 0] }: Value, k: number, { cell }: CellAt): number =>
  data[k * h * w + cell] as number;

/** The cell whose center is nearest to a pixel, corners aligned. */
const nearestCell = (pixel: number, pixels: number, cells: number): number =>
  pixels > 1 ? Math.round((pixel * (cells - 1)) / (pixels - 1)) : 0;

/** The piece that says most of a pixel. */
function heaviestAt(pieces: Pieces, x: number, y: number): Piece {
  const shareOf = ({ left, top, down, across }: Piece) => (down[y - top] ?? -1) * (across[x - left] ?? -1);
  const there = pieces
    .flat()
    .filter(({ left, top, width, height }) => x >= left && y >= top && x < left + width && y < top + height);
  return there.reduce((best, piece) => (shareOf(piece) > shareOf(best) ? piece : best));
}
