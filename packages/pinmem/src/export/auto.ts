// `image:auto` as a part of an exported model: the rule that `pinmem calibrate` found, and what whoever runs the graphs has to know to
// decide by it as inference/auto-predictor.ts does.

import type { ExportedAuto } from "@pinmem/core/formats";
import { dispose } from "@pinmem/torch";
import { AVERAGED, EXPOSURES } from "../inference/clearest-looks.js";
import { earlyLayers } from "../inference/second-look.js";
import { TestTimeNormalization } from "../inference/test-time-normalization.js";
import { withTrainedVotes } from "../inference/trained-votes.js";
import { logFrequencies } from "../models/adjust-logits.js";
import { readLogitAdjustment, readShiftRule } from "../runs/calibration.js";
import type { OpenRun } from "../runs/open-run.js";
import { statisticsNames } from "./emitters/picture-statistics.js";
import { ExportError } from "./export-error.js";

export interface AutoFacts {
  readonly described: ExportedAuto;
  /** Of own statistics, in a look with them. */
  readonly weight: number;
  /** Layers by which the first graph tells how far a picture is from the sources. */
  readonly early: number;
}

/**
 * @param run that was not adapted, in its trained form, with nothing in the place of its batch norms
 * @param asked of the logits, as the run was opened
 * @throws RunError where it is not calibrated, or has no batch norm; ExportError where one graph is asked for, which nobody can ask twice
 */
export function autoOf(
  run: OpenRun,
  { single, logitAdjustment = 0 }: { readonly single?: unknown; readonly logitAdjustment?: number | "auto" },
): AutoFacts {
  if (single !== undefined) {
    throw new ExportError(
      "with image:auto each picture decides how it is looked at, which takes two graphs: leave `single` out, or give a weight from 0 to 1, such as image:0.3",
    );
  }
  const { threshold, information, departure, weight } = readShiftRule(run);
  return {
    weight,
    early: earlyLayersOf(run),
    described: {
      weight,
      entropy: threshold,
      information,
      departure,
      exposures: [...EXPOSURES],
      averaged: AVERAGED,
      distance: statisticsNames.distance,
      offsets: offsetsOf(run, logitAdjustment),
      voteWeight: trainedVotesOf(run),
    },
  };
}

function earlyLayersOf({ network }: OpenRun): number {
  using normalization = new TestTimeNormalization(network, 0);
  return earlyLayers(normalization);
}

/** What was subtracted from each class's logits. */
function offsetsOf(run: OpenRun, asked: number | "auto"): number[] | null {
  const adjustment = readLogitAdjustment(run, asked);
  if (!adjustment) return null;
  const logarithms = logFrequencies(adjustment.frequencies);
  try {
    return [...(logarithms.toTypedArray() as Float32Array)].map((value) => adjustment.weight * value);
  } finally {
    dispose([logarithms]);
  }
}

function trainedVotesOf({ network: { memory } }: OpenRun): number | null {
  return memory && withTrainedVotes([memory], () => memory.voteWeight);
}
