// What model.json says of an exported run: its classes, how pictures go in, where it comes from.

import { IGNORE_INDEX, type LabelSpace } from "@pinmem/core";
import { EXPORT_FORMAT, type ExportedAuto, type ExportedModel } from "@pinmem/core/formats";
import { LARGEST_FOR_STATISTICS } from "../inference/test-time-normalization.js";
import { imageNetNormalization } from "../loading/batch-tensors.js";
import type { OpenRun } from "../runs/open-run.js";
import { shapeOf } from "./build-graphs.js";
import { statisticsNames } from "./emitters/picture-statistics.js";
import { OPSET } from "./onnx/message.js";
import { licenseNote, provenanceOf } from "./provenance.js";

/** What was found out while it was exported. */
export interface ExportFacts
  extends Pick<ExportedModel, "graphs" | "memory" | "half" | "verification" | "selfTest" | "notes"> {
  /** Default weight of a picture's own statistics; null: they play no part. */
  readonly ownWeight: number | null;
  /** How pictures decide; null: they do not. */
  readonly auto: ExportedAuto | null;
}

export async function describeModel(
  run: OpenRun,
  { graphs, memory, ownWeight, auto, half, verification, selfTest, notes }: ExportFacts,
): Promise<ExportedModel> {
  const { network, space, recipe } = run;
  const { mean, std } = imageNetNormalization;
  return {
    format: EXPORT_FORMAT,
    name: recipe.name,
    graphs,
    opset: OPSET,
    memory,
    labels: labelsOf(space),
    input: { layout: "NCHW", channels: "RGB", divisor: 255, mean: [...mean], std: [...std] },
    feature: { width: shapeOf(network).width, stride: network.outputStride },
    normalization: ownWeight === null ? null : normalizationOf(ownWeight, auto, graphs.kind),
    half,
    provenance: await provenanceOf(run),
    license: licenseNote(recipe),
    verification,
    selfTest,
    notes: [...notes],
  };
}

function normalizationOf(
  ownWeight: number,
  auto: ExportedAuto | null,
  kind: ExportedModel["graphs"]["kind"],
): ExportedModel["normalization"] {
  const { weight: input, own, given, useGiven } = statisticsNames;
  const parts = kind === "split" ? { own, given, useGiven } : null;
  // Whoever does not decide has the network as it was trained.
  const weight = auto ? 0 : ownWeight;
  return { input, weight, largest: LARGEST_FOR_STATISTICS, parts, auto };
}

const labelsOf = ({ name, classes }: LabelSpace): ExportedModel["labels"] => ({
  name,
  classes: classes.map(({ name, color: [red, green, blue], id }) => ({
    name,
    color: [red, green, blue],
    id,
  })),
  ignoreIndex: IGNORE_INDEX,
});
