import { expect, it } from "vitest";
import { writtenRows } from "./rows.js";

it("knows of a memory into which nothing was written that it has no rows", () => {
  expect(writtenRows(new Float32Array(6), { classes: 3, width: 2 })).toEqual({ there: [], cells: [] });
});

it("tells which rows were written and how alike they are, of several rows by those most alike", () => {
  const rows = Float32Array.of(1, 0, 0, 0, 0, 0, 0, 0, 0.6, 0.8, 0, 1);
  const { there, cells } = writtenRows(rows, { classes: 3, width: 2 });
  expect(there).toEqual([0, 2]);
  expect(cells.map((row) => row.map((one) => Number(one.toFixed(3))))).toEqual([
    [1, 0.6],
    [0.6, 1],
  ]);
});
