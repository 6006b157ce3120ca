// What the figures were made by: protocols, recipes and what sets them apart, versions, machines, durations.

import type { Comparison } from "../comparison.js";
import { differences } from "../recipe-differences.js";
import type { RunRecord } from "../run-record.js";
import { asText } from "../read-environment.js";
import { duration, gibibytes } from "./format.js";
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

export function recipeSection(runs: readonly RunRecord[], names: ReadonlyMap<RunRecord, string>): Markup {
  const different = differences(runs.map(({ recipe }) => recipe));
  const name = (run: RunRecord) => names.get(run) ?? run.name;
  const table =
    different.length > 0
      ? html`<div class="wide"><table class="plain recipe"><thead><tr><th scope="col">Field</th>${runs.map(
          (run) => html`<th scope="col">${name(run)}</th>`,
        )}</tr></thead><tbody>${different.map(({ path, values }) => {
          const usual = mostFrequent(values);
          return html`<tr><th scope="row"><code>${path}</code></th>${values.map(
            (value) =>
              html`<td>${value === null ? html`<span class="quiet">–</span>` : value === usual ? html`<code>${value}</code>` : html`<mark><code>${value}</code></mark>`}</td>`,
          )}</tr>`;
        })}</tbody></table></div><p class="quiet">Only fields that differ; marked where a run departs from what is most frequent.</p>`
      : runs.length > 1 && html`<p>The recipes are the same.</p>`;
  return html`<section id="recipe"><h2>Recipe</h2>${table}${runs.map(
    (run) =>
      html`<details><summary>${name(run)}: the whole recipe</summary><pre>${JSON.stringify(run.recipe, null, 2)}</pre></details>`,
  )}</section>`;
}

/** The value that most recipes have, the first one where several are as frequent; none where all differ. */
function mostFrequent(values: readonly (string | null)[]): string | null | undefined {
  const counts = new Map<string | null, number>();
  for (const value of values) counts.set(value, (counts.get(value) ?? 0) + 1);
  const [first] = [...counts].sort(([, a], [, b]) => b - a);
  return values.length > 2 && first && first[1] === 1 ? undefined : first?.[0];
}

export function runsSection(runs: readonly RunRecord[], names: ReadonlyMap<RunRecord, string>): Markup {
  return html`<section id="runs"><h2>Runs</h2><div class="grid">${runs.map((run) => {
    const { log, starts } = run;
    const machine = Object.entries(starts.at(-1) ?? {});
    return html`<div class="unit"><h3>${names.get(run) ?? run.name}</h3>${facts([
      ["folder", html`<code>${run.path}</code>`],
      ["seed", run.recipe.seed],
      ...(log
        ? ([
            ["steps", log.lastStep],
            ["training steps took", duration(log.seconds)],
            ...(log.imagesPerSecond === null
              ? []
              : [["speed", `${log.imagesPerSecond.toFixed(1)} images/s`]]),
            ...(log.peakMemory === null ? [] : [["peak memory", gibibytes(log.peakMemory)]]),
          ] as [string, Content][])
        : []),
      ...(starts.length > 1 ? ([["starts", starts.length]] as [string, Content][]) : []),
      ...machine,
    ])}</div>`;
  })}</div></section>`;
}
