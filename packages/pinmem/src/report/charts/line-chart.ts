// Curves of several runs over the steps of training: a faint line of what was measured, and a plain one of what it does on the
// whole.

import * as Plot from "@observablehq/plot";
import type { Curve } from "../../comparison/run-record.js";
import { downsample, smooth } from "../../comparison/statistics.js";
import type { Markup } from "../page/html.js";
import { draw, seriesStyle } from "./draw.js";

export interface Line {
  /** Which series: decides color and dashes. */
  readonly series: number;
  readonly curve: Curve;
}

export interface LineChartOptions {
  /** What the chart shows, in words. */
  readonly label: string;
  /** Few points, each worth a dot; otherwise many, whose average over a window is drawn in front. Default false. */
  readonly sparse?: boolean;
  readonly percent?: boolean;
}

interface Point {
  readonly step: number;
  readonly value: number | null;
}

const points = (curve: Curve, factor: number): Point[] =>
  curve.map(([step, value]) => ({ step, value: value === null ? null : value * factor }));

export function lineChart(
  lines: readonly Line[],
  { label, sparse = false, percent = false }: LineChartOptions,
): Markup {
  const factor = percent ? 100 : 1;
  const marks = lines.flatMap(({ series, curve }) => {
    const { color, dash } = seriesStyle(series);
    const few = downsample(curve);
    const line = (data: Curve, more: Plot.LineYOptions) =>
      Plot.lineY(points(data, factor), { x: "step", y: "value", stroke: color, ...more });
    if (sparse) {
      return [
        line(few, { strokeWidth: 1.75, strokeDasharray: dash }),
        Plot.dot(points(few, factor), { x: "step", y: "value", fill: color, r: 2.75 }),
      ];
    }
    const calm = smooth(few);
    const noisy = calm.some(([, value], at) => value !== few[at]?.[1]);
    return [
      ...(noisy ? [line(few, { strokeWidth: 1, strokeOpacity: 0.22 })] : []),
      line(calm, { strokeWidth: 1.75, strokeDasharray: dash }),
    ];
  });
  return draw(
    {
      width: 420,
      height: 230,
      marginLeft: 46,
      marginBottom: 34,
      marginTop: 12,
      marginRight: 12,
      style: { fontSize: "11px" },
      x: { label: "step", ticks: 5, tickSize: 0, labelArrow: "none", tickFormat: tickText },
      y: { label: null, ticks: 5, tickSize: 0, grid: true, nice: true },
      marks: [Plot.ruleX([0], { strokeOpacity: 0 }), ...marks],
    },
    label,
  );
}

const tickText = (step: number): string =>
  step >= 10_000 ? `${Number((step / 1000).toFixed(1))}k` : String(step);
