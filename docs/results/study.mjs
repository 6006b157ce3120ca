// Tables and plots of the study of training, from its figures alone:
//
//   node docs/results/study.mjs runs/study/study.json
//
// takes cells over into docs/results/study.json, in place of those of the same name, and writes study.md and one study-BENCHMARK.svg for
// each benchmark beside it; without an argument it makes them again from what lies there. The same figures give the same bytes. What
// measures is bench/study.ts.

import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { argv } from "node:process";
import { fileURLToPath } from "node:url";
import { statisticOf } from "./new-place.mjs";

/** @typedef {import("../../bench/study/study-cell.js").StudyCell} StudyCell */
/** @typedef {import("../../bench/study/study-cell.js").Scored} Scored */

/** The length that all methods get; others show how long that is, and what equal time gives. */
const STEPS = 1500;
/** What source validation prefers for plain training. */
const RATE = 0.001;
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
 * The cells of one recipe at one length, by seed, with what they gain over plain training of the same seed and learning rate at the length
 * of all; plain training itself at another rate, and what has none of its own rate beside it, over that of the rate of all.
 * @param {readonly StudyCell[]} cells
 */
export function linesOf(cells) {
  const groups = distinct(cells.map(keyOf)).map((key) => cells.filter((cell) => keyOf(cell) === key).sort((a, b) => a.seed - b.seed));
  const order = (/** @type {StudyCell[]} */ [first]) =>
    first ? [first.learningRate === RATE ? 0 : 1, -first.learningRate, methods.indexOf(first.method), first.change ?? "", String(first.steps).padStart(6)].join(" ") : "";
  const isPlain = (/** @type {StudyCell} */ { method, change, steps }) => method === "erm" && change === null && steps === STEPS;
  const plain = new Map(cells.filter(isPlain).map((cell) => [`${cell.seed} ${cell.learningRate}`, cell]));
  const peerOf = (/** @type {StudyCell} */ cell) =>
    (isPlain(cell) ? undefined : plain.get(`${cell.seed} ${cell.learningRate}`)) ?? plain.get(`${cell.seed} ${RATE}`);
  return groups
    .sort((a, b) => order(a).localeCompare(order(b), "en"))
    .map((own) => {
      const [{ method, change, learningRate, steps }] = /** @type {[StudyCell]} */ (/** @type {unknown} */ (own));
      /** Plain training has no votes: its last weights are the peer of those whose votes were chosen. */
      const gains = (/** @type {(cell: StudyCell) => readonly Scored[] | undefined} */ scores) =>
        own.flatMap((cell) => {
          const [peer, reached] = [peerOf(cell), scores(cell)];
          return peer && peer !== cell && reached ? [scoreOf(reached, "target") - scoreOf(scores(peer) ?? peer.last, "target")] : [];
        });
      /** Compared where both were asked: adjusted logits are worth something to plain training, too. */
      const adjustedGains = own.flatMap((cell) => {
        const [theirs, mine] = [peerOf(cell)?.adjusting, cell.adjusting];
        return theirs && mine && theirs !== mine ? [scoreOf(mine.scored, "target") - scoreOf(theirs.scored, "target")] : [];
      });
      return {
        method,
        change,
        learningRate,
        steps,
        seeds: own.map(({ seed }) => seed),
        source: own.map(({ last }) => scoreOf(last, "source")),
        last: own.map(({ last }) => scoreOf(last, "target")),
        average: own.map(({ average }) => scoreOf(average, "target")),
        voting: own.flatMap(({ voting }) => (voting ? [scoreOf(voting.scored, "target")] : [])),
        weights: own.flatMap(({ voting }) => voting?.weight ?? []),
        adjusting: own.flatMap(({ adjusting }) => (adjusting ? [scoreOf(adjusting.scored, "target")] : [])),
        adjustments: own.flatMap(({ adjusting }) => adjusting?.weight ?? []),
        gained: { last: gains(({ last }) => last), average: gains(({ average }) => average), voting: gains(({ voting }) => voting?.scored), adjusting: adjustedGains },
        lost: own.flatMap(withoutMemory),
        seconds: own.flatMap(({ secondsPerStep }) => (secondsPerStep === null ? [] : [secondsPerStep * steps])),
      };
    });
}

/** @param {StudyCell} cell */
const keyOf = ({ method, change, learningRate, steps }) => JSON.stringify([method, change, learningRate, steps]);

/** @typedef {ReturnType<typeof linesOf>[number]} Line */

/** By benchmark. @param {readonly StudyCell[]} cells */
const partsOf = (cells) =>
  benchmarks
    .map((benchmark) => ({ benchmark, lines: linesOf(cells.filter((cell) => cell.benchmark === benchmark)) }))
    .filter(({ lines }) => lines.length > 0);

