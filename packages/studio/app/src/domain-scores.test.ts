import { protocol } from "@pinmem/core/formats";
import { expect, it } from "vitest";
import type { SiteEvaluation } from "../../src/site.js";
import type { Compared } from "./compare.js";
import { HERE, scoresOfEvaluations, scoresOfGroups, shownSource, sourcesOf } from "./domain-scores.js";

const result = (
  date: string,
  name: string,
  meanIoU: number,
  { flip = false, images = 9 } = {},
): SiteEvaluation => ({
  date,
  protocol: protocol("whole", { flip }),
  domains: [{ name, images, meanIoU, classIoU: { road: meanIoU } }],
});

it("takes of each domain and protocol the evaluation over most pictures, however old", () => {
  const [night] = scoresOfEvaluations([
    [result("2026-02", "night", 0.1, { images: 5 }), result("2026-01", "night", 0.4, { images: 50 })],
  ]);
  expect(night?.means).toEqual([0.4]);
});

it("takes of each domain and protocol the newest evaluation, and leaves gaps where a run has none", () => {
  const [night, flipped, fog] = scoresOfEvaluations([
    [
      result("2026-02", "night", 0.4),
      result("2026-01", "night", 0.1),
      result("2026-03", "night", 0.9, { flip: true }),
    ],
    [result("2026-01", "night", 0.5), result("2026-01", "fog", 0.6)],
  ]);
  expect(night).toMatchObject({ name: "night", means: [0.4, 0.5], classes: [{ road: 0.4 }, { road: 0.5 }] });
  expect(flipped).toMatchObject({ name: "night", means: [0.9, null] });
  expect(flipped?.source).not.toBe(night?.source);
  expect(fog).toMatchObject({ name: "fog", means: [null, 0.6], classes: [{}, { road: 0.6 }] });
});

it("counts the pixels of a group together, and leaves out what is not labeled", () => {
  const one = (group: string, ...confusions: number[][] | [null]) =>
    ({
      picture: { group },
      confusions:
        confusions[0] === null ? null : (confusions as number[][]).map((counts) => Float64Array.from(counts)),
    }) as unknown as Compared;
  const scores = scoresOfGroups(
    [one("a", [1, 0, 0, 1], [2, 0, 0, 0]), one("a", [1, 2, 0, 0], [3, 0, 0, 0]), one("b", null)],
    2,
    ["road", "sky"],
  );
  expect(scores).toEqual([
    {
      name: "a",
      source: HERE,
      note: "2 pictures",
      means: [(0.5 + 1 / 3) / 2, 1],
      classes: [
        { road: 0.5, sky: 1 / 3 },
        { road: 1, sky: null },
      ],
    },
  ]);
});

it("offers each protocol once, and shows what was segmented here until another is chosen", () => {
  const scores = scoresOfEvaluations([
    [
      result("2026-01", "night", 0.1),
      result("2026-01", "fog", 0.2),
      result("2026-01", "night", 0.3, { flip: true }),
    ],
  ]);
  const sources = sourcesOf(scores);
  expect(sources.length).toBe(2);
  expect(shownSource(sources, null)).toBe(sources[0]);
  expect(shownSource([...sources, HERE], null)).toBe(HERE);
  expect(shownSource([...sources, HERE], sources[1] as string)).toBe(sources[1]);
  expect(shownSource([], "gone")).toBe(null);
});
