// Weights from elsewhere as files of this project: a whole network's (the authors' checkpoints, any state dict with their names)
// as a file that `openRun` opens, a backbone's as safetensors that recipes take for `model.backboneWeights`.

import { dirname, resolve } from "node:path";
import { dispose, saveSafetensors, scope } from "@pinmem/torch";
import { makeFolder, requireWritableFile } from "../files/output-folder.js";
import type { BackboneName } from "../models/backbones/names.js";
import { createBackbone } from "../models/backbones/registry.js";
import {
  loadBackboneWeights,
  loadNetworkWeights,
  type WeightsReport,
} from "../models/weights/load-weights.js";
import { readWeights, surveyWeights } from "../models/weights/weight-files.js";
import { openLabelSpace } from "../recipes/open-data.js";
import type { Recipe } from "../recipes/recipe.js";
import { createRecipeNetwork } from "../recipes/recipe-network.js";
import { writeMetadata } from "./model-metadata.js";
import { RunError } from "./run-error.js";

export interface ConvertOptions {
  /** Load what fits, and leave the rest of the network at its random start. Default false: everything has to fit. */
  readonly partial?: boolean;
  /** Optimizer steps behind the weights, where that is known. Default 0. */
  readonly step?: number;
  /** Of a checkpoint that holds several sets of weights, the name of the one to take. Default: the only one that fits. */
  readonly entry?: string | undefined;
}

/**
 * Writes weights as a run of `recipe` would have left them.
 * @param file .pth or .safetensors, with or without "module." before its names
 * @param out .safetensors
 * @throws WeightsError, TensorFileError where the weights cannot be used or do not fit, RunError where they were adapted to a place; nothing is
 *   written then
 */
export async function convertWeights(
  file: string,
  {
    recipe,
    out,
    partial = false,
    step = 0,
    entry,
  }: ConvertOptions & { readonly recipe: Recipe; readonly out: string },
): Promise<WeightsReport> {
  checkOut(file, out);
  refuseAdapted(file);
  const space = openLabelSpace(recipe.data.labels);
  const network = createRecipeNetwork(recipe, space.classes.length);
  try {
    const report = loadNetworkWeights(network, file, { partial, entry });
    makeFolder(dirname(out));
    saveSafetensors(out, network.stateDict(), writeMetadata({ recipe, space, step, score: null }));
    return report;
  } finally {
    dispose([...network.stateDict().values()]);
  }
}

/**
 * Writes torchvision's weights of a backbone as safetensors, under the same names and without the classifier.
 * @throws as `convertWeights`
 */
export function convertBackboneWeights(
  file: string,
  {
    backbone,
    out,
    partial = false,
    entry,
  }: Pick<ConvertOptions, "partial" | "entry"> & {
    readonly backbone: BackboneName;
    readonly out: string;
  },
): WeightsReport {
  checkOut(file, out);
  return scope(() => {
    const network = createBackbone(backbone, { outputStride: 32 });
    const fits = (weights: ReadonlyMap<string, unknown>) =>
      [...weights.keys()].some((name) => network.torchvisionName(name) !== null);
    const given = readWeights(file, { entry, fits });
    const report = loadBackboneWeights(network, given, { partial, source: file });
    const loaded = new Set(report.loaded);
    const used = [...given].filter(([name]) => loaded.has(network.torchvisionName(name) ?? ""));
    makeFolder(dirname(out));
    saveSafetensors(out, new Map(used), new Map([["backbone", backbone]]));
    return { ...report, source: file };
  });
}

/** How a place's pictures are seen and what is taken out of its logits stand in the record of its run, beside the weights. */
function refuseAdapted(file: string): void {
  if (!file.endsWith(".safetensors") || !surveyWeights(file).metadata.has("adaptation")) return;
  throw new RunError(
    file,
    "was adapted to a place, and what was found beside its weights (the exposure, own statistics, class frequencies) would be lost: " +
      "use its run as it is, or convert the weights that it came from, which its adaptation.json names",
  );
}

function checkOut(file: string, out: string): void {
  if (!out.endsWith(".safetensors"))
    throw new RunError(out, "must end in .safetensors, which is what is written");
  if (resolve(file) === resolve(out))
    throw new RunError(out, "is the file that is read; choose another name");
  requireWritableFile(out);
}
