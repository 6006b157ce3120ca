// `pinmem predict`: images, folders and videos through a trained network, into files.

import { join } from "node:path";
import type { Size } from "@pinmem/core";
import { Command, InvalidArgumentError } from "commander";
import { visible } from "../files/visible.js";
import type { FileResult, PredictFilesOptions, PredictionSummary } from "../prediction/file-results.js";
import type { OutputKind } from "../prediction/outputs.js";
import type { World } from "../processes/world.js";
import { fittingHeight, MOST_TIMES, sizeSeen, timesTheCrop } from "../runs/open-place-size.js";
import type { WhichWeights } from "../training/which-weights.js";
import { refuseIdleOptions } from "./idle-options.js";
import { inFlags } from "./in-flags.js";
import { inWorld } from "./in-world.js";
import { INTERRUPTED, interruption } from "./interruption.js";
import { type NormalizeFlag, normalizationOf, normalizeOption, openNormalized } from "./normalize-option.js";
import {
  between,
  deviceOption,
  logitAdjustmentOption,
  namesOf,
  positive,
  scales,
  voteOption,
  whichOfRun,
} from "./options.js";
import { explained } from "./running.js";

interface PredictFlags {
  readonly out?: string;
  readonly write: readonly OutputKind[];
  readonly which?: WhichWeights;
  readonly device: string;
  readonly normalize?: NormalizeFlag;
  readonly vote?: number | "auto";
  readonly logitAdjustment?: number | "auto";
  readonly memory?: number;
  readonly maxPixels?: number;
  readonly opacity?: number;
  readonly legend?: true;
  readonly frames?: true;
  readonly flip?: true;
  readonly height?: number;
  readonly scales?: readonly number[];
  readonly skipExisting?: true;
  readonly json?: true;
}

/** The folder below which outputs go, each run's in one of its own, unless another is given. */
const DEFAULT_OUT = "predictions";
const DEFAULT_KINDS = ["train-ids", "overlay"] as const;
const ALL_KINDS = [
  "train-ids",
  "label-ids",
  "overlay",
  "color",
  "confidence",
] as const satisfies readonly OutputKind[];

export function predictCommand(): Command {
  return new Command("predict")
    .description("Segment images, folders of images and videos with a trained network.")
    .argument("<run>", "the folder of a run, or a file of weights that a run wrote")
    .argument(
      "<input...>",
      'images, folders (with all below them), videos, patterns such as "drive/**/*.jpg"',
    )
    .option("--out <folder>", `where outputs go (default: ${DEFAULT_OUT}/RUN)`)
    .option(
      "--write <kinds>",
      `what is written: ${ALL_KINDS.join(",")}`,
      (text: string) => namesOf(ALL_KINDS)(text),
      [...DEFAULT_KINDS],
    )
    .option("--legend", "below each image's overlay, the names of its classes")
    .option("--opacity <share>", "of the colors in overlays, 0 to 1 (default: 0.5)", share)
    .option("--frames", "of videos, the other outputs too: an image for each frame")
    .option("--flip", "look at each image mirrored too, and take the mean")
    .option("--scales <sizes>", "look at it in these sizes, such as 0.75,1,1.25, and take the mean", scales)
    .option(
      "--height <pixels>",
      "the network sees each image at this height; the outputs keep its size (default: as it is)",
      between(16, 16384),
    )
    .option("--skip-existing", "leave inputs alone whose outputs are all there: go on where it stopped")
    .option(
      "--which <weights>",
      "best, last or average weights of a run (default: best where there are)",
      whichOfRun,
    )
    .addOption(normalizeOption())
    .addOption(voteOption())
    .addOption(logitAdjustmentOption())
    .addOption(deviceOption())
    .option("--memory <MiB>", "for the network; larger images are tiled (default: 4096)", positive)
    .option("--max-pixels <count>", "refuse images with more (default: 100 million)", positive)
    .option("--json", "print a line of JSON for each input, and one at the end")
    .addHelpText(
      "after",
      `
Outputs keep the names and folders of their inputs, below a folder for each kind:
  train-ids   PNG, one byte a pixel: the position of its class, from 0 on
  label-ids   PNG, the same in the data set's own numbers; for Cityscapes, what its server takes
  overlay     JPEG, the photograph tinted by class; of a video, an MP4 without sound (through ffmpeg)
  color       PNG, the classes' colors
  confidence  PNG, 255 where the network is certain

Example:
  npx pinmem predict runs/camvid photos/ drive.mp4 --write label-ids,overlay --legend

Ctrl-C stops after the image in progress; --skip-existing goes on from there.

Exit codes: 0 done; 1 inputs that could not be used, listed at the end, or an error; 2 wrong usage; 130 interrupted.`,
    )
    .action((run: string, inputs: string[], flags: PredictFlags, command: Command) => {
      const overlay = flags.write.includes("overlay");
      refuseIdleOptions(command, [
        ["--legend", !overlay, "--write names no overlay"],
        ["--opacity", !overlay, "--write names no overlay"],
        ["--frames", flags.write.every((kind) => kind === "overlay"), "--write names overlays alone"],
      ]);
      return explained(() => inWorld((world) => predict(run, inputs, flags, world)));
    });
}

