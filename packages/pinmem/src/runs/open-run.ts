// A trained network, ready to be used: the folder of a run, or one of its files of weights, opened.
//
// Whoever evaluates, predicts or looks inside begins here. Not here: training on (training/train.ts), which takes up
// checkpoints.

import { existsSync, statSync } from "node:fs";
import type { LabelSpace } from "@pinmem/core";
import type { TestNormalization } from "@pinmem/core/formats";
import { type Device, dispose, loadSafetensors, nn, type Tensor } from "@pinmem/torch";
import { lookAtPictures, lookMoreClearly, tellMoreWithOwn } from "../adaptation/look-at-pictures.js";
import { FAR_OWN_WEIGHT, PLACE_WEIGHT, type Place } from "../inference/place.js";
import { SecondLook } from "../inference/second-look.js";
import type { ShiftRule } from "../inference/shift-rule.js";
import { TestTimeNormalization } from "../inference/test-time-normalization.js";
import { withTrainedVotes } from "../inference/trained-votes.js";
import { withBase } from "../models/adapters/adapter.js";
import { checkTakesVotes } from "../models/add-votes.js";
import { adjustLogits, beforeAdjustment } from "../models/adjust-logits.js";
import { expose } from "../models/backbone-network.js";
import { prepareForInference } from "../models/inference.js";
import { predict } from "../models/segment.js";
import type { SegmentationNetwork } from "../models/segmentation-network.js";
import { loadNetworkWeights } from "../models/weights/load-weights.js";
import type { Recipe } from "../recipes/recipe.js";
import { createRecipeNetwork } from "../recipes/recipe-network.js";
import type { WhichWeights } from "../training/which-weights.js";
import type { AdaptationRecord } from "./adaptation-record.js";
import { loadBase } from "./base-file.js";
import {
  type CalibratedWeights,
  type LogitAdjustment,
  readLogitAdjustment,
  readShiftRule,
  readVoteWeight,
} from "./calibration.js";
import { requireDevice } from "./environment.js";
import { readMetadata } from "./model-metadata.js";
import { ownWeightOf } from "./own-weight.js";
import { placeWeightByRule } from "./place-weight.js";
import { RunError } from "./run-error.js";
import { RunFolder } from "./run-folder.js";

export interface OpenRunOptions {
  /**
   * Of a folder: the weights with the best score on source validation, those at the end, or their average over time. Default: best
   * where there is one.
   */
  readonly which?: WhichWeights;
  /** Default "cpu". */
  readonly device?: Device;
  /**
   * `prepared`: batch norms folded into convolutions, for speed; `trained`: the network as it was trained, its names kept.
   * Default "prepared".
   */
  readonly form?: "prepared" | "trained";
  /**
   * Whose statistics batch norm takes; those of a place have `openRunAtPlace`. With a picture's own, batch norms cannot be folded:
   * the network stays in its trained form. Default: the trained ones, and of a run that was adapted those that were found best, a
   * picture's own among them where its record says so (`own`); the weight "auto" asks for the same of it.
   */
  readonly normalize?: Exclude<TestNormalization, { kind: "place" }>;
  /**
   * What the memory's votes weigh among the logits; 0: no votes; "auto": what its calibration, or its adaptation to a place, found best.
   * Default null: what they weighed in training, or as the run was adapted.
   */
  readonly vote?: number | "auto" | null;
  /**
   * How much of the logarithms of the sources' class frequencies is taken out of the logits (Menon et al., ICLR 2021), so that rare
   * classes are said more often; "auto": what its calibration found best, which also knows the frequencies. Default 0: nothing.
   */
  readonly logitAdjustment?: number | "auto";
}

/** The weight of a picture's own statistics, picture by picture. */
export interface AutoNormalization {
  /** The same network in the form that mixes own statistics in. */
  readonly network: SegmentationNetwork;
  readonly second: SecondLook;
  readonly rule: ShiftRule;
  /** Whether the memory's votes weigh what they weighed in training, for which the rule is. */
  readonly hasTrainedVotes: boolean;
}

