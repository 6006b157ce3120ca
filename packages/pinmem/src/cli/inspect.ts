// `pinmem inspect`: looks into a trained network and its memory, and draws what it finds.

import { join } from "node:path";
import { INSPECTION_FILE, type InspectionPart, inspectionParts } from "@pinmem/core";
import type { Device } from "@pinmem/torch";
import { Command } from "commander";
import { visibleLines } from "../files/visible.js";
import type { WhichWeights } from "../training/which-weights.js";
import { refuseIdleOptions } from "./idle-options.js";
import { interruption } from "./interruption.js";
import { type NormalizeFlag, normalizationOf, normalizeOption, openNormalized } from "./normalize-option.js";
import {
  acceptFormer,
  deviceOption,
  domainNames,
  logitAdjustmentOption,
  names,
  namesOf,
  positive,
  voteOption,
  whichOfRun,
  wholeNumber,
} from "./options.js";
import { explained, folderOfRun, progress } from "./running.js";

interface InspectFlags {
  readonly on?: string[];
  readonly data?: string;
  readonly limit: number;
  readonly what?: InspectionPart[];
  readonly baseline?: string;
  readonly embeddingClasses?: string[];
  readonly which?: WhichWeights;
  readonly seed: number;
  readonly device: string;
  readonly normalize?: NormalizeFlag;
  readonly vote?: number | "auto";
  readonly logitAdjustment?: number | "auto";
  readonly out?: string;
  readonly json?: true;
}

export function inspectCommand(): Command {
  const command = new Command("inspect")
    .description("Look into a trained network: what its memory holds, where it is read, and what it matters.")
    .argument("<run>", "the folder of a run, or a file of weights that a run wrote")
    .option(
      "--on <domains>",
      "domains, with commas between them, as for evaluate; recipe: the run's validation and targets (default: recipe)",
      domainNames,
    )
    .option("--data <file>", "JSON of roots or data sets by name; without it PINMEM_DATA/NAME")
    .option("--limit <count>", "of each domain only so many images, spread evenly", positive, 20)
    .option(
      "--what <parts>",
      "some of: activation, similarity, embedding, grid, reliance (default: all)",
      namesOf(inspectionParts),
    )
    .option("--baseline <run>", "a run whose predictions stand beside in the grid")
    .option(
      "--embedding-classes <names>",
      "classes in the embedding, separated by commas (default: the paper's six)",
      names,
    )
    .option(
      "--which <weights>",
      "best, last or average weights of a run (default: best where there are)",
      whichOfRun,
    )
    .option("--seed <number>", "of the embedding, permutations and random memories", wholeNumber, 0)
    .addOption(normalizeOption())
    .addOption(voteOption())
    .addOption(logitAdjustmentOption())
    .addOption(deviceOption())
    .option("--out <folder>", "where pictures and inspection.json go (default: RUN/inspection)")
    .option("--json", "print inspection.json instead of a summary")
    .addHelpText(
      "after",
      `
What it makes, each picture as PNG and SVG:
  activation   read weight of each class's row over an image of each domain
  similarity   cosines between the memory's rows, before and after training
  embedding    t-SNE of class features and memory rows, by class and by domain
  grid         image, label, baseline, prediction, errors
  reliance     what changes when the read of the memory is altered

Examples:
  npx pinmem inspect runs/demo
  npx pinmem inspect runs/demo --what grid,embedding --baseline runs/demo-erm --limit 8
  npx pinmem inspect runs/demo --on streets:night,streets:fog --out night

Ctrl-C stops after the image in progress.

Exit codes: 0 done; 1 it could not be done, and the last line says why; 2 wrong usage; 130 interrupted.`,
    )
    .action((run: string, flags: InspectFlags, command: Command) => {
      const without = (...parts: InspectionPart[]) =>
        flags.what !== undefined && !parts.some((part) => flags.what?.includes(part));
      refuseIdleOptions(command, [
        ["--baseline", without("grid"), "--what names no grid"],
        ["--embedding-classes", without("embedding"), "--what names no embedding"],
        ["--seed", without("embedding", "reliance"), "--what names neither embedding nor reliance"],
      ]);
      return explained(() => inspect(run, flags));
    });
  acceptFormer(command, "--images <count>", "--limit");
  return acceptFormer(command, "--classes <names>", "--embedding-classes");
}

async function inspect(path: string, flags: InspectFlags): Promise<void> {
  const [{ inspectRun }, { inspectedDomains }, { readDataFile }, { describeInspection }] = await Promise.all([
    import("../inspection/inspect-run.js"),
    import("../inspection/domains.js"),
    import("../evaluation/open-domains.js"),
    import("../inspection/describe-inspection.js"),
  ]);
  const {
    limit,
    seed,
    embeddingClasses: classes,
    which,
    data,
    json,
    vote = null,
    logitAdjustment = 0,
  } = flags;
  const device = flags.device as Device; // openRun refuses what is none
  const options = { device, form: "trained", logitAdjustment, ...(which && { which }) } as const;
  const normalization = await normalizationOf(flags.normalize);
  using run = await openNormalized(path, normalization, { ...options, vote });
  const domains = await inspectedDomains(flags.on ?? ["recipe"], run, {
    limit,
    folder: process.env.PINMEM_DATA,
    ...(data !== undefined && { entries: readDataFile(data) }),
  });
  using baseline =
    flags.baseline === undefined
      ? null
      : await openNormalized(flags.baseline, normalization, { ...options, form: "prepared" });
  const out = flags.out ?? join(folderOfRun(path), "inspection");
  using interrupt = interruption("image");
  const report = new Map<string, ReturnType<typeof progress>>();
  const inspection = await inspectRun(run, {
    domains,
    out,
    baseline,
    seed,
    device,
    ...(flags.what && { parts: flags.what }),
    ...(classes && { classes }),
    onProgress: (part, done, total) => {
      const show = report.get(part) ?? progress(`${part}:`);
      report.set(part, show);
      show(done, total);
      interrupt.check(`pictures made so far are in ${out}, without ${INSPECTION_FILE}`);
    },
  });
  console.log(json ? JSON.stringify(inspection, null, 2) : visibleLines(describeInspection(inspection, out)));
}
