// The folder of an adapted run: recipe, weights, where it came from, and the rows that its memory had before.

import { copyFileSync, linkSync } from "node:fs";
import type { LabelSpace } from "@pinmem/core";
import { type Device, saveSafetensors, type Tensor } from "@pinmem/torch";
import { writeWhole } from "../files/atomic-write.js";
import { writing } from "../files/write-error.js";
import { ownState } from "../models/adapters/adapter.js";
import type { SegmentationNetwork } from "../models/segmentation-network.js";
import type { Recipe } from "../recipes/recipe.js";
import type { AdaptationRecord } from "./adaptation-record.js";
import { recordEnvironment } from "./environment.js";
import { type BackboneOrigin, writeMetadata } from "./model-metadata.js";
import { RunFolder } from "./run-folder.js";
import { StagedFolder } from "./staged-folder.js";

export interface AdaptedRun {
  /** Where its folder will be. */
  readonly out: string;
  readonly recipe: Recipe;
  readonly space: LabelSpace;
  /** Optimizer steps of the training behind it. */
  readonly step: number;
  readonly backboneWeights: BackboneOrigin | null;
  readonly record: AdaptationRecord;
  /** Whether the memory of the network is part of the run. */
  readonly hasMemory: boolean;
  /** (K, C); null for a network without a memory. */
  readonly rowsBefore: Tensor | null;
  readonly device: Device;
}

/**
 * Writes it whole or not at all.
 * @throws WriteError, TensorFileError where the system refuses
 */
export async function writeAdapted(
  network: SegmentationNetwork,
  { out, recipe, space, step, backboneWeights, record, hasMemory, rowsBefore, device }: AdaptedRun,
): Promise<void> {
  using staged = new StagedFolder(out);
  const folder = new RunFolder(staged.path);
  await folder.write(recipe);
  await writeWhole(folder.adaptation, `${JSON.stringify(record, null, 2)}\n`);
  await recordEnvironment(folder.environment, String(device));
  if (rowsBefore) saveSafetensors(folder.rowsBefore, new Map([["memory.m_items", rowsBefore]]));
  const weights = ownState(network);
  if (!hasMemory)
    for (const name of [...weights.keys()]) if (name.startsWith("memory.")) weights.delete(name);
  // A strength that was learned has given way to a fixed one.
  if (typeof recipe.model.memory.vote !== "object") weights.delete("memory.log_vote");
  // No score: source validation has not seen these weights. Both names, so that whoever asks for either finds it.
  const metadata = writeMetadata({ recipe, space, step, score: null, adaptation: record, backboneWeights });
  saveSafetensors(folder.model("last"), weights, metadata);
  linkOrCopy(folder.model("last"), folder.model("best"));
  staged.commit();
}

/** The same file under another name; a copy where the file system knows no links. */
function linkOrCopy(file: string, other: string): void {
  try {
    linkSync(file, other);
  } catch {
    writing(other, () => copyFileSync(file, other));
  }
}
