// The page of a report: one file that needs nothing else, runs nothing and asks nobody.

import type { Comparison } from "../../comparison/comparison.js";
import { counted, percent, points } from "../../comparison/format.js";
import type { RunRecord } from "../../comparison/run-record.js";
import { classSection } from "./class-section.js";
import { curvesSection } from "./curves-section.js";
import { type Experiment, protocolSection, recipeSection, runsSection } from "./facts-section.js";
import { html, trusted } from "./html.js";
import { measuresSection } from "./measures-section.js";
import { memorySection, picturesSection } from "./memory-section.js";
import { scoreTable } from "./score-table.js";
import { chooseSeries } from "./series.js";
import { style } from "./style.js";

export interface PageOptions {
  readonly title: string;
  readonly date: Date;
  /** Of this package. */
  readonly version: string;
}

/** Should anything slip through: no script runs, and nothing is fetched. */
const policy = "default-src 'none'; style-src 'unsafe-inline'; img-src data:";

export function page(comparison: Comparison, { title, date, version }: PageOptions): string {
  const { series, left } = chooseSeries(comparison);
  const experiments = experimentsOf(comparison);
  return html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="generator" content="pinmem ${version}">
<title>${title}</title>
<link rel="icon" href="data:,">
<style>${trusted(style)}</style>
</head>
<body><main>
<header><h1>${title}</h1><p class="lead">${summary(comparison)}</p></header>
<section id="scores">
${scoreTable(comparison)}
<p class="caption">${caption(comparison)}</p>
${comparison.notes.length > 0 && html`<ul class="notes">${comparison.notes.map((note) => html`<li>${note}</li>`)}</ul>`}
${measuresSection(comparison)}
</section>
${classSection(comparison, series)}
${curvesSection(series, left)}
${memorySection(series)}
${picturesSection(series)}
${protocolSection(comparison)}
${recipeSection(experiments)}
${runsSection(experiments)}
<footer>pinmem ${version}, ${date.toISOString().slice(0, 16).replace("T", " ")} UTC</footer>
</main></body></html>
`.text;
}

/** What the table says first, as a sentence. */
function summary({ rows, protocols }: Comparison): string {
  const alike = rows.filter((row) => row.protocol === rows[0]?.protocol);
  const unseen = Math.max(...alike.map((row) => row.unseen.domains));
  const comparable = alike.filter((row) => row.unseen.domains === unseen);
  const best = comparable.reduce<(typeof rows)[number] | null>(
    (so, next) => ((next.unseen.score?.mean ?? -1) > (so?.unseen.score?.mean ?? -1) ? next : so),
    null,
  );
  const domains = counted(unseen, "unseen domain");
  if (!best?.unseen.score || unseen === 0) return `${counted(rows.length, "row")} compared.`;
  const by = protocols.length > 1 ? ` (${protocols[best.protocol]?.title})` : "";
  const score = `${percent(best.unseen.score.mean)} % mean IoU on ${domains}${by}`;
  const baseline = rows.find(({ isBaseline }) => isBaseline);
  if (rows.length === 1) return `${best.label}: ${score}.`;
  if (best.isBaseline) return `Highest: the baseline ${best.label}, ${score}.`;
  const gain = best.unseen.gain;
  return `Highest: ${best.label}, ${score}${gain === null || !baseline ? "" : `, ${points(gain)} over ${baseline.label}`}.`;
}

function caption({ rows, columns, protocols }: Comparison): string {
  const baseline = rows.find(({ isBaseline }) => isBaseline);
  const gains = rows.some(({ unseen, seen }) => unseen.gain !== null || seen.gain !== null);
  const several = rows.some(({ members }) => members.length > 1);
  return [
    "Mean IoU in percent.",
    protocols.length === 1
      ? `Protocol: ${protocols[0]?.title}.`
      : "Scores of different protocols are different figures.",
    columns.some(({ role }) => role === "target")
      ? "Unseen domains were neither trained on nor used to choose weights."
      : "",
    gains && baseline ? `Gains are points over ${baseline.label} by the same protocol.` : "",
    several ? "± is the standard deviation over runs that differ in their seed." : "",
    rows.length > 1 ? "Bold: the best of its column." : "",
  ]
    .filter((sentence) => sentence !== "")
    .join(" ");
}

/** Every run once, under the label of the first row that it is in. */
function experimentsOf({ rows }: Comparison): Experiment[] {
  const seen = new Set<RunRecord>();
  return rows.flatMap(({ label, members }) => {
    const runs = [...new Set(members.map(({ run }) => run))].filter((run) => !seen.has(run));
    for (const run of runs) seen.add(run);
    return runs.length > 0 ? [{ label, runs }] : [];
  });
}
