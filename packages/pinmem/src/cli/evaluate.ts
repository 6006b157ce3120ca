// `pinmem evaluate`: scores of finished runs on domains, by a protocol; `pinmem evaluate merge` adds shards up.

import { Command, InvalidArgumentError, Option } from "commander";
import type { Normalization } from "../runs/open-normalized.js";
import type { EvaluateFlags } from "./evaluate-flags.js";
import { evaluateRuns } from "./evaluate-runs.js";
import { refuseIdleOptions } from "./idle-options.js";
import { inWorld } from "./in-world.js";
import { normalizationOf, normalizeOption } from "./normalize-option.js";
import {
  between,
  deviceOption,
  domainNames,
  logitAdjustmentOption,
  positive,
  scales,
  voteOption,
  whichOfRun,
} from "./options.js";
import { printResults } from "./print-results.js";
import { protocolOf } from "./protocol-options.js";
import { explained } from "./running.js";

export function evaluateCommand(): Command {
  const command = new Command("evaluate")
    .enablePositionalOptions()
    .description("Score runs on domains that they were trained on, or never saw.")
    .argument("<runs...>", "folders of runs, or files of weights of theirs")
    .option(
      "--on <names>",
      "domains, with commas between them: NAME, NAME:SUBSET, NAME@SPLIT, NAME=ROOT; streets:NAME; recipe (its targets), validation, sources; may be repeated (default: recipe)",
      domainNames,
    )
    .option("--data <file>", "JSON of roots or data sets by name; without it PINMEM_DATA/NAME")
    .option("--limit <count>", "of each domain only so many images, spread evenly", positive)
    .option(
      "--which <weights>",
      "best, last or average weights of a run (default: best where there are)",
      whichOfRun,
    )
    .option("--batch <count>", "images, or windows, that go through the network together", positive, 1)
    .option("--threads <count>", "processor threads", between(1, 4096))
    .addOption(normalizeOption())
    .addOption(voteOption())
    .addOption(logitAdjustmentOption())
    .addOption(deviceOption())
    .addOption(
      new Option("--boundary [share]", "also boundary IoU, this share of the diagonal wide (0.02)")
        .preset("0.02")
        .argParser(share),
    )
    .option("--cohesion", "also the cohesion loss of the memory")
    .option("--max-pixels <count>", "leave larger images out (default: 33 million at scale 1)", positive)
    .option("--shard <i/n>", "only every n-th image from the i-th on; see merge", shard)
    .option("--out <file>", "where the result goes (default: RUN/evaluations/PROTOCOL-DOMAINS.json)")
    .option("--classes", "print a table of classes too")
    .option("--json", "print results as JSON instead of a table");
  for (const [flags, text, parse] of protocolOptions)
    command.option(flags, text, parse as (text: string) => unknown);
  command
    .addHelpText(
      "after",
      `
Examples:
  npx pinmem evaluate runs/streets --on streets:night,streets:fog
  npx pinmem evaluate runs/a runs/b --on camvid=/data/camvid --protocol sliding --crop 512
  npx pinmem evaluate runs/a --on cityscapes --shard 1/2 && npx pinmem evaluate runs/a --on cityscapes --shard 2/2
  npx pinmem evaluate merge runs/a/evaluations/*shard*.json

Protocols: whole, whole-flip, sliding, multi-scale; official-whole, official-sliding, as the method's authors evaluate;
mapillary (portrait images' padding ignored), mapillary-official (it counts as road).

Of folder=ROOT, pictures without a label are left out. A comma belongs to ROOT where such a folder is there.

An evaluation that was interrupted goes on where it was when the same command is given again.

Exit codes: 0 done; 1 could not, or files were left out; 2 wrong usage; 130 interrupted.`,
    )
    .action(async (runs: string[], flags: EvaluateFlags) => {
      const problem = misuse(runs, flags);
      if (problem) command.error(`error: ${problem}`, { exitCode: 2 });
      let chosen: Normalization | undefined;
      await explained(async () => {
        chosen = await normalizationOf(flags.normalize);
      });
      if (!chosen) return;
      const { normalize, place } = chosen;
      const protocol = await usable(command, () => protocolOf(flags, normalize));
      const views = protocol.scales.length * (protocol.flip ? 2 : 1);
      refuseIdleOptions(command, [
        ["--classes", flags.json === true, "--json prints the classes too"],
        ["--combine", views === 1, "the protocol looks at an image once, so there is nothing to combine"],
      ]);
      await explained(async () => {
        process.exitCode = await inWorld((world) => evaluateRuns(runs, flags, { protocol, place, world }));
      });
    });
  command.addCommand(mergeCommand());
  return command;
}

