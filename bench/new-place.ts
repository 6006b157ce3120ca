// npm run bench -- new-place --runs LIST: what finished runs make of a new place with 0 to 16 labeled pictures of it, against controls
// without a memory. Not a comparison with a peer, and no figure of time: the study of docs/results.
//
//   node bench/dist/new-place.js --runs runs/camvid-study/erm-1,runs/camvid-study/pin-memory-1 --on camvid:0001TP@all --out runs/new-place
//
// after `npm run build`, or `npm run bench -- new-place …`, which sets the checkout up first. PINMEM_DATA (or --data FILE) says
// where data sets lie, as for `pinmem evaluate`. It works on one thread and at low priority, files each part as it is done
// (OUT/cells) and leaves out those that are there, so that it may be stopped and started again at any time; the figures of all
// parts are in OUT/new-place.json, from which docs/results/new-place.mjs makes table and plot.
//
// Of the place every third picture is scored (--limit: fewer, spread evenly), the others are there to be given: 16 are drawn for each
// --choices seed, of which all give statistics and 1, 2, 4, 8 or 16 their labels. For each kind of statistics: votes off, votes
// with trained rows, votes with written rows (and those rows only read), nearest class mean alone, and the last layer trained on
// the same pictures for as many seconds of computation as `pinmem adapt` took with them, at several rates; and `pinmem adapt` itself.

import { setPriority } from "node:os";
import { basename, resolve } from "node:path";
import { setNumThreads } from "@pinmem/torch";
import { openDomains, readDataFile } from "pinmem/evaluation";
import { openRun } from "pinmem/training";
import { Cells } from "./lib/cells.js";
import { benchOptions, misuse, positive } from "./lib/options.js";
import { measureAdapted } from "./new-place/adapted.js";
import { choose } from "./new-place/choose.js";
import { parseStatistics } from "./new-place/encoded.js";
import { measureLevers } from "./new-place/levers.js";
import type { Measured } from "./new-place/measured.js";

const SHOTS = [0, 1, 2, 4, 8, 16] as const;
const GIVEN = 16;

const values = benchOptions({
  name: "new-place",
  about:
    "What finished runs make of a new place with 0 to 16 labeled pictures of it, against controls without a memory.",
  lines: [
    "--runs LIST         folders of finished runs",
    "--on NAMES          places, as for pinmem evaluate, with commas (default: recipe, the targets of each run's own)",
    "--data FILE         where data sets lie (or PINMEM_DATA)",
    "--out DIR           where parts and figures are filed; what is there is not measured again (default: runs/new-place)",
    "--statistics LIST   default: trained,image:0.1,image:auto,place:0.3",
    "--choices LIST      seeds of the draw of pictures (default: 0,1,2)",
    "--shots LIST        numbers of labeled pictures (default: 0,1,2,4,8,16)",
    "--votes LIST        strengths of the votes (default: 5,10,20)",
    "--rates LIST        learning rates of the last layer (default: 0.0001,0.001,0.01)",
    "--limit N           at most so many pictures are scored",
    "--threads N         default: 1",
  ],
  options: {
    runs: { type: "string", default: "" },
    on: { type: "string", default: "recipe" },
    data: { type: "string" },
    out: { type: "string", default: "runs/new-place" },
    statistics: { type: "string", default: "trained,image:0.1,image:auto,place:0.3" },
    choices: { type: "string", default: "0,1,2" },
    shots: { type: "string", default: SHOTS.join() },
    votes: { type: "string", default: "5,10,20" },
    rates: { type: "string", default: "0.0001,0.001,0.01" },
    limit: { type: "string" },
    threads: { type: "string", default: "1" },
  },
});

const runs = values.runs.split(",").filter((run) => run !== "");
if (runs.length === 0) misuse("new-place", "--runs names no run");
setNumThreads(positive("new-place", "--threads", values.threads));
setPriority(10);
const limit = values.limit === undefined ? undefined : positive("new-place", "--limit", values.limit);
const shots = numbers("--shots", values.shots);
const [votes, rates] = [numbers("--votes", values.votes), numbers("--rates", values.rates)];
const cells = new Cells<Measured>(resolve(values.out), "new-place.json");
const sources = {
  folder: process.env.PINMEM_DATA,
  ...(values.data !== undefined && { entries: readDataFile(values.data) }),
};

for (const run of runs) {
  const { recipe, places } = await open(run);
  for (const choice of numbers("--choices", values.choices)) {
    for (const { name, dataset } of places) {
      const { given, scored } = choose(dataset, { choice, count: Math.max(GIVEN, ...shots), limit });
      const common = {
        benchmark: name,
        method: recipe.method.name,
        run: basename(resolve(run)),
        seed: recipe.seed,
        choice,
      };
      const part = async (
        statistics: string,
        more: string,
        measure: () => Promise<Omit<Measured, keyof typeof common | "statistics">[]>,
      ) => {
        const cell = [common.benchmark, common.run, `choice ${choice}`, statistics, more]
          .filter(Boolean)
          .join(" ");
        const before = cells.read(cell);
        if (before) return before;
        const start = performance.now();
        const measured = (await measure()).map((one): Measured => ({ ...common, statistics, ...one }));
        cells.write(cell, measured);
        console.log(`${cell}: ${((performance.now() - start) / 1000).toFixed(0)} s`);
        return measured;
      };
      const seconds = new Map<number, number>();
      for (const count of shots) {
        const [adapted] = await part("adapt", `${count}`, async () => [
          await measureAdapted({ run, given, scored, shots: count }),
        ]);
        seconds.set(count, adapted?.seconds ?? 0);
      }
      for (const text of values.statistics.split(",")) {
        const statistics = parseStatistics(text);
        await part(text, "", () =>
          measureLevers({
            run,
            statistics,
            given,
            scored,
            shots,
            votes,
            rates,
            choice,
            secondsFor: (count) => seconds.get(count) ?? 0,
          }),
        );
      }
    }
  }
}
console.log(`all figures: ${cells.file}`);

async function open(run: string) {
  using opened = openRun(run);
  const places = await openDomains(values.on.split(","), opened, sources);
  return { recipe: opened.recipe, places };
}

function numbers(option: string, text: string): number[] {
  const each = text.split(",").map(Number);
  if (each.every((one) => one >= 0)) return each;
  return misuse("new-place", `${option} is "${text}", but must be numbers with commas between them`);
}