async function predict(
  path: string,
  paths: readonly string[],
  flags: PredictFlags,
  world: World,
): Promise<void> {
  const [{ findInputs, runName }, { predictFiles }, { PredictProgress }, { deviceBeside }] =
    await Promise.all([
      import("../prediction/inputs.js"),
      import("../prediction/predict-files.js"),
      import("./predict-progress.js"),
      import("../runs/recipe-for-all.js"),
    ]);
  const isFirst = world.rank === 0;
  const {
    out = join(DEFAULT_OUT, runName(path)),
    which,
    json,
    normalize,
    vote,
    logitAdjustment = 0,
    ...rest
  } = flags;
  const { device: asked, ...options } = rest;
  const device = deviceBeside(asked, world.localRank);
  const inputs = await findInputs(paths, { except: flags.out ?? DEFAULT_OUT });
  if (isFirst && flags.frames && inputs.every(({ kind }) => kind !== "video"))
    console.error("--frames has no effect here: no input is a video");
  const opening = {
    device: device as "cpu",
    logitAdjustment,
    ...(which && { which }),
    ...(vote !== undefined && { vote }),
  };
  using run = await openNormalized(path, await normalizationOf(normalize), opening);
  using interrupt = interruption("image");
  const progress = new PredictProgress(inputs.length);
  const warnOfSize = sizeWarning(run.recipe.data.crop, flags, (warning) => {
    progress.clear();
    console.error(visible(warning));
  });
  const begun = performance.now();
  try {
    const summary = await predictFiles(run, inputs, {
      ...(options as Omit<PredictFilesOptions, "out">),
      out,
      world,
      signal: interrupt.signal,
      onResult: (result) => {
        if (json && isFirst) print(result);
        if (world.size === 1) progress.input({ skipped: "skipped" in result });
      },
      ...(isFirst && { onPicture: warnOfSize }),
      ...(isFirst && world.size > 1 && { onDone: (done) => progress.reach(done) }),
      ...(isFirst && { onFrame: ({ done, total }) => progress.frame(done, total) }),
    });
    progress.clear();
    process.exitCode = exitCodeOf(summary);
    if (!isFirst) return;
    conclude(summary, {
      out,
      json,
      seconds: (performance.now() - begun) / 1000,
    });
  } finally {
    progress.clear();
  }
}

/** Warns once, of the first picture that the network sees much larger than what it was trained on. */
function sizeWarning(
  crop: Size,
  { height, scales: sizes = [1] }: Pick<PredictFlags, "height" | "scales">,
  warn: (warning: string) => void,
): (picture: Size & { readonly input: string }) => void {
  let isDone = false;
  return (picture) => {
    if (isDone) return;
    const seen = sizeSeen(picture, height);
    const times = timesTheCrop(seen, crop) * Math.max(...sizes);
    if (times <= MOST_TIMES) return;
    isDone = true;
    const [side, what] = height === undefined ? [picture, "is"] : [seen, "is seen at"];
    warn(
      `${picture.input} ${what} ${side.width}x${side.height} pixels, ${times.toFixed(1)} times as large as the crops of ${crop.width}x${crop.height} that the network was trained on: it sees everything in sizes that it does not know, and its answers are likely wrong; show it such pictures smaller, with --height ${fittingHeight(picture, crop)}`,
    );
  };
}

const print = (line: FileResult | object) => process.stdout.write(`${JSON.stringify(line)}\n`);

interface Conclusion {
  readonly out: string;
  readonly json: true | undefined;
  readonly seconds: number;
}

const exitCodeOf = ({ left, failed }: PredictionSummary): number =>
  left > 0 ? INTERRUPTED : failed.length > 0 ? 1 : 0;

/** In how many failures the list at the end is cut off. With --json all are told anyway. */
const FAILURES_SHOWN = 20;

function conclude(
  { predicted, skipped, failed, left }: PredictionSummary,
  { out, json, seconds }: Conclusion,
): void {
  if (json) {
    print({ out, predicted, skipped, failed: failed.length, left, seconds: Number(seconds.toFixed(3)) });
  } else {
    const before = skipped > 0 ? `, ${skipped} were there already` : "";
    const where = predicted + skipped > 0 ? `; outputs are in ${out}` : "";
    console.log(`${predicted} predicted in ${seconds.toFixed(1)} s${before}${where}`);
  }
  if (failed.length > 0) {
    console.error(
      `${failed.length} of ${predicted + skipped + failed.length + left} inputs could not be used:`,
    );
    for (const { input, error } of failed.slice(0, FAILURES_SHOWN))
      console.error(visible(`  ${input}: ${inFlags(error)}`));
    if (failed.length > FAILURES_SHOWN) console.error(`  and ${failed.length - FAILURES_SHOWN} more`);
  }
  if (left > 0) {
    console.error(
      `stopped with ${left} ${left === 1 ? "input" : "inputs"} left; continue with the same command and --skip-existing`,
    );
  }
}

function share(text: string): number {
  const value = Number(text);
  if (text.trim() !== "" && value >= 0 && value <= 1) return value;
  throw new InvalidArgumentError("It must be a number from 0 to 1.");
}
