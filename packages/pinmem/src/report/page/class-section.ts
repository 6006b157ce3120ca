// How each class fares on unseen domains: bars to see it, a table to read it.

import type { Color } from "@pinmem/core";
import type { Comparison, Row } from "../../comparison/comparison.js";
import { percent } from "../../comparison/format.js";
import type { Role } from "../../comparison/run-record.js";
import { meanOf } from "../../comparison/statistics.js";
import { classBars } from "../charts/class-bars.js";
import { html, type Markup } from "./html.js";
import { legend } from "./legend.js";
import { type Series, seriesOf } from "./series.js";

/** Bars beside each other in one figure; a table takes the rest. */
const MOST_BARS = 4;

export function classSection(comparison: Comparison, series: readonly Series[]): Markup | null {
  const role: Role = comparison.columns.some((column) => column.role === "target") ? "target" : "source";
  const figures = comparison.protocols.flatMap(({ title }, protocol) => {
    const rows = comparison.rows.filter(
      (row) => row.protocol === protocol && !isRepeated(comparison.rows, row),
    );
    const classes = classesOf(rows, role);
    if (rows.length === 0 || classes.length === 0) return [];
    return [
      ofProtocol({ rows, classes, role, series, title: comparison.protocols.length > 1 ? title : null }),
    ];
  });
  const [first, ...others] = figures;
  if (!first) return null;
  return html`<section id="classes"><h2>Classes</h2>${first}${
    others.length > 0 && html`<details><summary>By other protocols</summary>${others}</details>`
  }</section>`;
}

/** An ablation shows one run in several groups. */
const isRepeated = (rows: readonly Row[], row: Row): boolean =>
  rows.some(
    (other) =>
      rows.indexOf(other) < rows.indexOf(row) &&
      other.protocol === row.protocol &&
      other.weights === row.weights &&
      other.members[0]?.run === row.members[0]?.run,
  );

interface Part {
  readonly rows: readonly Row[];
  readonly classes: readonly string[];
  readonly role: Role;
  readonly series: readonly Series[];
  readonly title: string | null;
}

function ofProtocol({ rows, classes, role, series, title }: Part): Markup {
  const drawn = series
    .flatMap((one) => {
      const row = rows.find((row) => seriesOf(series, row) === one);
      return row ? [{ row, one }] : [];
    })
    .slice(0, MOST_BARS);
  const domains = role === "target" ? "unseen domains" : "source domains";
  const bars = drawn.map(({ row, one }) => ({
    series: one.style,
    label: row.label,
    scores: classes.map((name) => classScore(row, name, role)),
  }));
  const colors = new Map(rows.flatMap(({ members }) => members.flatMap(({ run }) => [...run.colors])));
  return html`<figure>${legend(
    drawn.map(({ one }) => one),
    "bars",
  )}
<div class="wide">${classBars(classes, bars, `IoU of each class on ${domains}: ${bars.map(({ label }) => label).join(", ")}`)}</div>
<figcaption>IoU of each class in percent, mean over the ${domains} where it occurs or was predicted${title && `; ${title}`}.</figcaption></figure>
<details class="print-open"><summary>The same as a table</summary>${table(rows, classes, role, colors)}</details>`;
}

function table(
  rows: readonly Row[],
  classes: readonly string[],
  role: Role,
  colors: ReadonlyMap<string, Color>,
): Markup {
  const swatch = (name: string) => {
    const color = colors.get(name);
    return color && html`<span class="swatch" style="background: rgb(${color.join(" ")})"></span>`;
  };
  return html`<div class="wide"><table class="plain"><thead><tr><th scope="col">Class</th>${rows.map(
    ({ label }) => html`<th scope="col" class="number">${label}</th>`,
  )}</tr></thead><tbody>${classes.map((name) => {
    const scores = rows.map((row) => classScore(row, name, role));
    const known = scores.filter((score) => score !== null);
    const most = new Set(known).size > 1 ? Math.max(...known) : null;
    return html`<tr><th scope="row">${swatch(name)}${name}</th>${scores.map(
      (score) =>
        html`<td class="number${score !== null && score === most && " best"}">${percent(score)}</td>`,
    )}</tr>`;
  })}</tbody></table></div>`;
}

function classesOf(rows: readonly Row[], role: Role): string[] {
  const names = rows.flatMap(({ members }) =>
    members.flatMap(({ evaluation }) =>
      evaluation.domains.flatMap((domain) => (domain.role === role ? Object.keys(domain.classIoU) : [])),
    ),
  );
  return [...new Set(names)];
}

/** Mean over runs and domains that have one. */
const classScore = ({ members }: Row, name: string, role: Role): number | null =>
  meanOf(
    members.flatMap(({ evaluation }) =>
      evaluation.domains.flatMap((domain) => {
        const score =
          domain.role === role && Object.hasOwn(domain.classIoU, name) ? domain.classIoU[name] : null;
        return score ?? [];
      }),
    ),
  );
