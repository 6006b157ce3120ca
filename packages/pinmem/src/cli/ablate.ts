// `pinmem ablate`: trains what the paper's studies and ours ask for, and fills one table.

import { join } from "node:path";
import { Command, InvalidArgumentError } from "commander";
import type { Cell } from "../ablation/plan.js";
import { studies as allStudies } from "../ablation/studies.js";
import type { Ablation } from "../comparison/ablation-file.js";
import type { World } from "../processes/world.js";
import type { Recipe } from "../recipes/recipe.js";
import type { Normalization } from "../runs/open-normalized.js";
import { refuseIdleOptions, sets } from "./idle-options.js";
import { inFlags } from "./in-flags.js";
import { inWorld } from "./in-world.js";
import { INTERRUPTED, interruption } from "./interruption.js";
import { type NormalizeFlag, normalizationOf, normalizeOption } from "./normalize-option.js";
import { bestOrLast, namesOf, numbers, positive, setOption } from "./options.js";
import { goOnUnread } from "./output.js";
import { explained } from "./running.js";

interface AblateFlags {
  readonly studies?: string[];
  readonly seeds?: number[];
  readonly set: string[];
  readonly steps?: number;
  readonly out?: string;
  readonly which: "best" | "last";
  readonly normalize?: NormalizeFlag;
  readonly dryRun?: true;
  readonly json?: true;
}

function seedList(text: string): number[] {
  const seeds = numbers(text);
  if (seeds.every((seed) => Number.isSafeInteger(seed) && seed >= 0)) return [...new Set(seeds)];
  throw new InvalidArgumentError("It must be whole numbers, 0 or more, with commas between.");
}

const studyList = allStudies.map(({ name, question }) => `  ${name.padEnd(17)} ${question}`).join("\n");

export function ablateCommand(): Command {
  return new Command("ablate")
    .description("Train variants of a recipe, and put what each is worth into one table.")
    .argument("<recipe>", "a recipe: a .mjs module that exports one, or a .json file")
    .option(
      "--studies <names>",
      "which, with commas between (default: all that fit the recipe's method)",
      namesOf(allStudies.map(({ name }) => name)),
    )
    .option("--seeds <numbers>", "each variant once for each of these, with commas between", seedList)
    .addOption(setOption("change a field of the recipe first; may be repeated"))
    .option("--steps <count>", "length of every run, in steps", positive)
    .option("--out <folder>", "where everything goes (default: ablations/NAME)")
    .option("--which <weights>", "whose scores count: best on source validation, or last", bestOrLast, "best")
    .addOption(normalizeOption())
    .option("--dry-run", "list the runs that would be made, and make none")
    .option("--json", "print what is in ablation.json, instead of the table")
    .addHelpText(
      "after",
      `
Studies:
${studyList}

Example:
  npx pinmem ablate recipes/demo.mjs --studies framework,losses --seeds 1,2,3

The folder gets runs/, ablation.json (after every run), ablation.md and ablation.html. The same command goes on where it was
stopped: a finished run is not made again, an interrupted one is continued. With --normalize each run is evaluated so when it is
done; without, scores are those noted while training. Ctrl-C stops after the step in progress.

Exit codes: 0 all done; 1 a run could not be made, and the last lines say why; 2 wrong usage; 130 interrupted.`,
    )
    .action(async (recipe: string, flags: AblateFlags, command: Command) => {
      refuseIdleOptions(command, [
        ["--set", flags.steps !== undefined && sets(flags.set, "length"), "--steps says how long a run is"],
        ["--normalize", flags.dryRun === true, "--dry-run scores nothing"],
        ["--set", flags.seeds !== undefined && sets(flags.set, "seed"), "--seeds says which seeds are taken"],
      ]);
      return explained(() => inWorld((world) => ablate(recipe, flags, world)));
    });
}

