// The table that a report is about: experiments by domains, the mean over unseen domains first. With many domains it is set
// closer (`dense`), so that ten of them fit a page 1,300 pixels wide: a column is as wide as its figures, names break.

import type { Comparison, Row } from "../../comparison/comparison.js";
import { counted, percent, points } from "../../comparison/format.js";
import { type Cell, type Column, type Score, unitsOf } from "../../comparison/row-scores.js";
import { networkName } from "../../recipes/network-name.js";
import { methodName } from "../../training/methods/index.js";
import { type Content, html, type Markup } from "./html.js";

/** More domains than this are set closer. */
const ROOMY = 6;

/** Which columns beside the scores are needed to tell rows apart. */
const columnsNeeded = ({ rows }: Comparison) => ({
  protocol: new Set(rows.map(({ protocol }) => protocol)).size > 1,
  weights: new Set(rows.map(({ weights }) => weights)).size > 1,
  gain: rows.some(({ unseen, seen }) => unseen.gain !== null || seen.gain !== null),
});

export function scoreTable(comparison: Comparison): Markup {
  const { columns, rows } = comparison;
  const needed = columnsNeeded(comparison);
  const [unseen, seen] = unitsOf(columns);
  const width =
    columns.length + 3 + [needed.protocol, needed.weights].filter(Boolean).length + (needed.gain ? 1 : 0);
  const spread = rows.some(({ unseen: { score } }) => score?.deviation !== null && score !== null);

  const head = html`<thead><tr>
<th rowspan="2" scope="col">Experiment</th>
${needed.protocol && html`<th rowspan="2" scope="col">Protocol</th>`}
${needed.weights && html`<th rowspan="2" scope="col">Weights</th>`}
${unseen.length > 0 && html`<th colspan="${unseen.length + 1 + (needed.gain ? 1 : 0)}" scope="colgroup" class="span">Unseen domains</th>`}
${seen.length > 0 && html`<th colspan="${seen.length + 1}" scope="colgroup" class="span apart">Source domains</th>`}
</tr><tr>
${unseen.length > 0 && html`<th scope="col" class="number hero">mean</th>${needed.gain && html`<th scope="col" class="number">gain</th>`}`}
${unseen.map(columnHead)}
${seen.length > 0 && html`<th scope="col" class="number apart">mean</th>${seen.map(columnHead)}`}
</tr></thead>`;

  let group: string | null = null;
  const body = rows.map((row): Content => {
    const heading =
      row.group !== null && row.group !== group
        ? html`<tr class="group"><th colspan="${width}" scope="rowgroup">${row.group}</th></tr>`
        : null;
    group = row.group;
    const best = bestIn(comparison, row);
    return html`${heading}<tr${row.isBaseline && html` class="baseline"`}>
<th scope="row"><span class="label">${row.label}</span>${row.isBaseline && needed.gain && html` <span class="tag">baseline</span>`}<small>${detail(row)}</small></th>
${needed.protocol && html`<td class="words">${comparison.protocols[row.protocol]?.title}</td>`}
${needed.weights && html`<td class="words">${row.weights}</td>`}
${
  unseen.length > 0 &&
  html`<td class="number hero${best.unseen && " best"}">${value(row.unseen.score, spread)}${partial(row.unseen.domains, unseen.length)}</td>${
    needed.gain &&
    html`<td class="number">${row.isBaseline ? html`<span class="quiet">–</span>` : gainOf(row.unseen)}</td>`
  }`
}
${columns.map((column, at) => {
  const cell = row.cells[at] as Cell;
  const mean =
    column === seen[0] &&
    html`<td class="number apart${best.seen && " best"}">${value(row.seen.score, spread)}${partial(row.seen.domains, seen.length)}</td>`;
  return html`${mean}<td class="number${best.cells[at] && " best"}">${value(cell.score, false)}${
    needed.gain && cell.gain !== null && html`<small>${gainOf(cell)}</small>`
  }${spread && cell.score && cell.score.deviation !== null && html`<small>± ${percent(cell.score.deviation)}</small>`}</td>`;
})}
</tr>`;
  });
  return html`<div class="wide"><table class="scores${columns.length > ROOMY && " dense"}">${head}<tbody>${body}</tbody></table></div>`;
}

/** "snow", and smaller of which data set, and which part of that: "streets, seed 2". */
function columnHead({ name, dataset }: Column): Markup {
  const [first = ""] = name.split(", ");
  const [, ...part] = dataset.split(", ");
  const colon = first.lastIndexOf(":");
  const [set, domain] = colon > 0 ? [[first.slice(0, colon)], first.slice(colon + 1)] : [[], first];
  const small = [...set, ...part].join(", ");
  return html`<th scope="col" class="number" title="${first}">${breakable(domain)}${small !== "" && html`<small>${breakable(small)}</small>`}</th>`;
}

/** May break between its words, not within one. */
const breakable = (name: string): Content[] =>
  name.split(/(?<=[_/:-])/).map((word, at) => (at > 0 ? html`<wbr>${word}` : word));

function detail({ members }: Row): string {
  const [first] = members;
  if (!first) return "";
  const seeds = members.map(({ run }) => run.recipe.seed);
  const steps = [...new Set(members.map(({ evaluation }) => evaluation.step))];
  const { method, model } = first.run.recipe;
  return [
    methodName(method),
    networkName(model),
    members.length === 1
      ? `seed ${seeds[0]}`
      : `${counted(members.length, "run")}, seeds ${seeds.join(", ")}`,
    `step${steps.length > 1 ? "s" : ""} ${steps.join(", ")}`,
  ].join(" · ");
}

/** A deviation stands beside a mean of domains, and below the score of one, where columns are narrow. */
const value = (score: Score | null, spread: boolean): Markup =>
  score === null
    ? html`<span class="quiet">–</span>`
    : html`<span class="value">${percent(score.mean)}</span>${
        spread &&
        score.deviation !== null &&
        html`<span class="quiet deviation"> ± ${percent(score.deviation)}</span>`
      }`;

const partial = (domains: number, all: number): Content =>
  domains > 0 && domains < all && html`<small>over ${domains} of ${all}</small>`;

function gainOf({ gain }: Cell): Content {
  if (gain === null) return html`<span class="quiet">–</span>`;
  const text = points(gain);
  const kind = text === "0.0" ? "same" : gain > 0 ? "better" : "worse";
  return html`<span class="gain ${kind}">${text}</span>`;
}

/** Whether a row has the best figure of its column, among rows of its protocol; not where all are the same. */
function bestIn({ rows, columns }: Comparison, row: Row) {
  const rivals = rows.filter(({ protocol }) => protocol === row.protocol);
  const isBest = (of: (row: Row) => number | null | undefined) => {
    const own = of(row);
    const all = rivals.flatMap((rival) => of(rival) ?? []);
    return new Set(all).size > 1 && own !== null && own !== undefined && own >= Math.max(...all);
  };
  const whole = (summary: "unseen" | "seen") => (one: Row) => {
    const most = Math.max(...rivals.map((rival) => rival[summary].domains));
    return one[summary].domains === most ? one[summary].score?.mean : null;
  };
  return {
    unseen: isBest(whole("unseen")),
    seen: isBest(whole("seen")),
    cells: columns.map((_, at) => isBest((one) => one.cells[at]?.score?.mean)),
  };
}
