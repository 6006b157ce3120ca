import { describe, expect, it } from "vitest";
import { cosineCells, writtenPairs, writtenRows } from "./cosines.js";

const cosine = [
  [1, 0, 0.5],
  [0, 0, 0],
  [0.5, 0, 1],
];

describe("cosines between rows of a memory", () => {
  it("say nothing of rows that were never written", () => {
    expect(writtenRows(cosine)).toEqual([0, 2]);
    expect(writtenPairs(cosine)).toEqual([0.5]);
    expect(cosineCells(cosine).map(({ value }) => value)).toEqual([
      1,
      null,
      0.5,
      null,
      null,
      null,
      0.5,
      null,
      1,
    ]);
  });

  it("are given for the rows that are shown, by their train ids", () => {
    expect(cosineCells(cosine, [2, 0])).toEqual([
      { row: 2, column: 2, value: 1 },
      { row: 2, column: 0, value: 0.5 },
      { row: 0, column: 2, value: 0.5 },
      { row: 0, column: 0, value: 1 },
    ]);
  });
});
