// The table of new places in the procedural streets, from its figures alone:
//
//   node docs/results/new-place-streets.mjs runs/new-place-streets/new-place.json
//
// takes over of the figures what the table shows, as docs/results/new-place-streets.json, and writes new-place-streets.md beside it; without
// an argument it makes it again from what lies there. The same figures give the same bytes. What measures is bench/new-place.ts.

import { readFileSync, writeFileSync } from "node:fs";
import { argv } from "node:process";
import { fileURLToPath } from "node:url";
import { statisticOf } from "./new-place.mjs";
import { spread } from "./study.mjs";

/** @typedef {import("../../bench/new-place/measured.js").Measured} Measured */
/** @typedef {Pick<Measured, "benchmark" | "method" | "run" | "choice" | "statistics" | "shots" | "variant" | "setting" | "meanIoU" | "pictures">} Figure */
/** @typedef {{ title: string, statistics: string, shots: number, variant: string }} Column */

const methods = ["erm", "mldg", "memory-erm", "pin-memory"];
const looks = ["overcast", "dusk", "night", "fog", "rain", "snow", "bazaar", "dashcam"];
/** @type {readonly Column[]} */
const columns = [
  { title: "as trained", statistics: "trained", shots: 0, variant: "off" },
  { title: "`image:auto`", statistics: "image:auto", shots: 0, variant: "off" },
  { title: "`adapt`, 16 pictures without labels", statistics: "adapt", shots: 0, variant: "adapt" },
  { title: "... 1 labeled", statistics: "adapt", shots: 1, variant: "adapt" },
  { title: "... 2 labeled", statistics: "adapt", shots: 2, variant: "adapt" },
  { title: "... 8 labeled", statistics: "adapt", shots: 8, variant: "adapt" },
  { title: "last layer, 8 labeled", statistics: "trained", shots: 8, variant: "last layer" },
  { title: "the same, as `image:auto`", statistics: "image:auto", shots: 8, variant: "last layer" },
];

/** @param {Pick<Figure, "statistics" | "shots" | "variant">} figure @param {Column} column */
const isOf = (figure, { statistics, shots, variant }) =>
  figure.statistics === statistics && figure.shots === shots && figure.variant === variant;

/** Of one network, of several settings the best in hindsight, in favor of the control. @param {readonly Figure[]} figures @returns {number | null} */
const bestOf = (figures) => (figures.length === 0 ? null : 100 * Math.max(...figures.map(({ meanIoU }) => meanIoU)));

/** @param {readonly (number | null)[]} values */
const shown = (values) => spread(values.filter((value) => value !== null));

/** @param {readonly Figure[]} figures */
export function tableOf(figures) {
  const header = ["unseen look", ...columns.map(({ title }) => title)];
  return methods
    .map((method) => {
      const mine = figures.filter((one) => one.method === method);
      const runs = [...new Set(mine.map(({ run }) => run))].sort();
      /** @param {string} look @param {Column} column @param {string} run */
      const score = (look, column, run) =>
        bestOf(mine.filter((one) => one.run === run && one.benchmark === `streets:${look}` && isOf(one, column)));
      const rows = looks.map((look) => [look, ...columns.map((column) => shown(runs.map((run) => score(look, column, run))))]);
      const means = columns.map((column) =>
        shown(
          runs.map((run) => {
            const each = looks.map((look) => score(look, column, run));
            return each.includes(null) ? null : statisticOf(/** @type {number[]} */ (each)).mean;
          }),
        ),
      );
      return [
        `### ${method}`,
        "",
        `Mean IoU in percent, ± over ${runs.length} trainings, each with its own draw of pictures.`,
        "",
        `| ${header.join(" | ")} |`,
        `| --- |${columns.map(() => " ---: |").join("")}`,
        ...[...rows, ["mean of eight", ...means]].map((row) => `| ${row.join(" | ")} |`),
        "",
      ].join("\n");
    })
    .join("\n");
}

/** @param {readonly Measured[]} measured @returns {Figure[]} */
const used = (measured) =>
  measured
    .filter((one) => columns.some((column) => isOf(one, column)))
    .map(({ benchmark, method, run, choice, statistics, shots, variant, setting, meanIoU, pictures }) => ({
      ...{ benchmark, method, run, choice, statistics, shots, variant, setting, pictures },
      meanIoU: Number(meanIoU.toFixed(5)),
    }));

/** @param {string} name */
const beside = (name) => fileURLToPath(new URL(name, import.meta.url));

if (argv[1] === fileURLToPath(import.meta.url)) {
  const [, , file] = argv;
  if (file !== undefined) {
    const figures = used(JSON.parse(readFileSync(file, "utf8")));
    writeFileSync(beside("new-place-streets.json"), `[\n${figures.map((one) => JSON.stringify(one)).join(",\n")}\n]\n`);
  }
  const figures = /** @type {Figure[]} */ (JSON.parse(readFileSync(beside("new-place-streets.json"), "utf8")));
  writeFileSync(beside("new-place-streets.md"), `# New places in the procedural streets\n\n${tableOf(figures)}`);
}
