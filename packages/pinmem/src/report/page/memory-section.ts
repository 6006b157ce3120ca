// What the memories hold: how alike their rows are at the end of training, and the pictures of inspections.

import { counted } from "../../comparison/format.js";
import type { Picture } from "../../comparison/run-record.js";
import { similarityChart } from "../charts/similarity.js";
import { html, type Markup } from "./html.js";
import type { Series } from "./series.js";

export function memorySection(series: readonly Series[]): Markup | null {
  const figures = series.flatMap(({ label, runs }) => {
    const memory = runs.find(({ log }) => log?.memory)?.log?.memory;
    if (!memory) return [];
    return [
      html`<figure class="small">${similarityChart(memory, `Cosines between the rows of the memory of ${label}`)}
<figcaption>${label}, step ${memory.step}: cosines between the rows of the class memory. The stronger the color, the less the memory can tell two classes apart.</figcaption></figure>`,
    ];
  });
  if (figures.length === 0) return null;
  return html`<section id="memory"><h2>Class memory</h2><div class="grid">${figures}</div></section>`;
}

/** The kinds of which there is one each come first; activation comes once for every domain. */
const kindOrder = ["grid", "similarity", "embedding", "reliance"];
const rank = ({ kind }: Picture): number =>
  (kindOrder.indexOf(kind) + kindOrder.length + 1) % (kindOrder.length + 1);
/** Of one kind only so many are shown at once. */
const MOST_OF_A_KIND = 2;

export function picturesSection(series: readonly Series[]): Markup | null {
  const parts = series.flatMap(({ label, runs }) =>
    runs
      .filter(({ pictures }) => pictures.length > 0)
      .map((run) => html`<h3>${label}${runs.length > 1 && `, ${run.name}`}</h3>${picturesOf(run.pictures)}`),
  );
  if (parts.length === 0) return null;
  return html`<section id="inspection"><h2>Inspection</h2>${parts}</section>`;
}

function picturesOf(pictures: readonly Picture[]): Markup {
  const ordered = pictures.toSorted((a, b) => rank(a) - rank(b));
  const isShown = ({ kind }: Picture, at: number) =>
    ordered.slice(0, at).filter((before) => before.kind === kind).length < MOST_OF_A_KIND;
  const folded = ordered.filter((picture, at) => !isShown(picture, at));
  return html`<div class="grid">${ordered.filter(isShown).map(figure)}</div>${
    folded.length > 0 &&
    html`<details><summary>${counted(folded.length, "more picture")}</summary><div class="grid">${folded.map(figure)}</div></details>`
  }`;
}

const figure = ({ title, caption, width, height, dataUri }: Picture): Markup =>
  html`<figure${width < 700 && html` class="small"`}><img src="${dataUri}" width="${width}" height="${height}" alt="${title}">
<figcaption><strong>${title}.</strong>${caption && ` ${caption}`}</figcaption></figure>`;
