// `pinmem adapt`: a run for one place, from pictures of it.

import { existsSync } from "node:fs";
import type { Device } from "@pinmem/torch";
import { Command, InvalidArgumentError } from "commander";
import { StatusLine } from "../files/status-line.js";
import { visibleLines } from "../files/visible.js";
import type { AdaptProgress } from "../runs/adapt-options.js";
import type { WhichWeights } from "../training/which-weights.js";
import { refuseIdleOptions } from "./idle-options.js";
import { interruption } from "./interruption.js";
import { deviceOption, logitAdjustmentOption, positive, whichOfRun, wholeNumber } from "./options.js";
import { explained } from "./running.js";

interface AdaptFlags {
  readonly images: string[];
  readonly labels?: string;
  readonly out: string;
  readonly which?: WhichWeights;
  readonly shots: number;
  readonly limit: number;
  readonly weight: number | "auto";
  readonly own: number | "auto";
  readonly vote: number | "auto";
  readonly classifier: number | "auto";
  readonly logitAdjustment?: number | "auto";
  readonly steps: number;
  readonly seed: number;
  readonly device: string;
  readonly json?: true;
}

export function adaptCommand(): Command {
  return new Command("adapt")
    .description("Fit a trained network to a place, from pictures of it and, where there are some, labels.")
    .argument(
      "<run>",
      "the folder of a run, or a file of weights that a run wrote; an adapted one is gone on from",
    )
    .requiredOption(
      "--images <paths...>",
      'a folder of pictures, with all below it, picture files, or patterns such as "drive/*.jpg"',
    )
    .option(
      "--labels <folder>",
      "PNG labels of some of them, named alike: train ids of the run's classes, 255 where nothing is known",
    )
    .requiredOption("--out <folder>", "the run to make; nothing may lie there")
    .option("--shots <count>", "labeled pictures to use, spread evenly", positive, 8)
    .option("--limit <count>", "pictures to take statistics of, spread evenly", positive, 64)
    .option("--weight <number>", "of the place's statistics in batch norm, 0 to 1, or auto", share, "auto")
    .option("--own <number>", "of each picture's own statistics beside these, 0 to 1, or auto", share, "auto")
    .option("--vote <number>", "weight of the memory's cosines in the logits, or auto", strength, "auto")
    .option("--classifier <number>", "of a fit of the last layer to the labels, or auto", strength, "auto")
    .addOption(logitAdjustmentOption("or auto (default: auto)"))
    .option(
      "--steps <count>",
      "train norms, write network and classifier on the labeled pictures",
      wholeNumber,
      0,
    )
    .option("--seed <number>", "of these steps", wholeNumber, 0)
    .option(
      "--which <weights>",
      "best, last or average weights of a run (default: best where there are)",
      whichOfRun,
    )
    .addOption(deviceOption())
    .option("--json", "print what was chosen, and scores before and after, as JSON")
    .addHelpText(
      "after",
      `
From pictures alone, batch norm takes half of the statistics of the place where it looks unlike the sources, and none elsewhere,
by the rule that pinmem calibrate fitted; where its pictures tell more so, each one that the run is shown brings a tenth of its
own (--own 0: none, which is faster). As much of the sources' class frequencies is taken out of the logits as pinmem calibrate
found best, so that rare classes are said more often (--logit-adjustment 0: none). With labels (whole pictures or a few brush
strokes, the rest 255) the memory's rows are written from them, or the last layer is fitted to them in closed form; how strong
the votes or that fit, and whether the frequencies go, is what answers best on labeled pictures that were left out. Statistics
are those of above, unless others answer clearly better. Two or three pictures whose labels show what there is only tell whether
a stronger fit is clearly better than a weak one, which one alone gets; a network without a memory gets one that votes. Where nothing is better
than the network as it was, it stays so. Nothing is trained without --steps. Given an adapted run, rows move from its rows by the
memory's momentum.

A label is a PNG of its picture's name and size, one byte a pixel: the position of the class in the run's classes, from 0 on (for
Cityscapes' classes their train ids, 0 road to 18 bicycle, not the label ids of Cityscapes' own files), 255 where nothing is known;
or, where the run has classes of its own, the values or colors that its label space lists. pinmem predict --write train-ids writes such
files. Pictures that cannot be read are left out with a warning; a label that cannot be ends all.

Examples:
  npx pinmem adapt runs/demo --images photos --out runs/demo-here
  npx pinmem adapt runs/demo --images photos --labels photos-labels --shots 8 --out runs/demo-here

Ctrl-C stops after the picture in progress; nothing is written then.

Exit codes: 0 done; 1 it could not be done, and the last line says why; 2 wrong usage; 130 interrupted.`,
    )
    .action((run: string, flags: AdaptFlags, command: Command) => {
      refuseIdleOptions(command, [
        ["--shots", flags.labels === undefined, "it counts labeled pictures, and there are no --labels"],
        [
          "--steps",
          flags.labels === undefined,
          "they are trained on labeled pictures, and there are no --labels",
        ],
        ["--seed", flags.steps === 0, "nothing is trained without --steps"],
      ]);
      return explained(() => adapt(run, flags));
    });
}

async function adapt(run: string, flags: AdaptFlags): Promise<void> {
  const [{ adaptToPlace }, { describeAdaptation }] = await Promise.all([
    import("../runs/adapt-to-place.js"),
    import("../runs/describe-adaptation.js"),
  ]);
  const { images: paths, device, json, ...options } = flags;
  const given = (await Promise.all(paths.map(expanded))).flat();
  const [only, ...others] = given;
  using interrupt = interruption("picture");
  const line = new StatusLine();
  try {
    const { out, record } = await adaptToPlace(run, {
      ...options,
      images: only !== undefined && others.length === 0 ? only : given,
      device: device as Device, // adaptToPlace refuses what is none
      onProgress: (progress) => {
        line.show(sayProgress(progress));
        interrupt.check("nothing was written");
      },
    });
    line.clear();
    if (json) console.log(JSON.stringify(record, null, 2));
    else console.log(visibleLines([...describeAdaptation(record), `written: ${out}`]));
  } finally {
    line.clear();
  }
}

/** The pictures that a pattern stands for, where shells have not expanded it; a path as it is. */
async function expanded(path: string): Promise<string[]> {
  const [{ isPattern }, { findInputs }] = await Promise.all([
    import("../prediction/patterns.js"),
    import("../prediction/inputs.js"),
  ]);
  if (existsSync(path) || !isPattern(path)) return [path];
  const files = (await findInputs([path])).flatMap(({ kind, file }) => (kind === "image" ? [file] : []));
  if (files.length > 0) return files;
  throw new Error(`${path}: is a pattern that no picture matches`);
}

const sayProgress = ({ part, weight, done, total }: AdaptProgress): string => {
  switch (part) {
    case "statistics":
      return `looking at the place: picture ${done} of ${total}`;
    case "choice":
      return `leaving pictures out, statistics with weight ${weight}: ${done} of ${total}`;
    case "steps":
      return `step ${done} of ${total}`;
  }
};

function share(text: string): number | "auto" {
  const value = Number(text);
  if (text === "auto") return text;
  if (text.trim() !== "" && value >= 0 && value <= 1) return value;
  throw new InvalidArgumentError("It must be a number from 0 to 1, or auto.");
}

function strength(text: string): number | "auto" {
  const value = Number(text);
  if (text === "auto") return text;
  if (text.trim() !== "" && value >= 0 && value < Number.POSITIVE_INFINITY) return value;
  throw new InvalidArgumentError("It must be a number of at least 0, or auto.");
}
