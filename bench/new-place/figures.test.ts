import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { filesOf, linesOf } from "../../docs/results/new-place.mjs";
import { tableOf } from "../../docs/results/new-place-streets.mjs";
import type { Measured } from "./measured.js";

const measured = (more: Partial<Measured>): Measured => ({
  benchmark: "camvid:0001TP@all",
  method: "erm",
  run: "erm-1",
  seed: 1,
  choice: 0,
  statistics: "trained",
  shots: 0,
  variant: "off",
  setting: null,
  meanIoU: 0.3,
  classIoU: {},
  seconds: 1,
  steps: 0,
  pictures: 9,
  ...more,
});
const lastLayer = { variant: "last layer", shots: 8 };
const study = [
  measured({}),
  ...[0.4, 0.44].map((meanIoU, choice) =>
    measured({ variant: "written rows", shots: 8, setting: 10, choice, meanIoU }),
  ),
  measured({ ...lastLayer, setting: 0.001, meanIoU: 0.35 }),
  measured({ ...lastLayer, setting: 0.01, meanIoU: 0.37 }),
  measured({ ...lastLayer, setting: 0.1, meanIoU: 0.1 }),
  measured({ variant: "adapt", statistics: "adapt", shots: 0, meanIoU: 0.33 }),
  measured({ variant: "adapt", statistics: "adapt", shots: 8, meanIoU: 0.41 }),
];

test("gives means over choices, and the control its best rate in hindsight", () => {
  const lines = linesOf(study).map(({ variant, setting, cells }) => [
    variant,
    setting,
    [...cells].map(([shots, { mean }]) => [shots, Number(mean.toFixed(6))]),
  ]);
  expect(lines).toEqual([
    ["off", null, [[0, 30]]],
    ["written rows", 10, [[8, 42]]],
    ["last layer", null, [[8, 37]]],
    [
      "adapt",
      null,
      [
        [0, 33],
        [8, 41],
      ],
    ],
  ]);
});

test("makes the same bytes of the same figures, in whatever order they were measured", () => {
  const files = filesOf(study);
  expect([...files.keys()]).toEqual(["new-place.md", "new-place-erm-camvid-0001TP-all.svg"]);
  expect(filesOf([...study].reverse())).toEqual(files);
  expect(files.get("new-place.md")).toContain("| written rows, votes x 10 | `trained` |  | 42.0 ± 2.8 |");
  expect(files.get("new-place-erm-camvid-0001TP-all.svg")).toMatch(/^<svg [^>]+>[\s\S]+<\/svg>\n$/);
});

test("makes the table of the streets of the figures that lie beside it", () => {
  const read = (name: string) => readFileSync(new URL(`../../docs/results/${name}`, import.meta.url), "utf8");
  expect(read("new-place-streets.md")).toContain(tableOf(JSON.parse(read("new-place-streets.json"))));
});
