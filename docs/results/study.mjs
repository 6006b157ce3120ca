// Tables of the study of training, from its figures alone:
//
//   node docs/results/study.mjs runs/study/study.json
//
// takes cells over into docs/results/study.json, in place of those of the same name, and writes study.md beside it; without an argument it
// makes the tables again from what lies there. The same figures give the same bytes. What measures is bench/study.ts.

import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { argv } from "node:process";
import { fileURLToPath } from "node:url";
import { statisticOf } from "./new-place.mjs";

/** @typedef {import("../../bench/study/study-cell.js").StudyCell} StudyCell */
/** @typedef {import("../../bench/study/study-cell.js").Scored} Scored */

/** The length that all methods get; others are of the question how long that is. */
const STEPS = 1500;
const benchmarks = ["far", "near", "streets"];
const methods = ["erm", "mldg", "memory-erm", "pin-memory"];

/** @template T @param {readonly T[]} values @returns {T[]} */
const distinct = (values) => [...new Set(values)];
/** @param {readonly number[]} values */
const mean = (values) => statisticOf(values).mean;

/** ± is the standard deviation over seeds, where there are several. @param {readonly number[]} values @param {boolean} [signed] */
export function spread(values, signed = false) {
  if (values.length === 0) return "";
  const { mean: middle, deviation } = statisticOf(values);
  const text = `${signed && middle >= 0 ? "+" : ""}${middle.toFixed(1)}`;
  return deviation === null ? text : `${text} ± ${deviation.toFixed(1)}`;
}

/** Mean over domains, in percent. @param {readonly Scored[]} scored @param {Scored["role"]} role */
const scoreOf = (scored, role) =>
  100 * mean(scored.filter((one) => one.role === role).map(({ meanIoU }) => meanIoU ?? 0));

/** How many points the unseen domains lose without the memory. @param {StudyCell} cell @returns {number[]} */
function withoutMemory({ reliance }) {
  const kind = reliance?.some((one) => one.kind === "memory-off") ? "memory-off" : "constant";
  const found = (reliance ?? []).filter((one) => one.kind === kind);
  return found.length === 0 ? [] : [100 * mean(found.map((one) => one.meanIoUDifference ?? 0))];
}

/**
 * The cells of one recipe at one length, by seed, with what they gain over plain training of the same seed.
 * @param {readonly StudyCell[]} cells
 */
export function linesOf(cells) {
  const order = (/** @type {StudyCell} */ { method, change }) => [methods.indexOf(method), change ?? ""].join(" ");
  const groups = distinct(cells.map(({ method, change }) => JSON.stringify([method, change]))).map((name) => {
    const [method, change] = /** @type {[string, string | null]} */ (JSON.parse(name));
    const own = cells.filter((cell) => cell.method === method && cell.change === change);
    return own.sort((a, b) => a.seed - b.seed);
  });
  const plain = new Map(cells.filter(({ method, change }) => method === "erm" && change === null).map((cell) => [cell.seed, cell]));
  return groups
    .sort((a, b) => order(/** @type {StudyCell} */ (a[0])).localeCompare(order(/** @type {StudyCell} */ (b[0])), "en"))
    .map((own) => {
      const [{ method, change }] = /** @type {[StudyCell]} */ (/** @type {unknown} */ (own));
      const gains = (/** @type {"last" | "average"} */ weights) =>
        own.flatMap((cell) => {
          const peer = plain.get(cell.seed);
          return peer && peer !== cell ? [scoreOf(cell[weights], "target") - scoreOf(peer[weights], "target")] : [];
        });
      return {
        method,
        change,
        seeds: own.map(({ seed }) => seed),
        source: own.map(({ last }) => scoreOf(last, "source")),
        last: own.map(({ last }) => scoreOf(last, "target")),
        average: own.map(({ average }) => scoreOf(average, "target")),
        gained: { last: gains("last"), average: gains("average") },
        lost: own.flatMap(withoutMemory),
        seconds: own.flatMap(({ secondsPerStep, steps }) => (secondsPerStep === null ? [] : [secondsPerStep * steps])),
      };
    });
}

/** @param {readonly StudyCell[]} cells */
export function tableOf(cells) {
  const known = benchmarks.filter((benchmark) => cells.some((cell) => cell.benchmark === benchmark));
  const sections = known.map((benchmark) => {
    const here = cells.filter((cell) => cell.benchmark === benchmark);
    const lines = linesOf(here.filter(({ steps }) => steps === STEPS));
    const lengths = here.filter(({ method, change }) => method === "erm" && change === null);
    const steps = distinct(lengths.map((cell) => cell.steps)).sort((a, b) => a - b);
    const at = (/** @type {number} */ count) => lengths.filter((cell) => cell.steps === count);
    return [
      `## ${benchmark}`,
      "",
      ...(steps.length > 1
        ? [
            "| plain training for | seeds | source | unseen | unseen, averaged weights |",
            "| --- | --- | ---: | ---: | ---: |",
            ...steps.map((count) => {
              const some = at(count);
              const cell = (/** @type {"last" | "average"} */ weights, /** @type {Scored["role"]} */ role) =>
                spread(some.map((one) => scoreOf(one[weights], role)));
              return `| ${count} steps | ${some.length} | ${cell("last", "source")} | ${cell("last", "target")} | ${cell("average", "target")} |`;
            }),
            "",
          ]
        : []),
      "| method | change | seeds | source | unseen | over `erm` | unseen, averaged weights | over `erm` | without its memory | minutes |",
      "| --- | --- | --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: |",
      ...lines.map(({ method, change, seeds, source, last, average, gained, lost, seconds }) =>
        [
          "",
          `\`${method}\``,
          change ?? "",
          seeds.join(" "),
          spread(source),
          spread(last),
          spread(gained.last, true),
          spread(average),
          spread(gained.average, true),
          spread(lost, true),
          seconds.length === 0 ? "" : (mean(seconds) / 60).toFixed(0),
          "",
        ]
          .join(" | ")
          .trim(),
      ),
      "",
    ].join("\n");
  });
  return [
    "# The study of training, its tables",
    "",
    `Mean IoU in percent after ${STEPS} steps; several unseen domains: their mean. ± is the standard deviation over seeds, of the differences themselves where it is`,
    "one. Differences are taken seed by seed. Minutes are those of computation on one thread, beside other work.",
    "",
    ...sections,
  ].join("\n");
}

/** Cells of both, the newer in place of the older, in the order of their names. @param {readonly StudyCell[]} older @param {readonly StudyCell[]} newer */
export function merged(older, newer) {
  const all = new Map([...older, ...newer].map((cell) => [cell.cell, cell]));
  return [...all.values()].sort((a, b) => a.cell.localeCompare(b.cell, "en"));
}

if (argv[1] === fileURLToPath(import.meta.url)) {
  const here = (/** @type {string} */ name) => new URL(name, import.meta.url);
  const read = (/** @type {string | URL} */ file) => /** @type {StudyCell[]} */ (JSON.parse(readFileSync(file, "utf8")));
  const known = existsSync(here("study.json")) ? read(here("study.json")) : [];
  const cells = merged(known, argv[2] === undefined ? [] : read(argv[2]));
  writeFileSync(here("study.json"), `[\n${cells.map((cell) => JSON.stringify(cell)).join(",\n")}\n]\n`);
  writeFileSync(here("study.md"), tableOf(cells));
}
