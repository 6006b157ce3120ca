// Names beside marks, each where it covers no mark and no other name, as far as there is room.

import { text, textWidth } from "./svg.js";

export interface NamedMark {
  readonly name: string;
  readonly x: number;
  readonly y: number;
}

interface Box {
  readonly left: number;
  readonly right: number;
  readonly top: number;
  readonly bottom: number;
}

const SIZE = 11;
/** From a mark's middle to its edge, and a little more. */
const REACH = 11;
const LINE = SIZE + 2;

/** Texts for marks in a square of the given side. Marks are served in order. */
export function placeNames(marks: readonly NamedMark[], side: number): string[] {
  const taken: Box[] = marks.map(({ x, y }) => ({
    left: x - REACH + 2,
    right: x + REACH - 2,
    top: y - REACH + 2,
    bottom: y + REACH - 2,
  }));
  return marks.map(({ name, x, y }) => {
    const places = candidates(name, x, y);
    const free = places.find(({ box }) => isWithin(box, side) && !taken.some((other) => overlap(box, other)));
    const { box, baseline, start } = free ?? (places[0] as Candidate);
    taken.push(box);
    return text(start, baseline, name, { size: SIZE, halo: true });
  });
}

interface Candidate {
  readonly start: number;
  readonly baseline: number;
  readonly box: Box;
}

/** Right, left, below, above, and the same again further and further away. */
function candidates(name: string, x: number, y: number): Candidate[] {
  const width = textWidth(name, SIZE);
  return [0, 1, 2, 3].flatMap((turn) => {
    const away = turn * LINE;
    const lines = turn === 0 ? [0] : [-away, away];
    const beside = lines.flatMap((dy): [number, number][] => [
      [x + REACH + 2, y + dy],
      [x - REACH - 2 - width, y + dy],
    ]);
    const over: [number, number][] = [
      [x - width / 2, y + REACH + LINE / 2 + away],
      [x - width / 2, y - REACH - LINE / 2 - away],
    ];
    return [...beside, ...over].map(([start, middle]) => ({
      start,
      baseline: middle + 4,
      box: { left: start, right: start + width, top: middle - LINE / 2, bottom: middle + LINE / 2 },
    }));
  });
}

const isWithin = ({ left, right, top, bottom }: Box, side: number): boolean =>
  left >= 2 && top >= 2 && right <= side - 2 && bottom <= side - 2;

const overlap = (a: Box, b: Box): boolean =>
  a.left < b.right && b.left < a.right && a.top < b.bottom && b.top < a.bottom;