/** Dispose it (`using`) to free its weights. */
export interface OpenRun extends Disposable {
  /** As it was given. */
  readonly path: string;
  /** The file whose weights these are. */
  readonly file: string;
  readonly recipe: Recipe;
  /** What the network can say about a pixel. */
  readonly space: LabelSpace;
  /** In evaluation mode, without gradients. */
  readonly network: SegmentationNetwork;
  /** Whose statistics its batch norms take. */
  readonly normalize: TestNormalization;
  /** Mixes each picture's own statistics in, where the run was opened or adapted so; the network belongs to it. */
  readonly normalization: TestTimeNormalization | null;
  /** What the memory's votes weigh, where it was opened with a weight ("auto": `network.memory.voteWeight`); null: as in training. */
  readonly vote: number | "auto" | null;
  /** How much of the sources' class frequencies is out of the logits, as it was asked; in fact: `adjustedBy`. */
  readonly logitAdjustment: number | "auto";
  /** A number also where "auto" was asked. */
  readonly adjustedBy: number;
  /** Of the statistics of a place in its batch norms, where it was opened with those: as was asked, or as its pictures decided. */
  readonly placeWeight: number | null;
  /** Decides that for each picture, where the run was opened so. */
  readonly auto: AutoNormalization | null;
  /** Optimizer steps behind it. */
  readonly step: number;
  /** Mean IoU on source validation, 0 to 1; null where there was none. */
  readonly score: number | null;
  /** How it was adapted to a place, where it was. */
  readonly adaptation: AdaptationRecord | null;
}

/**
 * @param path folder of a run, or a file of weights that a run wrote
 * @throws RunError where it is no run, is not finished, comes from a newer version, or has no memory that could vote; WeightsError, TensorFileError where
 *   its weights cannot be used
 */
export function openRun(
  path: string,
  {
    which,
    device = "cpu",
    form = "prepared",
    normalize = { kind: "trained" },
    vote = null,
    logitAdjustment = 0,
  }: OpenRunOptions = {},
): OpenRun {
  requireDevice(String(device));
  const file = weightsFile(path, which);
  const { tensors, metadata } = loadSafetensors(file);
  try {
    const { recipe, space, step, score, adaptation, backboneWeights } = readMetadata(file, metadata);
    const isAsAdapted = (asked: number | "auto") => asked === "auto" && adaptation !== null;
    const weights = { file, step, adaptation, space };
    const adjustment = adjustmentOf(weights, logitAdjustment);
    const asksPictures = normalize.kind === "image" && normalize.weight === "auto" && !adaptation;
    const rule = asksPictures ? readShiftRule(weights) : null;
    const ownWeight = ownWeightOf(normalize, adaptation);
    const load = (): SegmentationNetwork => {
      const network = nn.init.skipInit(() => createRecipeNetwork(recipe, space.classes.length));
      try {
        if (vote !== null && !isAsAdapted(vote))
          letVote(network, vote === "auto" ? readVoteWeight(weights) : vote, path);
        loadBase(network, { file, given: recipe.model.backboneWeights, origin: backboneWeights });
        loadNetworkWeights(network, withBase(network, tensors));
        expose(network, adaptation?.exposure ?? 1);
        network.eval().requiresGrad_(false);
        if (adjustment) adjustLogits(network, adjustment.frequencies, adjustment.weight);
        return network.to({ device });
      } catch (error) {
        dispose([...network.stateDict().values()]);
        throw error;
      }
    };
    /** The same network again: the first is prepared, where trained statistics stay. */
    const openAuto = (rule: ShiftRule): AutoNormalization => {
      const mixing = load().to({ memoryFormat: "channelsLast" });
      const second = new SecondLook(mixing, (image) => predict(mixing, image), asTrainedBy(adjustment));
      return { network: mixing, second, rule, hasTrainedVotes: hasTrainedVotes(mixing) };
    };
    const network = load();
    const normalization = normalizationOf(network, ownWeight);
    const auto = rule && openAuto(rule);
    if (form === "prepared" && !normalization) prepareForInference(network);
    return {
      path,
      file,
      recipe,
      space,
      network,
      normalize,
      normalization,
      vote,
      logitAdjustment,
      adjustedBy: adjustment?.weight ?? 0,
      placeWeight: null,
      auto,
      step,
      score,
      adaptation,
      [Symbol.dispose]: () => {
        for (const one of auto ? [network, auto.network] : [network]) dispose([...one.stateDict().values()]);
      },
    };
  } finally {
    dispose(tensors);
  }
}

export interface OpenRunAtPlaceOptions extends Omit<OpenRunOptions, "normalize"> {
  /**
   * Of the place's statistics, 0 to 1; "auto": one weight as what the network makes of its pictures, taken together, asks for by
   * the rule of `image:auto`, and where it is not 0 each picture's own with 0.1 beside them, if pictures tell more so, and an exposure that
   * is brighter, if the network sees them more clearly then. Default 0.3.
   */
  readonly weight?: number | "auto";
  /** Told after each picture. */
  readonly onPicture?: (done: number, total: number) => void;
}

