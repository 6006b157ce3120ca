// How a run was adapted, in lines for people: what was chosen, and what it changes class by class on pictures that were left out.

import type { AdaptationRecord } from "./adaptation-record.js";

const percent = (share: number | null | undefined): string =>
  share === null || share === undefined ? "-" : (100 * share).toFixed(1);

/** Lines to print. */
export function describeAdaptation(record: AdaptationRecord): string[] {
  const {
    from,
    pictures,
    labeled,
    weight,
    own,
    exposure,
    vote,
    classifier,
    logitAdjustment,
    written,
    steps,
    leftOut,
    notes,
  } = record;
  const count = (number: number, noun: string) => `${number} ${noun}${number === 1 ? "" : "s"}`;
  return [
    `from ${from.file}, step ${from.step}: ${count(pictures, "picture")} of the place${labeled > 0 ? `, labels of ${labeled}` : ""}`,
    `batch norm: statistics of the place with weight ${weight}${own > 0 ? `, and each picture's own with ${own}` : ""}`,
    ...(exposure !== 1
      ? [`pictures: seen ${exposure < 1 ? "brighter" : "darker"}, by a gamma of ${exposure}`]
      : []),
    ...(written.length > 0 || vote > 0
      ? [
          `memory: rows of ${count(written.length, "class").replace(/classs$/, "classes")} written, votes x ${vote}`,
        ]
      : []),
    ...(classifier > 0 ? [`classifier: fitted to the labeled pictures, x ${classifier}`] : []),
    ...(logitAdjustment > 0
      ? [`logits: without ${logitAdjustment} of the logarithms of the sources' class frequencies`]
      : []),
    ...(steps > 0 ? [`trained: ${count(steps, "step")} on the labeled pictures`] : []),
    ...(leftOut ? scoreTable(leftOut) : []),
    ...(leftOut?.worse ?? []).map((name) => {
      const [before, after] = [leftOut?.before.classIoU[name], leftOut?.after.classIoU[name]];
      return `warning: ${name} got worse on pictures that were left out: ${percent(before)} -> ${percent(after)}`;
    }),
    ...notes.map((note) => `note: ${note}`),
  ];
}

function scoreTable({ before, after }: NonNullable<AdaptationRecord["leftOut"]>): string[] {
  const names = Object.keys(before.classIoU).filter(
    (name) => before.classIoU[name] !== null || after.classIoU[name] !== null,
  );
  const rows = [
    ["IoU on pictures left out, in percent", "before", "after"],
    ...names.map((name) => [name, percent(before.classIoU[name]), percent(after.classIoU[name])]),
    ["mean", percent(before.meanIoU), percent(after.meanIoU)],
  ];
  const width = Math.max(...rows.map(([name = ""]) => name.length));
  return rows.map(([name = "", ...cells]) =>
    [name.padEnd(width), ...cells.map((cell) => cell.padStart(8))].join(""),
  );
}
