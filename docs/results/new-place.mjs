// Table and plots of the study of new places, from its figures alone:
//
//   node docs/results/new-place.mjs runs/new-place/new-place.json
//
// takes the figures over as docs/results/new-place.json and writes new-place.md and one new-place-METHOD-PLACE.svg for each method and
// place beside it; without an argument it makes them again from what lies there. The same figures give the same bytes. What
// measures is bench/new-place.ts.

import { readFileSync, writeFileSync } from "node:fs";
import { argv } from "node:process";
import { fileURLToPath } from "node:url";

/** @typedef {import("../../bench/new-place/measured.js").Measured} Measured */
/** @typedef {{ statistics: string, variant: string, setting: number | null, cells: Map<number, { mean: number, deviation: number | null, count: number, seconds: number }> }} Line */

/** Of which a better setting is taken in hindsight, in favor of the control. @type {readonly string[]} */
const CONTROLS = ["last layer"];
const order = ["off", "trained rows", "written rows", "nearest mean", "last layer", "adapt"];

/** @template T @param {readonly T[]} values @returns {T[]} */
const distinct = (values) => [...new Set(values)];

/** @param {readonly number[]} values */
export function statisticOf(values) {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  const square = values.reduce((sum, value) => sum + (value - mean) ** 2, 0);
  return { mean, deviation: values.length > 1 ? Math.sqrt(square / (values.length - 1)) : null, count: values.length };
}

/**
 * What was tried with one method in one place: a line for each way, a cell for each number of labeled pictures, over all runs and
 * choices of pictures.
 * @param {readonly Measured[]} measured
 * @returns {Line[]}
 */
export function linesOf(measured) {
  /** @type {Map<string, Measured[]>} */
  const groups = new Map();
  for (const one of measured) {
    const name = JSON.stringify([one.statistics, one.variant, one.setting]);
    groups.set(name, [...(groups.get(name) ?? []), one]);
  }
  const lines = [...groups.values()].map((group) => {
    const [{ statistics, variant, setting }] = /** @type {[Measured]} */ (/** @type {unknown} */ (group));
    const shots = distinct(group.map((one) => one.shots)).sort((a, b) => a - b);
    const cells = new Map(
      shots.map((count) => {
        const some = group.filter((one) => one.shots === count);
        const seconds = statisticOf(some.map((one) => one.seconds)).mean;
        return [count, { ...statisticOf(some.map((one) => 100 * one.meanIoU)), seconds }];
      }),
    );
    return { statistics, variant, setting, cells };
  });
  const place = (/** @type {Line} */ { statistics, variant }) => [order.indexOf(variant), statistics].join(" ");
  const sorted = lines.sort((a, b) => place(a).localeCompare(place(b), "en") || (a.setting ?? 0) - (b.setting ?? 0));
  return sorted.filter((line, at) => sorted.findIndex((other) => sameControl(line, other)) === at).map((line) => inHindsight(line, sorted));
}

/** @param {Line} one @param {Line} other */
const sameControl = (one, other) =>
  one === other || (CONTROLS.includes(one.variant) && one.variant === other.variant && one.statistics === other.statistics);

/** @param {Line} line @param {readonly Line[]} all @returns {Line} */
function inHindsight(line, all) {
  if (!CONTROLS.includes(line.variant)) return line;
  const same = all.filter((other) => sameControl(line, other));
  const cells = new Map(
    [...line.cells.keys()].map((count) => {
      const each = same.flatMap((other) => other.cells.get(count) ?? []);
      return [count, each.reduce((best, one) => (one.mean > best.mean ? one : best))];
    }),
  );
  return { ...line, setting: null, cells };
}

/** @param {Line} line */
const nameOf = ({ variant, setting }) =>
  CONTROLS.includes(variant) ? `${variant}, best rate` : setting === null ? variant : `${variant}, votes x ${setting}`;

/** @param {readonly Measured[]} measured */
const partsOf = (measured) =>
  distinct(measured.map(({ benchmark, method }) => JSON.stringify([benchmark, method]))).map((name) => {
    const [benchmark, method] = /** @type {[string, string]} */ (JSON.parse(name));
    return { benchmark, method, some: measured.filter((one) => one.benchmark === benchmark && one.method === method) };
  });

/** @param {readonly Measured[]} measured */
export function tableOf(measured) {
  const sections = partsOf(measured).map(({ benchmark, method, some }) => {
    const lines = linesOf(some);
    const shots = distinct(lines.flatMap(({ cells }) => [...cells.keys()])).sort((a, b) => a - b);
    const cell = (/** @type {Line} */ { cells }, /** @type {number} */ count) => {
      const found = cells.get(count);
      if (!found) return "";
      return `${found.mean.toFixed(1)}${found.deviation === null ? "" : ` ± ${found.deviation.toFixed(1)}`}`;
    };
    const runs = distinct(some.map(({ run }) => run)).length;
    const choices = distinct(some.map(({ choice }) => choice)).length;
    const count = (/** @type {number} */ many, /** @type {string} */ what) => `${many} ${what}${many === 1 ? "" : "s"}`;
    return [
      `### ${method}, ${benchmark}`,
      "",
      `Mean IoU in percent of ${count(some[0]?.pictures ?? 0, "picture")} that were not given, by labeled pictures; ± over ${count(runs, "training")} and ${count(choices, "choice")} of pictures.`,
      "",
      `| | statistics | ${shots.join(" | ")} |`,
      `| --- | --- |${shots.map(() => " ---: |").join("")}`,
      ...lines.map((line) => `| ${nameOf(line)} | \`${line.statistics}\` | ${shots.map((one) => cell(line, one)).join(" | ")} |`),
      "",
    ].join("\n");
  });
  return sections.join("\n");
}