/** @param {readonly StudyCell[]} cells */
export function tableOf(cells) {
  const sections = partsOf(cells).map(({ benchmark, lines }) =>
    [
      `## ${benchmark}`,
      "",
      `![Mean IoU on unseen domains, each training a dot](study-${benchmark}.svg)`,
      "",
      "| rate | method | change | steps | seeds | source | unseen | over `erm` | unseen, averaged weights | over `erm` | votes chosen | unseen with them | over `erm` | logits adjusted | unseen so | over `erm` so | without its memory | minutes |",
      "| ---: | --- | --- | ---: | --- | ---: | ---: | ---: | ---: | ---: | --- | ---: | ---: | --- | ---: | ---: | ---: | ---: |",
      ...lines.map(({ method, change, learningRate, steps, seeds, source, last, average, voting, weights, adjusting, adjustments, gained, lost, seconds }) =>
        [
          "",
          learningRate,
          `\`${method}\``,
          change ?? "",
          steps,
          seeds.join(" "),
          spread(source),
          spread(last),
          spread(gained.last, true),
          spread(average),
          spread(gained.average, true),
          weights.join(" "),
          spread(voting),
          spread(gained.voting, true),
          adjustments.join(" "),
          spread(adjusting),
          spread(gained.adjusting, true),
          spread(lost, true),
          seconds.length === 0 ? "" : (mean(seconds) / 60).toFixed(0),
          "",
        ]
          .join(" | ")
          .trim(),
      ),
      "",
    ].join("\n"),
  );
  return [
    "# The study of training, its tables",
    "",
    "Mean IoU in percent; several unseen domains: their mean. ± is the standard deviation over seeds, of the differences themselves where it is one.",
    `Differences are taken seed by seed, to plain training (\`erm\`) of ${STEPS} steps at the same learning rate; of plain training at another rate, to that at ${RATE}. Minutes are those of computation on one thread, beside other work.`,
    "Votes chosen: the weight of a memory's votes that is best on source validation, among 0, 2.5, 5, 7, 10 and 14; a training's own is 10 where it votes.",
    "Logits adjusted: how much of the logarithms of the sources' class frequencies is taken out of the logits (`pinmem calibrate`, on source validation); compared with plain training's adjusted logits.",
    "",
    ...sections,
  ].join("\n");
}

const colors = ["#475569", "#a16207", "#0b6e99", "#c2410c"];
const [WIDTH, LEFT, TOP, ROW, RIGHT, BOTTOM] = [840, 330, 10, 22, 20, 40];

/** Mean IoU on unseen domains: a row for each recipe at each length, a dot for each training, a bar for their mean. @param {readonly Line[]} lines */
export function plotOf(lines) {
  const values = lines.flatMap(({ last }) => last);
  const low = Math.floor(Math.min(...values) - 0.5);
  const high = Math.ceil(Math.max(...values) + 0.5);
  const height = TOP + ROW * lines.length + BOTTOM;
  const number = (/** @type {number} */ value) => String(Number(value.toFixed(1)));
  const x = (/** @type {number} */ value) => number(LEFT + ((value - low) / (high - low)) * (WIDTH - LEFT - RIGHT));
  const ticks = Array.from({ length: high - low + 1 }, (_, at) => low + at);
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${height}" font-family="sans-serif" font-size="12">`,
    `<rect width="${WIDTH}" height="${height}" fill="white"/>`,
    ...ticks.map(
      (tick) =>
        `<path d="M${x(tick)} ${TOP}V${height - BOTTOM}" stroke="#ddd"/><text x="${x(tick)}" y="${height - BOTTOM + 16}" text-anchor="middle">${tick}</text>`,
    ),
    `<text x="${(LEFT + WIDTH - RIGHT) / 2}" y="${height - 6}" text-anchor="middle">mean IoU on unseen domains, in percent</text>`,
    ...lines.map(({ method, change, learningRate, steps, last }, at) => {
      const middle = TOP + ROW * (at + 0.5);
      const color = colors[methods.indexOf(method)];
      const name = [method, change, learningRate === RATE ? null : `rate ${learningRate}`, steps === STEPS ? null : `${steps} steps`].filter((part) => part !== null).join(", ");
      const dots = last.map((value) => `<circle cx="${x(value)}" cy="${middle}" r="3.5" fill="${color}" fill-opacity="0.6"/>`).join("");
      return `<text x="${LEFT - 10}" y="${middle}" text-anchor="end" dominant-baseline="middle" fill="${color}">${name}</text>${dots}<path d="M${x(mean(last))} ${middle - 8}V${middle + 8}" stroke="${color}" stroke-width="2"/>`;
    }),
    "</svg>",
    "",
  ].join("\n");
}

/** Every file by its name. @param {readonly StudyCell[]} cells */
export const filesOf = (cells) =>
  new Map([
    ["study.md", tableOf(cells)],
    ...partsOf(cells).map(({ benchmark, lines }) => /** @type {const} */ ([`study-${benchmark}.svg`, plotOf(lines)])),
  ]);

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
  for (const [name, content] of filesOf(cells)) writeFileSync(here(name), content);
}