/**
 * Opens a run with the statistics of a place mixed into those of training; with a weight that is given the network is as fast as with
 * these alone.
 * @throws as `openRun`; DataError naming a picture that cannot be read; RunError where the weight is "auto" and the run not calibrated
 */
export async function openRunAtPlace(
  path: string,
  place: Place,
  { weight: asked = PLACE_WEIGHT, onPicture, form = "prepared", ...options }: OpenRunAtPlaceOptions = {},
): Promise<OpenRun> {
  const { device = "cpu" } = options;
  // Statistics of this place alone, also where the run was adapted to another one.
  const run = openRun(path, { ...options, form: "trained", normalize: { kind: "image", weight: 0 } });
  try {
    const { network } = run;
    network.to({ memoryFormat: "channelsLast" });
    const asTrained = asTrainedBy(adjustmentOf(run, options.logitAdjustment ?? 0));
    const looking = { device, asTrained, ...(onPicture && { onProgress: onPicture }) };
    const weight = asked === "auto" ? await placeWeightByRule(network, place.files, run, looking) : asked;
    if (weight !== 0) {
      using statistics = await (asked === "auto"
        ? lookMoreClearly(network, place.files, weight, looking)
        : lookAtPictures(network, place.files, looking));
      statistics.mixInto(weight);
    }
    const asksForOwn =
      asked === "auto" &&
      weight > 0 &&
      (await tellMoreWithOwn(network, place.files, FAR_OWN_WEIGHT, looking));
    const normalization = normalizationOf(network, asksForOwn ? FAR_OWN_WEIGHT : null);
    if (form === "prepared" && !normalization) prepareForInference(network);
    return { ...run, normalize: normalizationAt(place, asked), normalization, placeWeight: weight };
  } catch (error) {
    run[Symbol.dispose]();
    throw error;
  }
}

/** What a protocol says of the statistics of a place. */
export const normalizationAt = (
  { name, files, mark }: Place,
  weight: number | "auto",
): Extract<TestNormalization, { kind: "place" }> => ({
  kind: "place",
  weight,
  place: name,
  pictures: files.length,
  mark,
});

/** What is taken out of the logits of a run; of one that was adapted nothing more than is, where nobody says how much. */
const adjustmentOf = (weights: CalibratedWeights, asked: number | "auto"): LogitAdjustment | null =>
  asked === "auto" && weights.adaptation ? null : readLogitAdjustment(weights, asked);

/** Logits as in training, for which the rule of own statistics is. */
const asTrainedBy = (adjustment: LogitAdjustment | null): ((logits: Tensor) => Tensor) =>
  adjustment ? beforeAdjustment(adjustment.frequencies, adjustment.weight) : (logits) => logits;

function letVote(network: SegmentationNetwork, vote: number, path: string): void {
  const { memory } = network;
  if (!memory) throw new RunError(path, "has no class memory that could vote: leave `vote` out");
  if (vote > 0) checkTakesVotes(network);
  memory.voteWeight = vote;
}

function hasTrainedVotes({ memory }: SegmentationNetwork): boolean {
  return !memory || withTrainedVotes([memory], () => memory.voteWeight) === memory.voteWeight;
}

function normalizationOf(
  network: SegmentationNetwork,
  ownWeight: number | "auto" | null,
): TestTimeNormalization | null {
  if (ownWeight === null || ownWeight === 0 || ownWeight === "auto") return null;
  network.to({ memoryFormat: "channelsLast" });
  return new TestTimeNormalization(network, ownWeight);
}

/**
 * The file whose weights are meant by a path, which is the folder of a run or that file.
 * @throws RunError where there is none
 */
export function weightsFile(path: string, which?: OpenRunOptions["which"]): string {
  if (!existsSync(path)) throw new RunError(path, "does not exist; give the folder of a run");
  if (!statSync(path).isDirectory()) return path;
  const folder = new RunFolder(path);
  if (!folder.exists) throw new RunError(path, "is not the folder of a run: it holds no recipe.json");
  const [best, last] = [folder.model("best"), folder.model("last")];
  const wanted = which ? folder.model(which) : existsSync(best) ? best : last;
  if (existsSync(wanted)) return wanted;
  if (which === "average" && existsSync(last))
    throw new RunError(
      path,
      "has no average of weights: its recipe asks for none (averaging). Take the best or last ones",
    );
  throw new RunError(
    path,
    which === "best" && existsSync(last)
      ? "has no best weights: its recipe validates on nothing. Take the last ones"
      : `holds no weights yet: the run is not finished. Train \`${path}\` on with \`resume: true\``,
  );
}
