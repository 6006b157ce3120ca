// `pinmem data check` and `pinmem data prepare`: look at a data set, and make what it needs, before training on it.
// `pinmem data streets` has a file of its own.

import { cityscapes19 } from "@pinmem/core";
import { Command } from "commander";
import { type Dataset, openDataset } from "../datasets/dataset.js";
import { type DatasetFiles, findFiles } from "../datasets/dataset-files.js";
import { describeUnlisted } from "../datasets/label-decoding.js";
import { readLabelSpace } from "../datasets/label-space-file.js";
import { datasetDefinition, datasetNames } from "../datasets/sets/index.js";
import { requireWritableFile } from "../files/output-folder.js";
import { visible, visibleLines } from "../files/visible.js";
import type { CheckReport } from "../loading/check.js";
import { streetsCommand } from "./data-streets.js";
import { interruption } from "./interruption.js";
import { acceptFormer, positive } from "./options.js";
import { explained, progress } from "./running.js";

interface CheckFlags {
  readonly root: string;
  readonly split?: string;
  readonly subset?: string;
  readonly labelSpace?: string;
  readonly mapping?: string;
  readonly limit?: number;
  /** A file, or false where none is wanted. */
  readonly sheet?: string | false;
  readonly json?: true;
}

export function dataCommand(): Command {
  const command = new Command("data").description("Look at data sets, and make what they need.");
  const checking = command
    .command("check")
    .description("Find a data set's files, decode them, report what is wrong, and draw a contact sheet.")
    .addHelpText(
      "after",
      `
Data sets: ${datasetNames.join(", ")}.

Example:
  npx pinmem data check cityscapes --root /data/cityscapes --split val --limit 50

Exit codes: 0 all well; 1 something is wrong, and the last lines say what; 2 wrong usage.`,
    )
    .argument("<name>", "which data set")
    .requiredOption("--root <dir>", "the folder that holds it")
    .option("--split <name>", "train, val, … (the first one the data set has, unless given)")
    .option("--subset <name>", "a weather of acdc, a drive of camvid")
    .option("--label-space <file>", "a label space as JSON; Cityscapes' 19 classes unless given")
    .option("--mapping <name>", "mapillary and mapillary-v2: ours, or rein (docs/mapillary-v2.md)")
    .option("--limit <count>", "decode only so many files, spread evenly", positive)
    .option("--sheet <file>", "where to write the contact sheet (NAME-SPLIT.png unless given)")
    .option("--no-sheet", "draw no contact sheet")
    .option("--json", "print the report as JSON")
    .action(async (name: string, flags: CheckFlags) => explained(() => check(name, flags)));
  acceptFormer(checking, "--space <file>", "--label-space");
  acceptFormer(checking, "--sample <count>", "--limit");
  command
    .command("prepare")
    .description("Make the label images of a data set that comes without them.")
    .argument("<name>", "idd: train ids from its polygons")
    .requiredOption("--root <dir>", "the folder that holds it")
    .option("--overwrite", "make label images again that are there already")
    .addHelpText(
      "after",
      `
Example:
  npx pinmem data prepare idd --root /data/idd

Ctrl-C stops after the image in progress; the same command makes the rest.

Exit codes: 0 done; 1 it could not be done, and the last line says why; 2 wrong usage; 130 interrupted.`,
    )
    .action(async (name: string, flags: { root: string; overwrite?: true }) =>
      explained(() => prepare(name, flags)),
    );
  command.addCommand(streetsCommand());
  return command;
}

async function check(name: string, { root, sheet, json, limit, labelSpace, ...choice }: CheckFlags) {
  const [{ checkDataset }, { contactSheet }, { writeRgbPng }] = await Promise.all([
    import("../loading/check.js"),
    import("../loading/contact-sheet.js"),
    import("../images/write-png.js"),
  ]);
  const definition = datasetDefinition(name);
  const split = choice.split ?? Object.keys(definition.splits)[0] ?? "all";
  const options = { root, split, ...(choice.subset ? { subset: choice.subset } : {}) };
  const space = labelSpace ? readLabelSpace(labelSpace) : cityscapes19;
  const files = await findFiles(definition, { subset: undefined, ...options });
  const dataset = await openDataset(definition, {
    ...options,
    space,
    unpaired: "skip",
    ...(choice.mapping && { mapping: choice.mapping }),
  });
  const sheetFile = sheet === false ? undefined : (sheet ?? `${dataset.name}-${split}.png`);
  if (sheetFile !== undefined) requireWritableFile(sheetFile);

  const report = await checkDataset(dataset, {
    ...(limit !== undefined && { sample: limit }),
    onProgress: progress("decoded"),
  });
  const expected = choice.subset ? undefined : definition.splits[split];
  if (json) {
    const { imagesWithoutLabel, labelsWithoutImage, listedWithoutImage } = files;
    const { layout, samples } = dataset;
    console.log(
      JSON.stringify(
        {
          layout,
          pairs: samples.length,
          expected,
          imagesWithoutLabel,
          labelsWithoutImage,
          listedWithoutImage,
          ...report,
        },
        null,
        2,
      ),
    );
  } else {
    console.log(visibleLines(describeReport(dataset, files, report, expected)));
  }
  if (sheetFile !== undefined && report.checked > report.problems.length) {
    await writeRgbPng(sheetFile, await contactSheet(dataset));
    if (!json) console.log(`contact sheet    ${sheetFile}`);
  }
  const strict = dataset.decoding.unlisted === "error";
  const faults =
    report.problems.length +
    files.imagesWithoutLabel.length +
    files.listedWithoutImage.length +
    (report.fault === null ? 0 : 1) +
    (strict ? report.unlisted.length : 0);
  process.exitCode = faults > 0 ? 1 : 0;
}

