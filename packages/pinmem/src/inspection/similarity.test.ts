import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { cityscapes19, writtenRows } from "@pinmem/core";
import { scope, tensor } from "@pinmem/torch";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { ClassMemory } from "../memory/class-memory.js";
import { firstSimilarity, meanRowCosine, memorySimilarity } from "./similarity.js";
import { similarityFigure } from "./similarity-figure.js";

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "pinmem-similarity-"));
});
afterAll(() => rmSync(folder, { recursive: true }));

const half = Math.SQRT1_2;

describe("memorySimilarity", () => {
  it("compares rows that were written; the others count for nothing", () => {
    const memory = new ClassMemory({ classes: 4, width: 2 });
    scope(() =>
      memory.store(
        tensor([
          [1, 0],
          [0, 0],
          [half, half],
          [0, 1],
        ]),
      ),
    );
    const cosine = memorySimilarity(memory);
    expect(cosine[0]).toEqual([1, 0, expect.closeTo(half, 6), 0]);
    expect(writtenRows(cosine)).toEqual([0, 2, 3]);
    expect(meanRowCosine(cosine)).toBeCloseTo((half + 0 + half) / 3, 6);
    expect(
      meanRowCosine([
        [0, 0],
        [0, 1],
      ]),
    ).toBeNull();
  });
});

describe("firstSimilarity", () => {
  const log = (...lines: unknown[]) => {
    const file = join(folder, "events.jsonl");
    writeFileSync(
      file,
      lines.map((entry) => (typeof entry === "string" ? entry : JSON.stringify(entry))).join("\n"),
    );
    return file;
  };
  const event = (step: number, b: number) => ({
    event: "memory",
    step,
    classes: ["a", "b"],
    cosine: [
      [1, b],
      [b, 1],
    ],
  });

  it("finds the first comparison of a run", async () => {
    const file = log({ event: "note", step: 0, text: "x" }, event(0, 0.9), event(5, 0.2));
    expect(await firstSimilarity(file, ["a", "b"])).toEqual({
      step: 0,
      cosine: [
        [1, 0.9],
        [0.9, 1],
      ],
      mean: 0.9,
    });
  });

  it("takes nothing from logs that are missing, damaged or of other classes", async () => {
    expect(await firstSimilarity(join(folder, "nowhere"), ["a", "b"])).toBeNull();
    expect(await firstSimilarity(log(event(0, 0.9)), ["a", "c"])).toBeNull();
    expect(await firstSimilarity(log('{"event":"memory","step":0,'), ["a", "b"])).toBeNull();
    expect(await firstSimilarity(log({ ...event(0, 1), cosine: [[1]] }), ["a", "b"])).toBeNull();
  });
});

describe("similarityFigure", () => {
  it("names the classes that were written, and no others", () => {
    const cosine = cityscapes19.classes.map((_, a) =>
      cityscapes19.classes.map((_, b) => (a === b && a < 2 ? 1 : 0)),
    );
    const { body } = similarityFigure([{ step: 0, cosine, mean: 0 }], cityscapes19);
    expect(body).toContain(">road<");
    expect(body).toContain(">sidewalk<");
    expect(body).not.toContain(">building<");
    expect(body).toContain("before training");
  });
});
