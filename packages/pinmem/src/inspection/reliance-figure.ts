// The picture of memory reliance: what each alteration of the read changes in each domain, as a table with colors.

import { viridis } from "@pinmem/core";
import type { Reliance } from "@pinmem/core/formats";
import { colorBar } from "./drawing/legends.js";
import { at, type Drawing, rect, rgb, text, textWidth } from "./drawing/svg.js";
import { describeAlteration } from "./reliance-tally.js";

const CELL = { width: 78, height: 38 };
const MARGIN = 12;
const NAME = 11;
/** The colors are logarithmic: from one pixel in ten thousand to all. */
const LOWEST = 1e-4;

export function relianceFigure({ domains, all }: Reliance): Drawing {
  const columns = all ? [...domains, { ...all, name: "all together" }] : domains;
  const rows = columns[0]?.alterations ?? [];
  const names = rows.map(describeAlteration);
  const longest = Math.max(...columns.map(({ name }) => textWidth(name, NAME)));
  const left = MARGIN + Math.max(...names.map((name) => textWidth(name, NAME)), 90) + 8;
  const top = MARGIN + 0.75 * longest + 12;
  const original = rows.length;
  const cells = columns.flatMap(({ alterations, meanIoU }, column) => {
    const x = left + column * CELL.width;
    const values = alterations.map(({ changed, meanIoUDifference }, row) =>
      at(x, top + row * CELL.height, cell(changed, meanIoUDifference)),
    );
    const before = meanIoU === null ? "–" : `${(100 * meanIoU).toFixed(1)} %`;
    return [
      ...values,
      text(x + CELL.width / 2, top + original * CELL.height + 22, before, { size: NAME, anchor: "middle" }),
    ];
  });
  const titles = [
    ...names.map((name, row) =>
      text(left - 8, top + (row + 0.5) * CELL.height + 4, name, { size: NAME, anchor: "end" }),
    ),
    text(left - 8, top + original * CELL.height + 22, "mIoU as it is", { size: NAME, anchor: "end" }),
    ...columns.map(({ name }, column) =>
      text(left + (column + 0.5) * CELL.width, top - 8, name, { size: NAME, rotate: -45 }),
    ),
  ];
  const right = left + columns.length * CELL.width + 16;
  const bar = colorBar({
    height: original * CELL.height,
    title: "pixels that change",
    ticks: [1e-4, 1e-3, 1e-2, 1e-1, 1].map((value) => ({
      position: shade(value),
      label: `${Number((100 * value).toPrecision(1))} %`,
    })),
  });
  return {
    width: Math.max(right + bar.width, right - 16 + 0.75 * longest - CELL.width / 2) + MARGIN,
    height: top + original * CELL.height + 32 + MARGIN,
    body: [...cells, ...titles, at(right, top, bar)].join(""),
  };
}

function cell(changed: number, difference: number | null): { body: string } {
  const share = shade(changed);
  const fill = share > 0.6 ? "#111" : "#fff";
  const points = difference === null ? "" : `${signed(100 * difference)} mIoU`;
  const middle = { anchor: "middle", fill } as const;
  return {
    body:
      rect(0, 0, CELL.width, CELL.height, { fill: rgb(viridis(share)), stroke: "#fff", strokeWidth: 1 }) +
      text(CELL.width / 2, 17, percent(changed), { ...middle, size: 12 }) +
      text(CELL.width / 2, 31, points, { ...middle, size: 9.5 }),
  };
}

/** 0 for the lowest share and below, 1 for all. */
const shade = (share: number): number => (share <= LOWEST ? 0 : 1 - Math.log10(share) / Math.log10(LOWEST));

/** Two digits that matter, where there are any. */
export const percent = (share: number): string => {
  const value = 100 * share;
  return `${value === 0 || value >= 10 ? value.toFixed(value === 0 ? 0 : 1) : value.toFixed(value >= 1 ? 2 : 3)} %`;
};

/** Two decimals with a sign, except for what is 0 then. */
export function signed(value: number): string {
  const digits = Math.abs(value).toFixed(2);
  return Number(digits) === 0 ? digits : `${value < 0 ? "−" : "+"}${digits}`;
}
