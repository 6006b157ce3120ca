// Scores of each class side by side: one bar for each row of the table, the baseline first and gray.

import * as Plot from "@observablehq/plot";
import type { Markup } from "../page/html.js";
import { draw, seriesStyle } from "./draw.js";

export interface ClassScores {
  readonly series: number;
  readonly label: string;
  /** By class, in the order of `classes`; null where a class has none. */
  readonly scores: readonly (number | null)[];
}

export function classBars(classes: readonly string[], rows: readonly ClassScores[], label: string): Markup {
  const bars = rows.flatMap(({ series, label: method, scores }, order) =>
    classes.map((name, at) => ({
      name,
      order: String(order),
      value: scores[at] === null || scores[at] === undefined ? null : scores[at] * 100,
      color: seriesStyle(series).color,
      title: `${name}, ${method}: ${scores[at] === null || scores[at] === undefined ? "none" : `${(scores[at] * 100).toFixed(1)} %`}`,
    })),
  );
  const thickness = rows.length <= 2 ? 8 : rows.length <= 4 ? 6 : 4;
  return draw(
    {
      width: 1100,
      height: 60 + classes.length * (rows.length * thickness + 9),
      marginLeft: 104,
      marginRight: 40,
      marginTop: 24,
      marginBottom: 6,
      style: { fontSize: "12px" },
      x: { domain: [0, 100], ticks: 5, tickSize: 0, axis: "top", label: null, grid: true },
      y: { axis: null, padding: 0.12, type: "band" },
      fy: { domain: classes, label: null, padding: 0.22, tickSize: 0, axis: "left" },
      marks: [
        Plot.barX(bars, {
          x: "value",
          y: "order",
          fy: "name",
          fill: (bar: { color: string }) => bar.color,
          title: "title",
        }),
        Plot.ruleX([0], { stroke: "currentColor", strokeOpacity: 0.5 }),
      ],
      color: { type: "identity" },
    },
    label,
  );
}