/** The report as lines: facts first, then what is wrong, the worst last. */
export function describeReport(
  dataset: Dataset,
  { imagesWithoutLabel, labelsWithoutImage, list: listFile, listedWithoutImage }: DatasetFiles,
  { checked, problems, unlisted, histogram, ignoredPixels, sizes, fault, warnings }: CheckReport,
  expected: number | undefined,
): string[] {
  const { name, split, layout, samples, space, decoding } = dataset;
  const total = histogram.reduce((sum, pixels) => sum + pixels, ignoredPixels);
  const share = (pixels: number) => `${((100 * pixels) / Math.max(total, 1)).toFixed(3).padStart(7)} %`;
  const counted =
    expected === undefined
      ? ""
      : samples.length === expected
        ? ", as expected"
        : `, but ${expected} are expected`;
  const shownSizes = sizes.slice(0, 5).map(({ size, files }) => `${size} (${files})`);
  const width = Math.max(...space.classes.map((entry) => entry.name.length), 14);
  const lines = [
    `data set         ${name}, split ${split}, layout "${layout}"`,
    `pairs            ${samples.length}${counted}`,
    `decoded          ${checked}`,
    `sizes            ${shownSizes.join(", ")}${sizes.length > 5 ? `, ${sizes.length - 5} more` : ""}`,
    "",
    "pixels by class",
    ...space.classes.map(
      (entry, id) => `  ${`${id}`.padStart(3)}  ${entry.name.padEnd(width)} ${share(histogram[id] ?? 0)}`,
    ),
    `  255  ${"ignored".padEnd(width)} ${share(ignoredPixels)}`,
    "",
  ];
  const list = (title: string, files: readonly string[]) => {
    if (files.length === 0) return;
    lines.push(`${title}: ${files.length}`, ...files.slice(0, 10).map((file) => `  ${file}`));
    if (files.length > 10) lines.push(`  and ${files.length - 10} more`);
  };
  list("labels without image", labelsWithoutImage);
  list("images without label", imagesWithoutLabel);
  list(`names in ${listFile} without an image`, listedWithoutImage);
  if (unlisted.length > 0) {
    const fate = decoding.unlisted === "ignore" ? "they are ignored" : "training stops at them";
    const example = unlisted[0]?.example;
    lines.push(`the data set ${describeUnlisted(decoding, unlisted)}; ${fate}; see ${example}`);
  }
  list(
    "files that cannot be used",
    problems.map(({ file, problem }) => `${file}: ${problem}`),
  );
  lines.push(...warnings.map((text) => `warning: ${text}`));
  if (fault !== null) lines.push(`the labels cannot be trained on: ${fault}`);
  const faults = [problems, imagesWithoutLabel, listedWithoutImage, unlisted, warnings];
  if (fault === null && faults.every(({ length }) => length === 0)) {
    const said = labelsWithoutImage.length > 0 || (expected !== undefined && samples.length !== expected);
    lines.push(said ? "nothing else is wrong" : "nothing is wrong");
  }
  return lines;
}

async function prepare(name: string, { root, overwrite = false }: { root: string; overwrite?: boolean }) {
  if (datasetDefinition(name).name !== "idd")
    throw new Error(`data prepare: "${name}" needs no preparation; only idd does`);
  const { prepareIdd } = await import("../datasets/sets/idd-polygons.js");
  using interrupt = interruption("image");
  const show = progress("rasterized");
  const { written, kept, unknown } = await prepareIdd({
    root,
    overwrite,
    onProgress: (done, total) => {
      show(done, total);
      if (done < total)
        interrupt.check(`${done} of ${total} label images are there; the same command makes the rest`);
    },
  });
  for (const { label, objects, example } of unknown) {
    const count = objects === 1 ? "1 object" : `${objects} objects`;
    console.error(
      visible(
        `warning: ${count} with the label "${label}", which IDD does not define, left out, such as in ${example}`,
      ),
    );
  }
  console.log(
    `${written} label images written${kept > 0 ? `, ${kept} were there already (--overwrite makes them again)` : ""}`,
  );
}
