// Curves over the steps, as SVG. A click chooses the step that all pictures of the view are of.

import type { Points } from "./training-events.js";

const colorsOf = ["#2a7f79", "#b4552d", "#5b62b3", "#8a7a1f", "#a3487f", "#4a7f3a", "#767676"];
const [WIDTH, HEIGHT, LEFT, BOTTOM] = [360, 180, 44, 18];

interface ChartProps {
  readonly title: string;
  readonly lines: ReadonlyMap<string, Points>;
  /** Marked by a line; null: none. */
  readonly at: number | null;
}

export function Chart({ title, lines, at }: ChartProps) {
  const points = [...lines.values()].flat();
  const [xs, ys] = [points.map(([x]) => x), points.map(([, y]) => y)];
  const [x0, x1, y0, y1] = [least(xs), most(xs), Math.min(0, least(ys)), most(ys)];
  const x = (step: number) => LEFT + ((step - x0) / Math.max(1, x1 - x0)) * (WIDTH - LEFT - 8);
  const y = (value: number) =>
    HEIGHT - BOTTOM - ((value - y0) / Math.max(1e-9, y1 - y0)) * (HEIGHT - BOTTOM - 8);
  const said = (value: number) => {
    const text = Number(value.toPrecision(3)).toString();
    // As many letters as there is room for.
    return text.length > 6 ? value.toExponential(1) : text;
  };
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
        {at !== null && at >= x0 && at <= x1 && (
          <line class="chosen" x1={x(at)} x2={x(at)} y1={4} y2={HEIGHT - BOTTOM} />
        )}
        <text x={LEFT} y={HEIGHT - 4}>
          {x0}
        </text>
        <text x={WIDTH - 8} y={HEIGHT - 4} text-anchor="end">
          step {x1}
        </text>
        {[...lines].map(([name, line], position) => (
          <path key={name} stroke={colorsOf[position % colorsOf.length]} d={pathOf(thinned(line), x, y)} />
        ))}
      </svg>
      <p class="row wrap">
        {[...lines].map(([name, line], position) => (
          <span key={name}>
            <span class="swatch" style={{ background: colorsOf[position % colorsOf.length] as string }} />{" "}
            {name} <span class="figure quiet">{said(line.at(-1)?.[1] ?? 0)}</span>
          </span>
        ))}
      </p>
    </figure>
  );
}

function pathOf(line: Points, x: (step: number) => number, y: (value: number) => number): string {
  const [first] = line;
  if (!first) return "";
  // A single point is a short line, or it would not be seen.
  if (line.length === 1) return `M${x(first[0]) - 2} ${y(first[1])}h4`;
  return line
    .map(([step, value], at) => `${at === 0 ? "M" : "L"}${x(step).toFixed(1)} ${y(value).toFixed(1)}`)
    .join("");
}

/** No more points than can be seen. */
const thinned = (line: Points): Points => {
  const every = Math.ceil(line.length / 400);
  return line.filter((_, at) => at % every === 0 || at === line.length - 1);
};

const least = (values: readonly number[]) =>
  values.reduce((one, other) => Math.min(one, other), Number.POSITIVE_INFINITY);
const most = (values: readonly number[]) =>
  values.reduce((one, other) => Math.max(one, other), Number.NEGATIVE_INFINITY);
