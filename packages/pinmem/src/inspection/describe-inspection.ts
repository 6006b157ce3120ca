// An inspection's findings as lines of text, for terminals.

import type { DomainReliance, Inspection, Reliance } from "@pinmem/core/formats";
import { signed } from "./reliance-figure.js";
import { describeAlteration } from "./reliance-tally.js";

/** The findings as lines. */
export function describeInspection(
  { run, domains, figures, pictures, notes }: Inspection,
  out: string,
): string[] {
  const images = domains.reduce((sum, one) => sum + one.images, 0);
  const lines = [
    `${run.name} (${run.method}), step ${run.step}: ${count(images, "image")} of ${count(domains.length, "domain")}`,
  ];
  const { similarity, embedding, reliance } = figures;
  if (similarity) {
    const { before, after } = similarity;
    const start = before ? `${fixed(before.mean)} at step ${before.step}, ` : "";
    lines.push("", `mean cosine between memory rows    ${start}${fixed(after.mean)} at step ${after.step}`);
  }
  if (embedding?.nearestIsOwnRow) {
    lines.push("", "class features whose nearest memory row is their own");
    for (const { domain, share } of embedding.nearestIsOwnRow)
      lines.push(`  ${domain.padEnd(24)} ${percent(share)}`);
  }
  if (reliance) lines.push("", ...describeReliance(reliance));
  if (notes.length > 0) lines.push("", ...notes.map((note) => `note: ${note}`));
  lines.push("", `${count(pictures.length, "picture")} and inspection.json in ${out}`);
  return lines;
}

function describeReliance({
  domains,
  all,
  temperature,
  rowCosine,
  presentRows,
  classes,
}: Reliance): string[] {
  const { read, alterations, meanIoU, pixels } = all ?? (domains[0] as DomainReliance);
  const ratio = read.querySpread > 0 ? read.readoutSpread / read.querySpread : 0;
  return [
    `memory reliance, ${pixels} pixels of ${all ? "all domains" : domains[0]?.name}, mIoU ${percent(meanIoU)}`,
    `  ${presentRows.length} of ${classes} rows written; read temperature ${Number(temperature.toPrecision(3))}; mean cosine between rows ${fixed(rowCosine)}`,
    `  read entropy ${read.entropy.toFixed(3)} nats (flat: ${read.flatEntropy.toFixed(3)}); largest weight ${fixed(read.largestWeight)}; absent rows take ${percent(read.absentShare)}`,
    `  spread over pixels after the 1x1 convolution: read-out ${fixed(read.readoutSpread)}, query ${fixed(read.querySpread)} (ratio ${fixed(ratio)})`,
    `  ${"when the read is altered".padEnd(32)} pixels that change   mIoU`,
    ...alterations.map((one) => {
      const change = one.meanIoUDifference === null ? "" : points(one.meanIoUDifference);
      return `  ${describeAlteration(one).padEnd(32)} ${percent(one.changed, 3).padStart(18)}   ${change}`;
    }),
  ];
}

const count = (number: number, what: string): string => `${number} ${what}${number === 1 ? "" : "s"}`;

const fixed = (value: number | null): string => (value === null ? "none" : value.toFixed(4));

const percent = (share: number | null, digits = 1): string =>
  share === null ? "none" : `${(100 * share).toFixed(digits)} %`;

const points = (difference: number): string => `${signed(100 * difference)} points`;
