// A training as it goes: losses, scores by domain, likeness of the memory's rows, over the steps. Events come from the server as they are
// written; where the run ends or the server goes, what came stays.

import type { TrainingEvent } from "@pinmem/core/formats";
import { batch, signal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import * as state from "./state.js";

type Points = readonly (readonly [step: number, value: number])[];

/** Curves by chart and name. */
const curves = signal<ReadonlyMap<string, ReadonlyMap<string, Points>>>(new Map());
const heard = signal("");
const colorsOf = ["#2a7f79", "#b4552d", "#5b62b3", "#8a7a1f", "#a3487f", "#4a7f3a", "#767676"];

/** Of the view Follow. */
export function Follow() {
  const { value: run } = state.run;
  const address = run?.events ?? null;
  useEffect(() => (address === null ? undefined : follow(address)), [address]);
  if (address === null)
    return (
      <p class="quiet">{run ? `${run.name} has no events: it was not trained here.` : "There is no run."}</p>
    );
  return (
    <>
      <p role="status">
        <strong>{run?.name}</strong> <span class="quiet">{heard}</span>
      </p>
      <div class="charts">
        {[...curves.value].map(([title, lines]) => (
          <Chart key={title} title={title} lines={lines} />
        ))}
      </div>
    </>
  );
}

/** @returns ends it */
function follow(address: string): () => void {
  const all = new Map<string, Map<string, [number, number][]>>();
  curves.value = new Map();
  heard.value = "reading its events";
  let steps = 0;
  let isChanged = false;
  const add = (chart: string, name: string, step: number, value: number | null | undefined) => {
    if (typeof value !== "number" || !Number.isFinite(value)) return;
    const lines = all.get(chart) ?? new Map<string, [number, number][]>();
    all.set(chart, lines.set(name, [...(lines.get(name) ?? [])]));
    lines.get(name)?.push([step, value]);
  };
  const take = (event: TrainingEvent) => {
    isChanged = true;
    if (event.event === "start") ({ steps } = event);
    if (event.event === "step") {
      for (const [pass, terms] of Object.entries(event.losses)) add("Loss", pass, event.step, terms.total);
      add("Learning rate", "rate", event.step, event.learningRate);
      heard.value = `step ${event.step}${steps > 0 ? ` of ${steps}` : ""}`;
    }
    if (event.event === "evaluation" && !event.weights)
      add(
        "Mean IoU",
        `${event.domain}${event.role === "target" ? " (unseen)" : ""}`,
        event.step,
        event.meanIoU,
      );
    if (event.event === "memory") {
      const pairs = event.cosine.flatMap((row, i) => row.slice(0, i).filter((value) => value !== 0));
      if (pairs.length > 0)
        add(
          "Likeness of rows",
          "mean cosine",
          event.step,
          pairs.reduce((sum, one) => sum + one, 0) / pairs.length,
        );
    }
    if (event.event === "end") heard.value = `${event.reason} at step ${event.step}`;
  };
  const source = new EventSource(address);
  source.onmessage = ({ data }: MessageEvent<string>) => {
    try {
      take(JSON.parse(data) as TrainingEvent);
    } catch {
      // A line that is no event.
    }
  };
  source.addEventListener("restart", () => all.clear());
  source.onopen = () => all.clear(); // After a break the server sends all of it again.
  source.onerror = () => {
    heard.value = `${heard.value.replace(/ · .*/, "")} · the server is gone: start pinmem studio again; what came stays`;
  };
  const timer = setInterval(() => {
    if (!isChanged) return;
    isChanged = false;
    batch(() => {
      curves.value = new Map([...all].map(([title, lines]) => [title, new Map(lines)]));
    });
  }, 300);
  return () => {
    clearInterval(timer);
    source.close();
  };
}

const [WIDTH, HEIGHT, LEFT, BOTTOM] = [360, 180, 36, 18];

function Chart({ title, lines }: { readonly title: string; readonly lines: ReadonlyMap<string, Points> }) {
  const points = [...lines.values()].flat();
  const [xs, ys] = [points.map(([x]) => x), points.map(([, y]) => y)];
  const [x0, x1, y0, y1] = [least(xs), most(xs), Math.min(0, least(ys)), most(ys)];
  const x = (step: number) => LEFT + ((step - x0) / Math.max(1, x1 - x0)) * (WIDTH - LEFT - 8);
  const y = (value: number) =>
    HEIGHT - BOTTOM - ((value - y0) / Math.max(1e-9, y1 - y0)) * (HEIGHT - BOTTOM - 8);
  const said = (value: number) => Number(value.toPrecision(3)).toString();
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
        <text x={LEFT} y={HEIGHT - 4}>
          {x0}
        </text>
        <text x={WIDTH - 8} y={HEIGHT - 4} text-anchor="end">
          step {x1}
        </text>
        {[...lines].map(([name, line], at) => (
          <path
            key={name}
            stroke={colorsOf[at % colorsOf.length]}
            d={thinned(line)
              .map(
                ([step, value], first) =>
                  `${first === 0 ? "M" : "L"}${x(step).toFixed(1)} ${y(value).toFixed(1)}`,
              )
              .join("")}
          />
        ))}
      </svg>
      <p class="row wrap">
        {[...lines].map(([name, line], at) => (
          <span key={name}>
            <span class="swatch" style={{ background: colorsOf[at % colorsOf.length] as string }} /> {name}{" "}
            <span class="figure quiet">{said(line.at(-1)?.[1] ?? 0)}</span>
          </span>
        ))}
      </p>
    </figure>
  );
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