const colors = ["#0b6e99", "#c2410c", "#4d7c0f", "#7e22ce", "#be123c", "#475569", "#a16207", "#0f766e"];
const [WIDTH, HEIGHT, LEFT, TOP, RIGHT, BOTTOM] = [760, 380, 46, 16, 280, 40];

/** Mean IoU over the number of labeled pictures, of one method in one place. @param {readonly Measured[]} measured */
export function plotOf(measured) {
  const lines = linesOf(measured).filter(({ cells, statistics }) => cells.size > 1 && /^(trained|place|adapt)/.test(statistics));
  const flat = linesOf(measured).filter(({ variant }) => variant === "off");
  const shots = distinct(lines.flatMap(({ cells }) => [...cells.keys()])).sort((a, b) => a - b);
  const values = [...lines, ...flat].flatMap(({ cells }) => [...cells.values()].map(({ mean }) => mean));
  const low = 5 * Math.floor(Math.min(...values) / 5);
  const high = Math.max(low + 5, 5 * Math.ceil(Math.max(...values) / 5));
  const number = (/** @type {number} */ value) => String(Number(value.toFixed(1)));
  const x = (/** @type {number} */ count) =>
    number(LEFT + (shots.indexOf(count) / Math.max(1, shots.length - 1)) * (WIDTH - LEFT - RIGHT));
  const y = (/** @type {number} */ value) => number(TOP + ((high - value) / (high - low)) * (HEIGHT - TOP - BOTTOM));
  const ticks = Array.from({ length: (high - low) / 5 + 1 }, (_, at) => low + 5 * at);
  const legend = (/** @type {number} */ at) => number(TOP + 10 + 18 * at);
  const text = (/** @type {string} */ given) => given.replaceAll("&", "&amp;").replaceAll("<", "&lt;");
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${HEIGHT}" font-family="sans-serif" font-size="12">`,
    `<rect width="${WIDTH}" height="${HEIGHT}" fill="white"/>`,
    ...ticks.map((tick) => `<path d="M${LEFT} ${y(tick)}H${WIDTH - RIGHT}" stroke="#ddd"/><text x="${LEFT - 8}" y="${y(tick)}" text-anchor="end" dominant-baseline="middle">${tick}</text>`),
    ...shots.map((count) => `<text x="${x(count)}" y="${HEIGHT - BOTTOM + 18}" text-anchor="middle">${count}</text>`),
    `<text x="${(LEFT + WIDTH - RIGHT) / 2}" y="${HEIGHT - 6}" text-anchor="middle">labeled pictures of the place; mean IoU in percent</text>`,
    ...flat.map((line, at) => {
      const value = line.cells.get(0)?.mean ?? low;
      return `<path d="M${LEFT} ${y(value)}H${WIDTH - RIGHT}" stroke="#999" stroke-dasharray="${2 + 2 * at} 3"/><text x="${WIDTH - RIGHT + 12}" y="${legend(lines.length + at)}" fill="#666">as trained, ${text(line.statistics)} (${2 + 2 * at} dashes)</text>`;
    }),
    ...lines.map((line, at) => {
      const color = colors[at % colors.length];
      const points = [...line.cells].map(([count, { mean }]) => `${x(count)} ${y(mean)}`);
      const dashes = at >= colors.length ? ` stroke-dasharray="6 3"` : "";
      return `<path d="M${points.join("L")}" fill="none" stroke="${color}" stroke-width="1.75"${dashes}/>${points.map((point) => `<circle cx="${point.split(" ")[0]}" cy="${point.split(" ")[1]}" r="2.75" fill="${color}"/>`).join("")}<text x="${WIDTH - RIGHT + 12}" y="${legend(at)}" fill="${color}">${text(`${nameOf(line)}, ${line.statistics}`)}</text>`;
    }),
    "</svg>",
    "",
  ].join("\n");
}

/** Every file by its name. @param {readonly Measured[]} measured */
export const filesOf = (measured) =>
  new Map([
    ["new-place.md", tableOf(measured)],
    ...partsOf(measured).map(({ benchmark, method, some }) => {
      const name = `${method}-${benchmark}`.replaceAll(/[^\w-]+/g, "-");
      return /** @type {const} */ ([`new-place-${name}.svg`, plotOf(some)]);
    }),
  ]);

if (argv[1] === fileURLToPath(import.meta.url)) {
  const here = (/** @type {string} */ name) => new URL(name, import.meta.url);
  const figures = readFileSync(argv[2] ?? here("new-place.json"), "utf8");
  if (argv[2] !== undefined) writeFileSync(here("new-place.json"), figures);
  for (const [name, content] of filesOf(JSON.parse(figures))) writeFileSync(here(name), content);
}
