// `pinmem weights`: what a file of weights holds, files of weights from elsewhere made into this project's, and the published
// ImageNet weights of backbones, brought into a cache.

import { Command, Option } from "commander";
import { visibleLines } from "../files/visible.js";
import { backboneNames } from "../models/backbones/names.js";
import { refuseIdleOptions } from "./idle-options.js";
import { setOption, wholeNumber } from "./options.js";
import { addListAndPull } from "./pull-weights.js";
import { explained } from "./running.js";

interface ConvertFlags {
  readonly recipe?: string;
  readonly backbone?: (typeof backboneNames)[number];
  readonly out: string;
  readonly set: string[];
  readonly step: number;
  readonly partial?: true;
  readonly json?: true;
  readonly entry?: string;
}

const entryHelp = "of a checkpoint with several sets of weights, the one to take (ema, teacher, ...)";

export function weightsCommand(): Command {
  const command = new Command("weights").description(
    "Bring ImageNet weights, look into files of weights, and convert them.",
  );
  addListAndPull(command);
  command
    .command("inspect")
    .description(
      "Tell what a file holds: tensors, metadata, and the network that it fits. Runs nothing in it.",
    )
    .argument("<file>", "a .pth or .safetensors file")
    .option("--entry <name>", entryHelp)
    .option("--json", "print it as JSON")
    .addHelpText(
      "after",
      `
Example:
  npx pinmem weights inspect resnet50-0676ba61.pth

Exit codes: 0 done; 1 it could not be done, and the last line says why; 2 wrong usage.`,
    )
    .action(async (file: string, { json, entry }: { json?: true; entry?: string }) =>
      explained(() => inspect(file, json === true, entry)),
    );
  command
    .command("convert")
    .description("Make a file of this project from weights that others saved.")
    .argument(
      "<file>",
      "the authors' checkpoint, torchvision's weights, or any state dict (.pth, .safetensors)",
    )
    .option("--recipe <recipe>", "the network: writes a file to be opened like one of a run")
    .addOption(
      new Option("--backbone <name>", "torchvision's backbone: writes a file for model.backboneWeights")
        .choices(backboneNames)
        .conflicts("recipe"),
    )
    .requiredOption("--out <file>", "what to write (.safetensors)")
    .addOption(setOption())
    .option("--step <number>", "optimizer steps behind the weights", wholeNumber, 0)
    .option("--entry <name>", entryHelp)
    .option("--partial", "take what fits, leave the rest as it is, and tell what that is")
    .option("--json", "print what was taken and what was left out as JSON")
    .addHelpText(
      "after",
      `
Examples:
  npx pinmem weights convert authors.pth --recipe recipes/gtav-synthia.mjs#pin-memory-resnet50-official --out model.safetensors
  npx pinmem weights convert resnet50-0676ba61.pth --backbone resnet50 --out resnet50.safetensors

Everything has to fit unless --partial is given. Exit codes: 0 written; 1 it could not be, and nothing is; 2 wrong usage.`,
    )
    .action(async (file: string, flags: ConvertFlags, command: Command) => {
      if (!flags.recipe && !flags.backbone) {
        command.error("error: give --recipe or --backbone, so that it is known what the weights are for", {
          exitCode: 2,
        });
      }
      const alone = flags.backbone !== undefined;
      refuseIdleOptions(command, [
        ["--set", alone, "a backbone has no recipe"],
        ["--step", alone, "a file of backbone weights says nothing of steps"],
      ]);
      await explained(() => convert(file, flags));
    });
  return command;
}

async function inspect(file: string, json: boolean, entry: string | undefined): Promise<void> {
  const { describeContent, inspectWeights } = await import("../runs/inspect-weights.js");
  const content = inspectWeights(file, { entry });
  if (!json) console.log(visibleLines(describeContent(content)));
  else console.log(JSON.stringify(content, null, 2));
}

async function convert(file: string, { recipe: address, backbone, set, json, ...options }: ConvertFlags) {
  const [{ convertBackboneWeights, convertWeights }, { loadRecipe }, { describeWeights }] = await Promise.all(
    [
      import("../runs/convert-weights.js"),
      import("../recipes/load-recipe.js"),
      import("../models/weights/load-weights.js"),
    ],
  );
  const report = backbone
    ? convertBackboneWeights(file, { ...options, backbone })
    : await convertWeights(file, { ...options, recipe: await loadRecipe(address as string, set) });
  if (json) console.log(JSON.stringify({ ...report, written: options.out }, null, 2));
  else console.log(`${describeWeights(report)}\nwritten: ${options.out}`);
}
