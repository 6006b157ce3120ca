// Measures beside the mean IoU, where evaluations have them.

import type { Comparison, Row } from "../../comparison/comparison.js";
import { percent } from "../../comparison/format.js";
import type { DomainScores } from "../../comparison/run-record.js";
import { meanOf } from "../../comparison/statistics.js";
import { html, type Markup } from "./html.js";

type Measure = "pixelAccuracy" | "meanAccuracy" | "boundaryIoU" | "cohesionLoss";

const measures: readonly { readonly key: Measure; readonly title: string; readonly share: boolean }[] = [
  { key: "pixelAccuracy", title: "pixel accuracy", share: true },
  { key: "meanAccuracy", title: "mean accuracy", share: true },
  { key: "boundaryIoU", title: "boundary IoU", share: true },
  { key: "cohesionLoss", title: "cohesion loss", share: false },
];

export function measuresSection({ rows, columns, protocols }: Comparison): Markup | null {
  const meanOver = ({ members }: Row, key: Measure, wanted: (domain: DomainScores) => boolean) =>
    meanOf(
      members.flatMap(({ evaluation }) =>
        evaluation.domains.filter(wanted).flatMap((domain) => domain[key] ?? []),
      ),
    );
  const shown = measures.filter(({ key }) => rows.some((row) => meanOver(row, key, () => true) !== null));
  if (shown.length === 0) return null;
  const text = (value: number | null, share: boolean) =>
    share ? percent(value) : (value?.toFixed(3) ?? "–");
  return html`<details class="print-open"><summary>Other measures: ${shown.map(({ title }) => title).join(", ")}</summary>${shown.map(
    ({ key, title, share }) =>
      html`<h3>${title}${share && ", percent"}</h3><div class="wide"><table class="plain"><thead><tr><th scope="col">Experiment</th>${columns.map(
        ({ name }) => html`<th scope="col" class="number">${name}</th>`,
      )}</tr></thead><tbody>${rows.map(
        (row) =>
          html`<tr><th scope="row">${row.label}${protocols.length > 1 && html`<small>${protocols[row.protocol]?.title}</small>`}</th>${columns.map(
            ({ dataset, role }) =>
              html`<td class="number">${text(
                meanOver(row, key, (domain) => domain.dataset === dataset && domain.role === role),
                share,
              )}</td>`,
          )}</tr>`,
      )}</tbody></table></div>`,
  )}</details>`;
}
