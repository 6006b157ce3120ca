// What the memories hold: how alike their rows are at the end of training, and the pictures of inspections.

import { similarityChart } from "../charts/similarity.js";
import { html, type Markup } from "./html.js";
import type { Series } from "./series.js";

export function memorySection(series: readonly Series[]): Markup | null {
  const figures = series.flatMap(({ label, runs }) => {
    const memory = runs.find(({ log }) => log?.memory)?.log?.memory;
    if (!memory) return [];
    return [
      html`<figure class="small">${similarityChart(memory, `Cosines between the rows of the memory of ${label}`)}
<figcaption>${label}, step ${memory.step}: cosines between the rows of the class memory. The stronger the colour, the less the memory can tell two classes apart.</figcaption></figure>`,
    ];
  });
  if (figures.length === 0) return null;
  return html`<section id="memory"><h2>Class memory</h2><div class="grid">${figures}</div></section>`;
}

export function picturesSection(series: readonly Series[]): Markup | null {
  const parts = series.flatMap(({ label, runs }) =>
    runs.flatMap((run) => {
      if (run.pictures.length === 0) return [];
      const figures = run.pictures.map(
        ({ title, caption, width, height, dataUri }) =>
          html`<figure${width < 700 && html` class="small"`}><img src="${dataUri}" width="${width}" height="${height}" alt="${title}">
<figcaption><strong>${title}</strong>${caption && ` ${caption}`}</figcaption></figure>`,
      );
      return [html`<h3>${label}${runs.length > 1 && `, ${run.name}`}</h3><div class="grid">${figures}</div>`];
    }),
  );
  if (parts.length === 0) return null;
  return html`<section id="inspection"><h2>Inspection</h2>${parts}</section>`;
}
