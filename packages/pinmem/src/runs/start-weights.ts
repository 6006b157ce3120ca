// The weights that a training starts from (`model.weights`), where an adapter leaves the backbone's to its own file: a run of the
// same kind lacks them, and one that holds them must not put others in their place, since what is saved names that file.

import { dispose, noGrad, type Tensor } from "@pinmem/torch";
import { baseNames, withBase } from "../models/adapters/adapter.js";
import type { SegmentationNetwork } from "../models/segmentation-network.js";
import { loadNetworkWeights, type WeightsReport } from "../models/weights/load-weights.js";
import { readWeights, surveyWeights } from "../models/weights/weight-files.js";
import { WeightsError } from "../models/weights/weights-error.js";
import { type BackboneOrigin, readMetadata, trainedBeside } from "./model-metadata.js";

export interface StartWeights {
  /** A whole network's, or what a run trained beside its backbone's file. */
  readonly file: string;
  readonly partial: boolean;
}

/**
 * @param network with its backbone's file loaded, where the recipe names one
 * @param own that file; null: the recipe names none
 * @throws WeightsError where weights do not fit, or are those beside, or of, another backbone's file
 */
export function loadStart(
  network: SegmentationNetwork,
  { file, partial }: StartWeights,
  own: BackboneOrigin | null,
): WeightsReport {
  const base = baseNames(network);
  const beside = fileBeside(file);
  if (beside) {
    if (base.size === 0)
      throw new WeightsError(
        file,
        `holds what was trained beside the backbone's weights ${beside.file}: name that file in model.backboneWeights, and an adapter`,
      );
    if (own?.sha256 !== beside.sha256)
      throw new WeightsError(
        file,
        `was trained beside ${beside.file}, whose SHA-256 begins with ${beside.sha256.slice(0, 12)}; model.backboneWeights is another ` +
          "file. Bring that one",
      );
    const tensors = readWeights(file);
    try {
      return loadNetworkWeights(network, withBase(network, tensors), { partial, source: file });
    } finally {
      dispose(tensors);
    }
  }
  if (base.size === 0) return loadNetworkWeights(network, file, { partial });
  const before = noGrad(
    () =>
      new Map([...network.stateDict()].flatMap(([n, tensor]) => (base.has(n) ? [[n, tensor.clone()]] : []))),
  ) as Map<string, Tensor>;
  try {
    const report = loadNetworkWeights(network, file, { partial });
    const state = network.stateDict();
    const changed = [...before].find(([name, tensor]) => !state.get(name)?.equal(tensor));
    if (!changed) return report;
    throw new WeightsError(
      file,
      `holds another backbone than model.backboneWeights (${changed[0]} differs), which the adapter leaves as it is: leave ` +
        "model.backboneWeights out, and the run keeps the backbone itself",
    );
  } finally {
    dispose(before);
  }
}

/** The backbone's file that a run's file of weights leaves what it has from to; null where it leaves nothing. */
function fileBeside(file: string): BackboneOrigin | null {
  if (!file.endsWith(".safetensors")) return null;
  const { metadata } = surveyWeights(file);
  if (!metadata.has("recipe")) return null;
  return trainedBeside(readMetadata(file, metadata));
}
