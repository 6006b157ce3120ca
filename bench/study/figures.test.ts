import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { filesOf, linesOf, merged, spread, tableOf } from "../../docs/results/study.mjs";
import type { Scored, StudyCell } from "./study-cell.js";

const scored = (role: Scored["role"], meanIoU: number): Scored => ({
  domain: role,
  role,
  images: 4,
  meanIoU,
  classIoU: {},
});
const cell = (name: string, seed: number, unseen: number, more: Partial<StudyCell> = {}): StudyCell => ({
  cell: `far-${name}:${seed}`,
  benchmark: "far",
  method: "erm",
  change: null,
  learningRate: 0.001,
  steps: 1500,
  seed,
  secondsPerStep: 0.2,
  last: [scored("source", 0.5), scored("target", unseen)],
  average: [scored("source", 0.5), scored("target", unseen + 0.01)],
  reliance: null,
  date: "2026-11-29",
  ...more,
});
const votes: Partial<StudyCell> = {
  method: "memory-erm",
  change: "votes",
  voting: { weight: 7, tried: [], scored: [scored("target", 0.36)] },
  reliance: [
    { domain: "target", kind: "constant", changed: 0.1, meanIoUDifference: -0.01 },
    { domain: "target", kind: "memory-off", changed: 0.2, meanIoUDifference: -0.06 },
  ],
};
const adjusted = (unseen: number): Partial<StudyCell> => ({
  adjusting: { weight: 0.3, scored: [scored("source", 0.5), scored("target", unseen)] },
});
const study = [
  cell("erm", 1, 0.3, adjusted(0.33)),
  cell("erm", 2, 0.34),
  cell("erm@750", 1, 0.28, { steps: 750 }),
  cell("memory-erm-votes", 1, 0.33, { ...votes, ...adjusted(0.345) }),
  cell("memory-erm-votes", 2, 0.35, votes),
];

test("compares each training with plain training of the same seed", () => {
  const [shorter, plain, voting] = linesOf(study);
  expect(shorter?.gained.last.map(Math.round)).toEqual([-2]);
  expect(plain?.gained.last).toEqual([]);
  const rounded = voting?.gained.last.map((gain) => Number(gain.toFixed(9)));
  expect(rounded).toEqual([3, 1]);
  expect(spread(voting?.gained.last ?? [], true)).toBe("+2.0 ± 1.4");
  expect(spread(voting?.lost ?? [], true)).toBe("-6.0 ± 0.0");
});

test("compares at another learning rate with plain training at that rate, and that with the rate of all", () => {
  const slower = { learningRate: 0.0003 };
  const lines = linesOf([
    ...study,
    cell("erm-slower", 1, 0.26, slower),
    cell("memory-erm-slower-votes", 1, 0.29, { ...votes, ...slower }),
    cell("memory-erm-slower-votes", 2, 0.31, { ...votes, ...slower }),
  ]);
  const gained = lines.map(({ gained: { last } }) => last.map((gain) => Number(gain.toFixed(9))));
  expect(lines.slice(-2).map(({ method, learningRate }) => [method, learningRate])).toEqual([
    ["erm", 0.0003],
    ["memory-erm", 0.0003],
  ]);
  expect(gained.slice(-2)).toEqual([[-4], [3, -3]]);
});

test("makes the same tables of the same figures, in whatever order they were measured", () => {
  const table = tableOf(merged([], study));
  expect(tableOf(merged([], [...study].reverse()))).toBe(table);
  expect(table).toContain(
    "| 0.001 | `erm` |  | 750 | 1 | 50.0 | 28.0 | -2.0 | 29.0 | -2.0 |  |  |  |  |  |  |  | 3 |",
  );
  expect(table).toContain(
    "| 0.001 | `memory-erm` | votes | 1500 | 1 2 | 50.0 ± 0.0 | 34.0 ± 1.4 | +2.0 ± 1.4 | 35.0 ± 1.4 | +2.0 ± 1.4 | 7 7 | 36.0 ± 0.0 | +4.0 ± 2.8 | 0.3 | 34.5 | +1.5 | -6.0 ± 0.0 | 5 |",
  );
});

test("takes a cell that was measured again in place of the older one", () => {
  const again = cell("erm", 1, 0.31);
  expect(merged(study, [again])).toHaveLength(study.length);
  expect(merged(study, [again])).toContainEqual(again);
});

test("plots each training as a dot", () => {
  const plot = filesOf(study).get("study-far.svg");
  expect(plot?.match(/<circle/g)).toHaveLength(study.length);
  expect(plot).toContain(">erm, 750 steps<");
});

test("the tables and plots in the repository are those of its figures", () => {
  const file = (name: string) => new URL(`../../docs/results/${name}`, import.meta.url);
  const cells = JSON.parse(readFileSync(file("study.json"), "utf8")) as StudyCell[];
  for (const [name, content] of filesOf(cells)) expect(readFileSync(file(name), "utf8")).toBe(content);
});