function mergeCommand(): Command {
  return new Command("merge")
    .description("Add the results of all shards of an evaluation up to one.")
    .argument("<files...>", "one result for each shard")
    .option("--out <file>", "where the result goes (default: beside the first, without -shard…)")
    .option("--json", "print the result as JSON instead of a table")
    .addHelpText(
      "after",
      `
Example:
  npx pinmem evaluate merge runs/a/evaluations/whole-camvid-shard-*.json

Exit codes: 0 done; 1 it could not be done, and the last line says why; 2 wrong usage.`,
    )
    .action(async (files: string[], { out, json }: { out?: string; json?: true }) =>
      explained(() => merge(files, { out, json: json ?? false })),
    );
}

async function merge(
  files: readonly string[],
  { out, json }: { out: string | undefined; json: boolean },
): Promise<void> {
  const [{ mergeResults }, { readResult, writeResult }] = await Promise.all([
    import("../evaluation/merge.js"),
    import("../evaluation/result-file.js"),
  ]);
  const result = mergeResults(files.map((file) => ({ file, result: readResult(file) })));
  const target = out ?? (files[0] ?? "").replace(/-shard-\d+-of-\d+(?=\.json$)/, "");
  if (target === files[0] && out === undefined) {
    throw new Error(
      `${target} does not say in its name that it is a shard; give the result a name with --out`,
    );
  }
  await writeResult(target, result);
  await printResults([result], { json, classes: false });
  console.error(`written to ${target}`);
}

function misuse(runs: readonly string[], { out, shard: part }: EvaluateFlags): string | null {
  if (out !== undefined && runs.length > 1)
    return "--out names one file, but there are several runs; leave it out";
  if (part && part.index > part.of) return `--shard ${part.index}/${part.of} does not exist`;
  return null;
}

/** Explains wrong options of the protocol as commander explains others. */
async function usable<T>(command: Command, make: () => Promise<T>): Promise<T> {
  try {
    return await make();
  } catch (error) {
    return command.error(`error: ${(error as Error).message}`, { exitCode: 2 });
  }
}

function share(text: string): number {
  const value = Number(text);
  if (value > 0 && value < 0.5) return value;
  throw new InvalidArgumentError("It must be a share of the image's diagonal, such as 0.02.");
}

function shard(text: string): { index: number; of: number } {
  const [, index = "", of = ""] = /^([1-9]\d*)\/([1-9]\d*)$/.exec(text) ?? [];
  if (index !== "") return { index: Number(index), of: Number(of) };
  throw new InvalidArgumentError("It must be like 1/4, the first of four parts.");
}

const fraction = (text: string): number => {
  const value = Number(text);
  if (text !== "" && value >= 0 && value < 1) return value;
  throw new InvalidArgumentError("It must be a share from 0 to below 1.");
};

const protocolOptions: readonly [flags: string, text: string, parse?: (text: string) => unknown][] = [
  ["--protocol <name>", "a preset (default: whole; see below); the next options change its fields"],
  ["--crop <pixels>", "slide windows of this size", positive],
  ["--overlap <share>", "of a window that the next one repeats", fraction],
  ["--scales <list>", "sizes at which the network sees the image, such as 0.5,1,2", scales],
  ["--flip", "also mirrored"],
  ["--height <pixels>", "the network sees the image at this height", positive],
  ["--combine <what>", "probabilities or logits are averaged over scales and flips"],
];
