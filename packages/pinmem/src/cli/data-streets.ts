// `pinmem data streets`: writes scenes of the procedural streets as files, to look at them or to use them elsewhere. Training
// needs no files: it renders scenes as it goes. What is written is what the data set `folder` reads.

import { join } from "node:path";
import { renderStreet, streetDomains } from "@pinmem/streets";
import { Command, Option } from "commander";
import { streetsDataset } from "../datasets/sets/streets.js";
import { requireWritableFile } from "../files/output-folder.js";
import { interruption } from "./interruption.js";
import { between, positive, wholeNumber } from "./options.js";
import { explained, progress } from "./running.js";

interface StreetsFlags {
  readonly out: string;
  readonly domain: string;
  readonly count: number;
  readonly seed: number;
  readonly width: number;
  readonly height: number;
  /** A file, or false where none is wanted. */
  readonly sheet?: string | false;
}

const domainList = streetDomains.map(
  ({ name, role, summary }) => `  ${name.padEnd(10)} ${role.padEnd(7)} ${summary}`,
);

export function streetsCommand(): Command {
  return new Command("streets")
    .description("Render procedural street scenes with exact labels, and draw a contact sheet.")
    .requiredOption(
      "--out <dir>",
      "gets images/NUMBER.png, labels/NUMBER.png (train ids) and contact-sheet.png",
    )
    .addOption(
      new Option("--domain <name>", "which domain")
        .choices(streetDomains.map(({ name }) => name))
        .makeOptionMandatory(),
    )
    .requiredOption("--count <count>", "how many scenes", positive)
    .option("--seed <number>", "another seed, other scenes", wholeNumber, 0)
    .option("--width <pixels>", "16 to 4096", between(16, 4096), 256)
    .option("--height <pixels>", "16 to 4096", between(16, 4096), 128)
    .option("--sheet <file>", "where to write the contact sheet, unless into the folder")
    .option("--no-sheet", "draw no contact sheet")
    .addHelpText(
      "after",
      `
Domains:
${domainList.join("\n")}

Example:
  npx pinmem data streets --domain night --count 100 --out streets/night

Ctrl-C stops after the scene in progress.

Exit codes: 0 done; 1 it could not be done, and the last line says why; 2 wrong usage; 130 interrupted.`,
    )
    .action(async (flags: StreetsFlags) => explained(() => writeStreets(flags)));
}

async function writeStreets({ out, domain, count, seed, width, height, sheet }: StreetsFlags): Promise<void> {
  const [{ writeLabelPng, writeRgbPng }, { contactSheet }] = await Promise.all([
    import("../images/write-png.js"),
    import("../loading/contact-sheet.js"),
  ]);
  const sheetFile = sheet === false ? undefined : (sheet ?? join(out, "contact-sheet.png"));
  if (sheetFile !== undefined) requireWritableFile(sheetFile);
  using interrupt = interruption("scene");
  const report = progress("rendered");
  const digits = Math.max(6, `${count - 1}`.length);
  for (let index = 0; index < count; index++) {
    const scene = renderStreet({ domain, seed, index, width, height });
    const name = `${`${index}`.padStart(digits, "0")}.png`;
    await writeRgbPng(join(out, "images", name), { width, height, pixels: scene.image });
    await writeLabelPng(join(out, "labels", name), { width, height, labels: scene.label });
    report(index + 1, count);
    interrupt.check(`${index + 1} of ${count} scenes are in ${out}`);
  }
  console.log(`${count} ${count === 1 ? "scene" : "scenes"} of ${domain} written to ${out}`);
  if (sheetFile === undefined) return;
  await writeRgbPng(sheetFile, await contactSheet(streetsDataset({ domain, count, seed, width, height })));
  console.log(`contact sheet    ${sheetFile}`);
}
