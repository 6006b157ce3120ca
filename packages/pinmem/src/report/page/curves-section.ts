// How training went: losses term by term, scores on the way, the learning rate.

import { scoreOf } from "../../comparison/read-events.js";
import type { Curve, Role, RunRecord } from "../../comparison/run-record.js";
import { type Line, lineChart } from "../charts/line-chart.js";
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

export function curvesSection(series: readonly Series[], left: number): Markup | null {
  const logged = series.flatMap(({ runs, style }) =>
    runs.flatMap((run) => (run.log ? [{ style, run, log: run.log }] : [])),
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
    logged.map(({ style, run }) => ({ series: style, curve: scoreCurve(run, role) }));
  const losses = (term: string, passes: readonly string[]): Line[] =>
    logged.flatMap(({ style, log }) =>
      passes.flatMap((pass) => {
        const curve = log.losses[pass]?.[term];
        return curve ? [{ series: style, curve }] : [];
      }),
    );
  const terms = termsOf(logged.map(({ log }) => log.losses));
  const charts = (wanted: readonly string[]) =>
    wanted.map((term) => [
      figure(`${capital(term)} loss on the domains trained on`, losses(term, ["train", "meta-train"])),
      figure(`${capital(term)} loss on the domains met as unseen (meta-test)`, losses(term, ["meta-test"])),
    ]);
  return html`<section id="training"><h2>Training</h2>
${legend(series, "lines", left)}
<div class="grid">
${figure("Mean IoU on source validation, in percent: it selects the best weights", scores("source"), { sparse: true, percent: true })}
${figure("Mean IoU on unseen domains, in percent: written down, never used", scores("target"), { sparse: true, percent: true })}
${figure(
  "Learning rate",
  logged.map(({ style, log }) => ({ series: style, curve: log.learningRate })),
)}
${charts(terms.slice(0, 1))}
</div>
${
  terms.length > 1 &&
  html`<details class="print-open"><summary>Losses term by term</summary><div class="grid">${charts(terms.slice(1))}</div></details>`
}
<p class="quiet">The total is weighted, its terms are not. Faint: as measured, at most 500 points; plain: mean over a twentieth of the run.</p>
</section>`;
}

const scoreCurve = ({ log }: RunRecord, role: Role): Curve =>
  (log?.evaluations ?? []).flatMap(({ step, domains }) => {
    const score = scoreOf(domains, role);
    return score === null ? [] : [[step, score] as const];
  });

type Losses = Readonly<Record<string, Readonly<Record<string, Curve>>>>;

/** Every term that some run has, in the order of the method. */
function termsOf(losses: readonly Losses[]): string[] {
  const names = new Set(
    losses.flatMap((passes) => Object.values(passes).flatMap((terms) => Object.keys(terms))),
  );
  const known = termOrder.filter((term) => names.has(term));
  return [...known, ...[...names].filter((term) => !termOrder.includes(term))];
}

const capital = (text: string): string => text.slice(0, 1).toUpperCase() + text.slice(1);
