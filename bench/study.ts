// npm run bench -- study --cells LIST: trains and scores cells of the study of training (recipes/training-study.mjs). Not a
// comparison with a peer: its figures are those of docs/results/study.json.
//
//   node bench/dist/study.js --cells far-erm:1,far-erm:2,far-memory-erm-votes:1,far-erm@3000:1 --out runs/study
//
// A cell is RECIPE[@STEPS]:SEED. A training that was interrupted goes on where it was; a cell that is done is left out, and so is
// one that --done lists; figures that it lacks are added where its training is still there. Two of these may work beside one
// another in one folder, each with a list of its own. PINMEM_DATA holds CamVid by drive (camvid), of whose pictures halves are
// made beside it (camvid-half), and the weights (weights).

import { readFileSync, rmSync } from "node:fs";
import { setPriority } from "node:os";
import { join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { setNumThreads } from "@pinmem/torch";
import { loadRecipe, RunFolder, resolveRecipe, type TrainingEvent, train } from "pinmem/training";
import { Cells } from "./lib/cells.js";
import { cpuClock } from "./lib/cpu-clock.js";
import { benchOptions, misuse } from "./lib/options.js";
import { median } from "./lib/statistics.js";
import { halveCamvid } from "./study/halve-camvid.js";
import { adjustingOf, scoreCell } from "./study/score-cell.js";
import type { StudyCell } from "./study/study-cell.js";

const values = benchOptions({
  name: "study",
  about: "Trains and scores cells of the study of training.",
  lines: [
    "--cells LIST   RECIPE[@STEPS]:SEED, with commas between, of recipes/training-study.mjs; or @FILE, one a line",
    "--out DIR      where runs and figures go (default: runs/study)",
    "--done FILE    figures of cells that are not to be made again (docs/results/study.json)",
    "--keep         keep what a finished training needed to go on",
  ],
  options: {
    cells: { type: "string", default: "" },
    out: { type: "string", default: "runs/study" },
    done: { type: "string" },
    keep: { type: "boolean", default: false },
  },
});

const out = resolve(values.out);
const data = resolve(process.env.PINMEM_DATA ?? "data");
const file = fileURLToPath(new URL("../../recipes/training-study.mjs", import.meta.url));
const list = values.cells.startsWith("@")
  ? readFileSync(values.cells.slice(1), "utf8").split("\n")
  : values.cells.split(",");
const wanted = list.map((line) => line.replace(/\s*#.*/, "").trim()).filter((line) => line !== "");
if (wanted.length === 0) misuse("study", "--cells names no cell");
const cells = new Cells<StudyCell>(out, "study.json");
const done = values.done === undefined ? [] : (JSON.parse(readFileSync(values.done, "utf8")) as StudyCell[]);
const isDone = (cell: string) => done.some((one) => one.cell === cell) || cells.read(cell) !== null;
const stop = new AbortController();
for (const signal of ["SIGINT", "SIGTERM"] as const) process.on(signal, () => stop.abort());

setNumThreads(1);
setPriority(10);
await halveCamvid(join(data, "camvid"), join(data, "camvid-half"));
for (const cell of wanted) {
  const [, name, length, seed] =
    /^([\w-]+)(?:@(\d+))?:(\d+)$/.exec(cell) ?? misuse("study", `"${cell}" is no RECIPE[@STEPS]:SEED`);
  const folder = join(out, "runs", cell.replaceAll(/[@:]/g, "-"));
  if (stop.signal.aborted) continue;
  await complete(cell, folder);
  if (isDone(cell)) continue;
  const given = await loadRecipe(`${file}#${name}`);
  const steps = length === undefined ? (given.length.steps ?? 0) : Number(length);
  const validation = { ...given.validation, every: steps };
  const recipe = resolveRecipe({ ...given, seed: Number(seed), length: { steps }, validation });
  const perStep: number[] = [];
  let clock = cpuClock();
  const stepped = {
    write: ({ event }: TrainingEvent) => {
      if (event === "step") perStep.push(clock());
      clock = cpuClock();
    },
    flush: () => {},
    close: () => {},
  };
  const { reason } = await train(recipe, {
    folder: new RunFolder(folder),
    resume: true,
    signal: stop.signal,
    events: [stepped],
  });
  if (reason === "interrupted") break;
  const secondsPerStep = perStep.length === 0 ? null : median(perStep);
  cells.write(cell, [await scoreCell(folder, { cell, recipe, secondsPerStep })]);
  // Of a finished training nothing goes on.
  if (!values.keep) rmSync(join(folder, "checkpoints"), { recursive: true, force: true });
  console.log(`${cell}: done`);
}
console.log(`all figures: ${cells.file}`);

/** Measures what a cell lacks that was scored before it was asked for, where its training is still there. */
async function complete(cell: string, folder: string): Promise<void> {
  const [known] = cells.read(cell) ?? [];
  if (!known || known.adjusting || !new RunFolder(folder).exists) return;
  cells.write(cell, [{ ...known, adjusting: await adjustingOf(folder) }]);
  console.log(`${cell}: completed`);
}