async function ablate(recipeFile: string, flags: AblateFlags, world: World): Promise<void> {
  const [{ loadRecipe }, { planAblation }] = await Promise.all([
    import("../recipes/load-recipe.js"),
    import("../ablation/plan.js"),
  ]);
  const { steps, studies, seeds, set, which: weights, json } = flags;
  const length = steps === undefined ? [] : [`length={"steps":${steps}}`];
  const recipe = await loadRecipe(recipeFile, [...set, ...length]);
  const plan = planAblation(recipe, { ...(studies && { studies }), ...(seeds && { seeds }) });
  for (const problem of plan.leftOut) console.error(`left out: ${problem}`);
  const folder = flags.out ?? join("ablations", recipe.name);
  if (flags.dryRun) {
    if (world.rank > 0) return;
    if (json) console.log(JSON.stringify(plan, null, 2));
    else console.log(plan.cells.map(describeCell).join("\n"));
    return;
  }
  const normalization = flags.normalize && (await normalizationOf(flags.normalize));
  await trainAll(recipe, plan, { folder, weights, normalization, json: json === true, world });
}

const describeCell = ({ name, set }: Cell): string => `${name}  ${set.join(" ") || "the recipe as it is"}`;

interface AblationTask {
  readonly folder: string;
  readonly weights: "best" | "last";
  readonly normalization: Normalization | undefined;
  readonly json: boolean;
  readonly world: World;
}

async function trainAll(
  recipe: Recipe,
  plan: Parameters<typeof import("../ablation/run-ablation.js").runAblation>[1],
  { folder, weights, normalization, json, world }: AblationTask,
): Promise<void> {
  const [{ runAblation }, { Progress }] = await Promise.all([
    import("../ablation/run-ablation.js"),
    import("../training/events/progress.js"),
  ]);
  using interrupt = interruption("step");
  goOnUnread();
  const ablation = await runAblation(recipe, plan, {
    folder,
    weights,
    normalization,
    signal: interrupt.signal,
    world,
    events: () => (json ? [] : [new Progress()]),
    onCell: (cell, { index, count, state }) => {
      const fate = { done: "done already", interrupted: "continued", waiting: "", failed: "" }[state];
      if (!json) console.error(`[${index + 1}/${count}] ${describeCell(cell)}${fate && `, ${fate}`}`);
    },
  });
  process.exitCode = exitCodeOf(ablation.cells);
  if (world.rank > 0) return;
  const table = await writeTables(folder);
  console.log(json ? JSON.stringify(ablation, null, 2) : (table ?? "no run is done yet"));
  tellOutcome(ablation.cells, folder);
}

/** Writes the table and the page; returns the table, or null where no run is done. */
async function writeTables(folder: string): Promise<string | null> {
  const [{ writeTable }, { writeReport }] = await Promise.all([
    import("../ablation/write-table.js"),
    import("../report/write-report.js"),
  ]);
  const done = await writeTable(folder);
  if (done === null) return null;
  const { table, entries, baseline, title } = done;
  await writeReport(entries, {
    ...(baseline !== null && { baseline }),
    ...(title !== null && { title }),
    file: join(folder, "ablation.html"),
  });
  return table;
}

type State = Pick<Ablation["cells"][number], "name" | "state" | "problem">;

const isLeft = ({ state }: State): boolean => state === "interrupted" || state === "waiting";

function exitCodeOf(cells: readonly State[]): number {
  if (cells.some(isLeft)) return INTERRUPTED;
  return cells.some(({ state }) => state === "failed") ? 1 : 0;
}

/** Says what is left to do or went wrong. */
function tellOutcome(cells: readonly State[], folder: string): void {
  const left = cells.filter(isLeft);
  if (left.length > 0)
    console.error(`${left.length} of ${cells.length} runs are not done: give the same command again`);
  for (const { name, problem } of cells.filter(({ state }) => state === "failed"))
    console.error(`${folder}/runs/${name} failed: ${inFlags(problem ?? "")}`);
}
