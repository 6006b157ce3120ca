// Charts as SVG text, drawn once, here: the page that shows them needs no script. Observable Plot draws into a document; linkedom
// is one without a browser. Colors are the page's own variables, so that a chart follows its light and dark scheme.

import * as Plot from "@observablehq/plot";
import { parseHTML } from "linkedom";
import { html, type Markup, trusted } from "../page/html.js";

/** Series that can be told apart; more would be a tangle. */
export const MOST_SERIES = 8;

const dashes = ["5 3", "none", "9 3", "2 3", "9 3 2 3", "4 2", "1 2", "14 4"];

/** How the series at a place is drawn: color and dashes, so that color is not needed. */
export const seriesStyle = (at: number): { color: string; dash: string } => ({
  color: `var(--series-${at % MOST_SERIES})`,
  dash: dashes[at % MOST_SERIES] ?? "none",
});

/** What is used of an element; the types of browsers are not those of this package. */
interface Drawn {
  readonly outerHTML: string;
  querySelectorAll(selector: string): Iterable<{ remove(): void }>;
}

/** A chart as markup. `label` says in words what it shows. */
export function draw(options: Plot.PlotOptions, label: string): Markup {
  const { document } = parseHTML("<html></html>");
  const chart: Drawn = Plot.plot({
    ...options,
    document,
    className: "chart",
  });
  for (const style of chart.querySelectorAll("style")) style.remove();
  const svg = shorter(chart.outerHTML);
  return trusted(svg.replace(/^<svg/, () => html`<svg role="img" aria-label="${label}"`.text));
}

/** Positions with more decimals than a screen has pixels make files large. */
const shorter = (svg: string): string =>
  svg.replace(/ (d|transform|x|y|x1|x2|y1|y2|cx|cy|width|height)="[^"]*"/g, (attribute) =>
    attribute.replace(/-?\d+\.\d{3,}/g, (number) => String(Number(Number(number).toFixed(2)))),
  );
