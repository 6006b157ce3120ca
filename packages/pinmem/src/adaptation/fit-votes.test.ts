import { ConfusionMatrix } from "@pinmem/core";
import { describe, expect, it } from "vitest";
import { fitVote, type VotedPicture } from "./fit-votes.js";

const candidates = [0, 5, 10];

/** A picture of two classes: how many of 1000 pixels of each are right, by weight of the votes. */
const picture = (kind: string, right: readonly number[]): VotedPicture => ({
  kind,
  trials: right.map((count, at) => {
    const matrix = new ConfusionMatrix(2);
    matrix.counts.set([count, 1000 - count, 1000 - count, count]);
    return { vote: candidates[at] as number, matrix };
  }),
});

describe("the weight of votes that is fitted", () => {
  const plain = picture("none", [900, 900, 890]);

  it("is that which mends shifted pictures most", () => {
    const dark = picture("darkness", [500, 600, 550]);
    expect(fitVote([plain, dark, picture("fog", [700, 710, 700])], candidates, 0)).toBe(5);
  });

  it("harms no pictures as they are", () => {
    expect(fitVote([plain, picture("darkness", [500, 500, 700])], candidates, 0)).toBe(0);
  });

  it("stays as it was trained where nothing is clearly better", () => {
    const dark = picture("darkness", [500, 501, 499]);
    expect(fitVote([plain, dark], candidates, 5)).toBe(5);
    expect(fitVote([plain, dark], candidates, 0)).toBe(0);
  });

  it("needs pictures as they are", () => {
    expect(() => fitVote([picture("fog", [1, 1, 1])], candidates, 0)).toThrow("no picture as it is");
  });
});
