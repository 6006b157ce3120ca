// Which line or bar is whose: color and dashes, as the charts draw them.

import { seriesStyle } from "../charts/draw.js";
import { html, type Markup } from "./html.js";
import type { Series } from "./series.js";

export function legend(series: readonly Series[], kind: "lines" | "bars", left = 0): Markup {
  const swatch = (style: number) => {
    const { color, dash } = seriesStyle(style);
    return kind === "lines"
      ? html`<svg viewBox="0 0 30 10" width="30" height="10" aria-hidden="true"><path d="M1,5H29" stroke="${color}" stroke-width="2" stroke-dasharray="${dash}"/></svg>`
      : html`<svg viewBox="0 0 14 10" width="14" height="10" aria-hidden="true"><rect width="14" height="10" rx="1" fill="${color}"/></svg>`;
  };
  return html`<ul class="legend">${series.map(({ label, style }) => html`<li>${swatch(style)}${label}</li>`)}${
    left > 0 && html`<li class="quiet">${left} more in the table, not drawn</li>`
  }</ul>`;
}
