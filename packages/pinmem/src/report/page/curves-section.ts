// How training went: losses term by term, scores on the way, the learning rate.

import { type Line, lineChart } from "../charts/line-chart.js";
import { scoreOf } from "../read-events.js";
import type { Curve, Role, RunRecord } from "../run-record.js";
import { html, type Markup } from "./html.js";
import { legend } from "./legend.js";
import type { Series } from "./series.js";

const termOrder = [
  "total",
  "segmentation",
  "auxiliary",
  "whitening",
  "cohesion",
  "divergence",
  "classification",
];
const passOrder = ["train", "meta-train", "meta-test"];

export function curvesSection(series: readonly Series[], left: number): Markup | null {
  const logged = series.flatMap(({ runs }, at) =>
    runs.flatMap((run) => (run.log ? [{ at, run, log: run.log }] : [])),
  );
  if (logged.length === 0) return null;
  const figure = (
    caption: string,
    lines: readonly Line[],
    options: { sparse?: boolean; percent?: boolean } = {},
  ) =>
    lines.some(({ curve }) => curve.length > 0) &&
    html`<figure class="small">${lineChart(lines, { label: caption, ...options })}<figcaption>${caption}</figcaption></figure>`;
  const scores = (role: Role): Line[] =>
    logged.map(({ at, run }) => ({ series: at, curve: scoreCurve(run, role) }));
  const pairs = lossPairs(logged.map(({ log }) => log.losses));
  return html`<section id="training"><h2>Training</h2>
${legend(series, "lines", left)}
<div class="grid">
${figure("Mean IoU on source validation, in percent: it selects the best weights", scores("source"), { sparse: true, percent: true })}
${figure("Mean IoU on unseen domains, in percent: written down, never used", scores("target"), { sparse: true, percent: true })}
${pairs.map(([pass, term]) =>
  figure(
    `${pass}: ${term} loss`,
    logged.map(({ at, log }) => ({ series: at, curve: log.losses[pass]?.[term] ?? [] })),
  ),
)}
${figure(
  "Learning rate",
  logged.map(({ at, log }) => ({ series: at, curve: log.learningRate })),
)}
</div>
<p class="quiet">Losses before weighting, total after it; faint: as measured (at most 500 points, each the mean of its neighbours), plain: mean over a twentieth of the run.</p>
</section>`;
}

const scoreCurve = ({ log }: RunRecord, role: Role): Curve =>
  (log?.evaluations ?? []).flatMap(({ step, domains }) => {
    const score = scoreOf(domains, role);
    return score === null ? [] : [[step, score] as const];
  });

type Losses = Readonly<Record<string, Readonly<Record<string, Curve>>>>;

/** Every pass and term that some run has, in the order of the method. */
function lossPairs(losses: readonly Losses[]): [pass: string, term: string][] {
  const known = (order: readonly string[], names: readonly string[]) => [
    ...order.filter((name) => names.includes(name)),
    ...[...new Set(names)].filter((name) => !order.includes(name)),
  ];
  const passes = known(passOrder, losses.flatMap(Object.keys));
  return passes.flatMap((pass) => {
    const terms = known(
      termOrder,
      losses.flatMap((of) => Object.keys(of[pass] ?? {})),
    );
    return terms.map((term): [string, string] => [pass, term]);
  });
}
