// Curves over the steps, as SVG. A click chooses the step that all pictures of the view are of.

import { type LineStyle, lineStyle, placeOf } from "./chart-lines.js";
import type { Points } from "./training-events.js";

const [WIDTH, HEIGHT, LEFT, BOTTOM] = [360, 180, 44, 18];

interface ChartProps {
  readonly title: string;
  readonly lines: ReadonlyMap<string, Points>;
  /** The first and the last that there is room for: those of all charts beside one another. */
  readonly steps: readonly [first: number, last: number];
  /** Marked by a line; null: none. */
  readonly at: number | null;
}

export function Chart({ title, lines, steps, at }: ChartProps) {
  const ys = [...lines.values()].flat().map(([, y]) => y);
  const [y0, y1] = [Math.min(0, least(ys)), most(ys)];
  const [first, last] = steps;
  const x = (step: number) => LEFT + placeOf(step, steps) * (WIDTH - LEFT - 8);
  const y = (value: number) =>
    HEIGHT - BOTTOM - ((value - y0) / Math.max(1e-9, y1 - y0)) * (HEIGHT - BOTTOM - 8);
  return (
    <figure>
      <h2>{title}</h2>
      <svg class="chart" viewBox={`0 0 ${WIDTH} ${HEIGHT}`} role="img" aria-label={`${title} over the steps`}>
        {[y0, (y0 + y1) / 2, y1].map((value) => (
          <g key={value}>
            <line x1={LEFT} x2={WIDTH} y1={y(value)} y2={y(value)} />
            <text x={LEFT - 4} y={y(value) + 3} text-anchor="end">
              {said(value)}
            </text>
          </g>
        ))}
        {at !== null && at >= first && at <= last && (
          <line class="chosen" x1={x(at)} x2={x(at)} y1={4} y2={HEIGHT - BOTTOM} />
        )}
        {first < last && (
          <text x={LEFT} y={HEIGHT - 4}>
            {first}
          </text>
        )}
        <text x={WIDTH - 8} y={HEIGHT - 4} text-anchor="end">
          step {last}
        </text>
        {[...lines].map(([name, line], position) => (
          <Curve key={name} name={name} line={line} style={lineStyle(position)} x={x} y={y} />
        ))}
      </svg>
      <p class="row wrap">
        {[...lines].map(([name, line], position) => (
          <span key={name}>
            <Sample {...lineStyle(position)} /> {name}{" "}
            <span class="figure quiet">{said(line.at(-1)?.[1] ?? 0)}</span>
          </span>
        ))}
      </p>
    </figure>
  );
}

interface CurveProps {
  readonly name: string;
  readonly line: Points;
  readonly style: LineStyle;
  readonly x: (step: number) => number;
  readonly y: (value: number) => number;
}

/** A line; of a single step a point. */
function Curve({ name, line, style: { color, dash }, x, y }: CurveProps) {
  const [first] = line;
  if (!first) return null;
  if (line.length > 1) return <path stroke={color} stroke-dasharray={dash} d={pathOf(line, x, y)} />;
  const [step, value] = first;
  return (
    <circle cx={x(step)} cy={y(value)} r={3.5} fill={color}>
      <title>{`${name}: ${said(value)} at step ${step}`}</title>
    </circle>
  );
}

/** What a curve looks like, in the legend. */
function Sample({ color, dash }: LineStyle) {
  return (
    <svg class="sample" viewBox="0 0 22 8" aria-hidden="true">
      <path stroke={color} stroke-dasharray={dash} d="M0 4h22" />
    </svg>
  );
}

/** As many letters as there is room for. */
function said(value: number): string {
  const text = Number(value.toPrecision(3)).toString();
  return text.length > 6 ? value.toExponential(1) : text;
}

const pathOf = (line: Points, x: (step: number) => number, y: (value: number) => number): string =>
  thinned(line)
    .map(([step, value], at) => `${at === 0 ? "M" : "L"}${x(step).toFixed(1)} ${y(value).toFixed(1)}`)
    .join("");

/** No more points than can be seen. */
const thinned = (line: Points): Points => {
  const every = Math.ceil(line.length / 400);
  return line.filter((_, at) => at % every === 0 || at === line.length - 1);
};

const least = (values: readonly number[]) =>
  values.reduce((one, other) => Math.min(one, other), Number.POSITIVE_INFINITY);
const most = (values: readonly number[]) =>
  values.reduce((one, other) => Math.max(one, other), Number.NEGATIVE_INFINITY);
