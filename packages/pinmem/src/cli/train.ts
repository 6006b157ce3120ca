// `pinmem train`: trains by a recipe, or takes up a run again.

import { join } from "node:path";
import type { EventSink, TrainingEvent } from "@pinmem/core/formats";
import { Command } from "commander";
import type { World } from "../processes/world.js";
import { inFlags } from "./in-flags.js";
import { inWorld } from "./in-world.js";
import { INTERRUPTED, interruption } from "./interruption.js";
import { acceptFormer, setOption } from "./options.js";
import { goOnUnread } from "./output.js";
import { explained, timestamp } from "./running.js";

interface TrainFlags {
  readonly out?: string;
  readonly set: string[];
  readonly resume?: string;
  readonly json?: true;
}

export function trainCommand(): Command {
  const command = new Command("train")
    .description("Train a network by a recipe, or continue a run.")
    .argument("[recipe]", "FILE, or FILE#NAME: a .mjs module that exports recipes, or a .json file")
    .option("--out <folder>", "where the run goes (default: runs/NAME-TIME)")
    .addOption(setOption("change a field of the recipe, such as learningRate.base=0.002; may be repeated"))
    .option("--resume <folder>", "continue the run in this folder after its newest checkpoint")
    .option("--json", "print events as JSON, one a line, instead of progress")
    .addHelpText(
      "after",
      `
Examples:
  npx pinmem train recipes/demo.mjs
  npx pinmem train recipes/gtav-synthia.mjs#isw-resnet50 --set data.sources[0].root=/data/gtav
  npx pinmem train --resume runs/demo-20260101-120000
  npx pinmem train --resume runs/demo-20260101-120000 --set threads=4

With --resume, --set changes only what does not change what was trained: threads, device, checkpoints, where data lie; the length where no
rate depends on it.
npx pinmem recipes lists the recipes that there are. Ctrl-C stops after the step in progress and saves it; a second time, at once.
So do SIGTERM and a terminal that is closed; SIGUSR1 saves a checkpoint and goes on. Batch systems start
node packages/pinmem/bin/pinmem.mjs: npx does not pass signals on.

Exit codes: 0 trained to the end; 1 stopped by an error, which the last lines tell; 2 wrong usage; 130 interrupted.`,
    )
    .action(async (recipe: string | undefined, flags: TrainFlags, command: Command) => {
      const problem = misuse(recipe, flags);
      if (problem) command.error(`error: ${problem}`, { exitCode: 2 });
      await explained(async () => {
        process.exitCode = await inWorld((world) => run(recipe, flags, world));
      });
    });
  return acceptFormer(command, "--run <folder>", "--out");
}

function misuse(recipe: string | undefined, { resume, out }: TrainFlags): string | null {
  if (resume === undefined)
    return recipe === undefined ? "give a recipe, or --resume and the folder of a run" : null;
  if (recipe !== undefined) return "--resume takes the recipe of the run; leave the recipe out";
  return out === undefined ? null : "--resume continues in the folder of the run; leave --out out";
}

async function run(recipeFile: string | undefined, flags: TrainFlags, world: World): Promise<number> {
  const [
    { loadRecipe, loadStoredRecipe },
    { OwnPartError },
    { OtherDataError },
    { RunFolder, RunInUseError },
    { train },
    { Progress },
  ] = await Promise.all([
    import("../recipes/load-recipe.js"),
    import("../training/own-part-error.js"),
    import("../runs/data-record.js"),
    import("../runs/run-folder.js"),
    import("../runs/train.js"),
    import("../training/events/progress.js"),
  ]);
  const { resume } = flags;
  const isFirst = world.rank === 0;
  using interrupt = interruption("step");
  goOnUnread();
  using asked = saveRequests();
  let folder: InstanceType<typeof RunFolder> | undefined;
  try {
    const resumed = resume === undefined ? undefined : new RunFolder(resume);
    if (resumed && !resumed.exists) {
      throw new Error(`${resumed.path} is not the folder of a run: there is no ${resumed.recipe}`);
    }
    const recipe = resumed
      ? await loadStoredRecipe(resumed.recipe, flags.set)
      : await loadRecipe(recipeFile as string, flags.set);
    const name = resume ?? flags.out ?? join("runs", `${recipe.name}-${timestamp(new Date())}`);
    folder = new RunFolder(await world.share("run folder", name));
    if (!flags.json && isFirst) console.error(`run folder: ${folder.path}`);
    const { reason } = await train(recipe, {
      folder,
      resume: resume !== undefined,
      events: isFirst ? [flags.json ? new JsonOutput() : new Progress()] : [],
      world,
      signal: interrupt.signal,
      saveNow: asked.take,
    });
    if (reason === "finished") return 0;
    if (isFirst) console.error(`continue with: ${resumeCommand(folder.path)}`);
    return INTERRUPTED;
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    await world.fail(message);
    console.error(`train: ${inFlags(message)}`);
    if (!isFirst) return 1;
    // The same command would fail again.
    if ([RunInUseError, OtherDataError, OwnPartError].some((kind) => error instanceof kind)) return 1;
    const step = folder ? await newestStep(folder.checkpoints) : null;
    if (folder && step !== null) {
      console.error(`the checkpoint of step ${step} is whole; continue with: ${resumeCommand(folder.path)}`);
    }
    return 1;
  }
}

/** SIGUSR1, which batch systems send ahead of an end, asks for a checkpoint. */
function saveRequests(): Disposable & { take(): boolean } {
  let asked = false;
  const listener = () => {
    asked = true;
    console.error("\na checkpoint is saved after this step");
  };
  process.on("SIGUSR1", listener);
  return {
    take: () => {
      const was = asked;
      asked = false;
      return was;
    },
    [Symbol.dispose]: () => void process.removeListener("SIGUSR1", listener),
  };
}

const resumeCommand = (folder: string): string => `npx pinmem train --resume ${folder}`;

/** The step of the newest checkpoint that can be read; null where there is none. */
async function newestStep(folder: string): Promise<number | null> {
  const { CheckpointStore } = await import("../training/checkpoints/checkpoint-store.js");
  const { scope } = await import("@pinmem/torch");
  try {
    return scope(() => new CheckpointStore(folder).latest()?.checkpoint.state.step ?? null);
  } catch {
    return null;
  }
}

/** Events for a program that reads them. */
class JsonOutput implements EventSink {
  write(event: TrainingEvent): void {
    if (event.event !== "picture") process.stdout.write(`${JSON.stringify(event)}\n`);
  }
  flush(): void {}
  close(): void {}
}
