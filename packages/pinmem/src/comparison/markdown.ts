// The table of a comparison as Markdown: the same figures as on the page, for READMEs and issues.

import type { Comparison, Row } from "./comparison.js";
import { percent, points } from "./format.js";
import { type Cell, unitsOf } from "./row-scores.js";

/** Signs that would end a cell or begin markup. */
const plain = (text: string): string =>
  text.replace(/[\\|<>`*_[\]]/g, (sign) => `\\${sign}`).replace(/\s+/g, " ");

/** A comparison as a table in Markdown: percentages, with the gain over the baseline. */
export function markdownTable(comparison: Comparison): string {
  const { columns, rows, protocols } = comparison;
  const grouped = rows.some(({ group }) => group !== null);
  const [unseen, seen] = unitsOf(columns);
  const protocol = protocols.length > 1;
  const weights = new Set(rows.map((row) => row.weights)).size > 1;
  const head = [
    ...(grouped ? ["study"] : []),
    "experiment",
    ...(protocol ? ["protocol"] : []),
    ...(weights ? ["weights"] : []),
    "runs",
    ...(unseen.length > 0 ? ["unseen mean", "gain", ...unseen.map(({ name }) => name)] : []),
    ...(seen.length > 0 ? ["source mean", ...seen.map(({ name }) => name)] : []),
  ];
  const words = head.indexOf("runs");
  const line = (cells: readonly string[]) => `| ${cells.map(plain).join(" | ")} |`;
  let group: string | null = null;
  const body = rows.map((row) => {
    const heading = row.group === group ? "" : (row.group ?? "");
    group = row.group;
    return line([
      ...(grouped ? [heading] : []),
      `${row.label}${row.isBaseline ? " (baseline)" : ""}`,
      ...(protocol ? [protocols[row.protocol]?.title ?? ""] : []),
      ...(weights ? [row.weights] : []),
      String(row.members.length),
      ...(unseen.length > 0
        ? [value(row.unseen), gain(row), ...row.cells.slice(0, unseen.length).map(value)]
        : []),
      ...(seen.length > 0 ? [value(row.seen), ...row.cells.slice(unseen.length).map(value)] : []),
    ]);
  });
  return [
    line(head),
    `|${head.map((_, at) => (at < words ? " --- |" : " ---: |")).join("")}`,
    ...body,
    "",
  ].join("\n");
}

function value({ score }: Cell): string {
  if (!score) return "–";
  return `${percent(score.mean)}${score.deviation === null ? "" : ` ± ${percent(score.deviation)}`}`;
}

const gain = ({ unseen }: Row): string => (unseen.gain === null ? "" : points(unseen.gain));
