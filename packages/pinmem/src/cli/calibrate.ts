// `pinmem calibrate`: when a picture gets other looks than the trained one, and what the votes of its memory weigh, from what it makes
// of its sources; and how much of its classes' frequencies is to be taken out of its logits.

import type { Device } from "@pinmem/torch";
import { Command } from "commander";
import type { Dataset } from "../datasets/dataset.js";
import { visibleLines } from "../files/visible.js";
import type { Calibration } from "../runs/calibration.js";
import type { OpenRun } from "../runs/open-run.js";
import type { WhichWeights } from "../training/which-weights.js";
import { interruption } from "./interruption.js";
import { deviceOption, positive, whichOfRun, wholeNumber } from "./options.js";
import { explained, progress } from "./running.js";

interface CalibrateFlags {
  readonly which?: WhichWeights;
  readonly pictures: number;
  readonly seed: number;
  readonly device: string;
  readonly json?: true;
}

export function calibrateCommand(): Command {
  return new Command("calibrate")
    .description(
      "Find out when pictures look unlike a network's sources, what its votes and its classes' frequencies weigh, for auto.",
    )
    .argument("<run>", "the folder of a run, or a file of weights that a run wrote")
    .option(
      "--which <weights>",
      "best, last or average weights of a run (default: best where there are)",
      whichOfRun,
    )
    .option("--pictures <count>", "of the recipe's validation domains, spread evenly", positive, 16)
    .option("--seed <number>", "of the simulated shifts", wholeNumber, 0)
    .addOption(deviceOption())
    .option("--json", "print the calibration as JSON instead of a table")
    .addHelpText(
      "after",
      `
Pictures of the recipe's validation domains go through the network as they are, in other frames, and under simulated shifts:
darkness, fog, blur, noise, strange colors; with the trained look, and with the looks in which it sees most clearly. No picture of a target is looked at. The result lies beside the weights.

Ctrl-C stops after the picture in progress; nothing is written then.

Example:
  npx pinmem calibrate runs/camvid
  npx pinmem evaluate runs/camvid --normalize image:auto --vote auto
  npx pinmem evaluate runs/camvid --logit-adjustment auto

Exit codes: 0 done; 1 it could not be done, and the last line says why; 2 wrong usage; 130 interrupted.`,
    )
    .action((run: string, flags: CalibrateFlags) => explained(() => calibrateRun(run, flags)));
}

async function calibrateRun(
  path: string,
  { which, pictures, seed, device, json }: CalibrateFlags,
): Promise<void> {
  const [{ calibrate }, { openRun }] = await Promise.all([
    import("../runs/calibrate.js"),
    import("../runs/open-run.js"),
  ]);
  const weights = { ...(which && { which }) };
  const { validation, sources } = await dataOf(() => openRun(path, weights));
  using stop = interruption("picture");
  const { file, calibration } = await calibrate(path, validation, {
    ...weights,
    pictures,
    sources,
    seed,
    device: device as Device,
    signal: stop.signal,
    onPicture: progress("pictures tried:"),
  }).catch((error: unknown) => {
    if (error === stop.signal.reason) stop.check("nothing was written");
    throw error;
  });
  console.log(json ? JSON.stringify(calibration, null, 2) : visibleLines(table(calibration)));
  console.error(`written to ${file}`);
}

/** What a run was validated and trained on; its weights are not needed any more then. */
async function dataOf(open: () => OpenRun): Promise<Record<"validation" | "sources", Dataset[]>> {
  const { openDomains } = await import("../evaluation/open-domains.js");
  using run = open();
  const datasets = async (name: string) => (await openDomains([name], run)).map(({ dataset }) => dataset);
  return { validation: await datasets("validation"), sources: await datasets("sources") };
}

const percent = (share: number | null): string => (share === null ? "-" : (100 * share).toFixed(1));

function table({ votes, logitAdjustment, ...calibration }: Calibration): string[] {
  const { rule, shown } = calibration;
  const looks = rule ? ["trained look", "clearest looks", "auto"] : ["trained look", "auto"];
  const rows = [
    ["mean IoU in percent", "entropy", "information", ...looks],
    ...shown.map(({ kind, entropy, information, meanIoU, chosen }) => [
      nameOf(kind),
      entropy.toFixed(2),
      information?.toFixed(2) ?? "-",
      ...meanIoU.map(percent),
      percent(chosen),
    ]),
  ];
  return [
    ...aligned(rows),
    "",
    rule
      ? describeRule(rule, calibration)
      : "--normalize: no batch norm, and so no statistics of a picture's own",
    ...(votes ? ["", ...votesTable(votes)] : []),
    ...(logitAdjustment ? ["", ...adjustmentTable(logitAdjustment)] : []),
  ];
}

function votesTable({ chosen, trained, candidates, shown }: NonNullable<Calibration["votes"]>): string[] {
  const rows = [
    ["with the memory's votes", ...candidates.map((vote) => `x ${Number(vote.toFixed(1))}`)],
    ...shown.map(({ kind, meanIoU }) => [nameOf(kind), ...meanIoU.map(percent)]),
  ];
  const why = chosen === trained ? "as trained, since nothing is clearly better" : "best under these shifts";
  return [...aligned(rows), "", `--vote auto: x ${Number(chosen.toFixed(1))}, ${why}`];
}

function adjustmentTable({
  chosen,
  candidates,
  shown,
}: NonNullable<Calibration["logitAdjustment"]>): string[] {
  const rows = [
    ["with frequencies taken out", ...candidates.map((weight) => `x ${weight}`)],
    ...shown.map(({ kind, meanIoU }) => [nameOf(kind), ...meanIoU.map(percent)]),
  ];
  return [
    ...aligned(rows),
    "",
    `--logit-adjustment auto: ${chosen}, best for pictures as they are and under these shifts together`,
  ];
}

const nameOf = (kind: string): string => (kind === "none" ? "as they are" : kind);

/** Columns; the first to the left, the others to the right. */
function aligned(rows: readonly (readonly string[])[]): string[] {
  const widths = (rows[0] ?? []).map((_, at) => Math.max(...rows.map((row) => row[at]?.length ?? 0)));
  return rows.map((row) =>
    row
      .map((cell, at) => (at === 0 ? cell.padEnd(widths[0] ?? 0) : cell.padStart((widths[at] ?? 0) + 3)))
      .join(""),
  );
}

function describeRule(
  { threshold, information = 0, departure, weight }: NonNullable<Calibration["rule"]>,
  { sourceEntropy, sourceInformation = 0, sourceDeparture = 0 }: Omit<Calibration, "rule">,
): string {
  if (threshold === Number.MAX_VALUE)
    return "auto: the trained look stays everywhere, since others would harm pictures as they are";
  const times = (threshold / sourceEntropy).toFixed(1);
  const lost = information > 0 ? Math.round(100 * (1 - information / sourceInformation)) : 0;
  const asks = `an entropy of ${threshold.toFixed(2)} nats (${times} times that of pictures as they are)`;
  const orLess =
    lost > 0 ? `, or an information of less than ${information.toFixed(2)} (${lost} % less)` : "";
  const second = departure
    ? `, where a second look finds more than ${(departure / sourceDeparture).toFixed(1)} times their departure`
    : "";
  return `auto: the clearest looks, with own statistics that weigh n / (n + ${weight}) in a layer of n places, beyond ${asks}${orLess}${second}; the trained one elsewhere`;
}
