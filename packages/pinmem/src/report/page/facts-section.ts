// What the figures were made by: protocols, recipes and what sets them apart, versions, machines, durations.

import { duration } from "@pinmem/core";
import type { Comparison } from "../../comparison/comparison.js";
import { gibibytes } from "../../comparison/format.js";
import { asText } from "../../comparison/read-environment.js";
import { differences } from "../../comparison/recipe-differences.js";
import type { RunRecord } from "../../comparison/run-record.js";
import { type Content, html, type Markup } from "./html.js";

const facts = (entries: readonly (readonly [string, Content])[]): Markup =>
  html`<dl>${entries.map(([name, value]) => html`<div><dt>${name}</dt><dd>${value}</dd></div>`)}</dl>`;

export function protocolSection({ protocols, rows }: Comparison): Markup {
  return html`<section id="protocol"><h2>Protocol</h2>${protocols.map(({ protocol, title }, at) => {
    const users = rows.filter((row) => row.protocol === at).map(({ label }) => label);
    return html`<div class="unit"><h3>${title}</h3>${
      protocol
        ? facts(Object.entries(asText(protocol)))
        : html`<p>These scores were written down while training: every image whole, one forward pass, as the network was when its weights were saved. They are no evaluation of a finished run: <code>pinmem evaluate</code> makes one.</p>`
    }${protocols.length > 1 && html`<p class="quiet">Rows: ${[...new Set(users)].join(", ")}</p>`}</div>`;
  })}</section>`;
}

export interface Experiment {
  readonly label: string;
  /** Its repetitions. */
  readonly runs: readonly RunRecord[];
}

export function recipeSection(experiments: readonly Experiment[]): Markup {
  const recipes = experiments.flatMap(({ runs: [first] }) => (first ? [first.recipe] : []));
  const different = differences(recipes).filter(({ path }) => path !== "seed");
  const cell = (value: string | null, usual: string | null) => {
    if (value === null) return html`<span class="quiet">–</span>`;
    return value === usual ? html`<code>${value}</code>` : html`<mark><code>${value}</code></mark>`;
  };
  const table = html`<div class="wide"><table class="plain recipe"><thead><tr><th scope="col">Field</th>${experiments.map(
    ({ label }) => html`<th scope="col">${label}</th>`,
  )}</tr></thead><tbody>${different.map(({ path, values }) => {
    const usual = mostFrequent(values);
    return html`<tr><th scope="row"><code>${path}</code></th>${values.map((value) => html`<td>${cell(value, usual)}</td>`)}</tr>`;
  })}</tbody></table></div><p class="quiet">Only fields that differ; marked where a value is not the most frequent one.</p>`;
  return html`<section id="recipe"><h2>Recipe</h2>${
    different.length > 0 ? table : experiments.length > 1 && html`<p>The recipes are the same.</p>`
  }${experiments.map(
    ({ label, runs: [first] }) =>
      html`<details><summary>${label}: the whole recipe</summary><pre>${JSON.stringify(first?.recipe, null, 2)}</pre></details>`,
  )}</section>`;
}

/** The value that most recipes with such a field have; of several as frequent, the first. */
function mostFrequent(values: readonly (string | null)[]): string | null {
  const counts = new Map<string, number>();
  for (const value of values) if (value !== null) counts.set(value, (counts.get(value) ?? 0) + 1);
  const [first] = [...counts].sort(([, a], [, b]) => b - a);
  return first?.[0] ?? null;
}

export function runsSection(experiments: readonly Experiment[]): Markup {
  const rows = experiments.flatMap(({ label, runs }) => runs.map((run) => ({ label, run })));
  const columns = ["Run", "folder", "seed", "steps", "steps took", "images/s", "peak memory", "begun"];
  const number = (text: Content) => html`<td class="number">${text}</td>`;
  const table = html`<div class="wide"><table class="plain"><thead><tr>${columns.map(
    (name, at) => html`<th scope="col"${at > 1 && html` class="number"`}>${name}</th>`,
  )}</tr></thead><tbody>${rows.map(
    ({ label, run: { path, recipe, log, starts } }) =>
      html`<tr><th scope="row">${label}</th><td><code>${path}</code></td>${[
        recipe.seed,
        log?.lastStep ?? "–",
        log ? duration(log.seconds) : "–",
        log?.imagesPerSecond?.toFixed(1) ?? "–",
        log?.peakMemory ? gibibytes(log.peakMemory) : "–",
        starts[0]?.date?.slice(0, 16).replace("T", " ") ?? "–",
      ].map(number)}</tr>`,
  )}</tbody></table></div>`;
  return html`<section id="runs"><h2>Runs</h2>${table}${machines(rows)}</section>`;
}

/** Versions and machine of the newest start; runs on the same one together. */
function machines(rows: readonly { label: string; run: RunRecord }[]): Markup {
  const users = new Map<string, string[]>();
  for (const { run } of rows) {
    const { date: _, ...machine } = run.starts.at(-1) ?? {};
    const key = JSON.stringify(Object.entries(machine));
    users.set(key, [...(users.get(key) ?? []), run.name]);
  }
  const units = [...users].map(([key, names]) => {
    const entries = JSON.parse(key) as [string, string][];
    const heading = users.size > 1 ? [...new Set(names)].join(", ") : "Versions and machine";
    return entries.length > 0 && html`<div class="unit"><h3>${heading}</h3>${facts(entries)}</div>`;
  });
  return html`<div class="grid">${units}</div>`;
}
