// The scores of an image, or of a tile of one, from the evaluation's predictor: seen once, or in several sizes and mirrored.

import type { RgbImage } from "@pinmem/core";
import { type Protocol, protocol, sameProtocol } from "@pinmem/core/formats";
import type { Device } from "@pinmem/torch";
import type { ImagePredictor } from "../inference/predictor.js";
import type { SegmentationNetwork } from "../models/segmentation-network.js";
import type { OpenRun } from "../runs/open-run.js";
import { predictorOf } from "../runs/predictor-of.js";
import type { Scorer } from "./score-image.js";

export interface ViewOptions {
  /** Also look at the image mirrored, and take the mean. Default false. */
  readonly flip?: boolean;
  /** Look at the image in these sizes, relative to its own, and take the mean. Default [1]. */
  readonly scales?: readonly number[];
}

/** Logits where there is one view; the mean of the probabilities where there are several. */
export interface ScorerOfViews {
  readonly score: Scorer;
  /** Runs `body`, which scores parts of an image, with the statistics of the whole image, where they are asked for. */
  readonly withStatisticsOf: <T>(image: RgbImage, body: () => Promise<T>) => Promise<T>;
  readonly combined: boolean;
}

/** What of a run scores images. */
export type ScoringRun = Pick<OpenRun, "network"> & Partial<Pick<OpenRun, "normalization" | "auto">>;

/** @throws ZodError where scales are not from 0.1 to 4, or too many */
export function scorerOf(run: ScoringRun, { flip = false, scales = [1] }: ViewOptions = {}): ScorerOfViews {
  const { normalization = null, auto = null } = run;
  const combined = flip || scales.length > 1;
  // Set by hand: with a single view `protocol` takes either for the same, and keeps the preset's.
  const combine = combined ? "probabilities" : "logits";
  const weight = auto ? "auto" : normalization?.weight;
  const views: Protocol = {
    ...protocol("whole", { flip, scales: [...scales] }),
    combine,
    normalize: weight === undefined ? { kind: "trained" } : { kind: "image", weight },
  };
  const predictor = predictorFor(run, views);
  return {
    score: (image) => predictor.scores([image]).to("float32"),
    withStatisticsOf: (image, body) => predictor.withStatisticsOf(image, body),
    combined,
  };
}

/** The last one of each network: its working memory should not be made anew for every image. */
const predictors = new WeakMap<SegmentationNetwork, ImagePredictor>();

function predictorFor(run: ScoringRun, protocol: Protocol): ImagePredictor {
  const { network } = run;
  const last = predictors.get(network);
  if (last && sameProtocol(last.protocol, protocol) && last.protocol.combine === protocol.combine)
    return last;
  const predictor = predictorOf(run, { protocol, device: deviceOf(network) });
  predictors.set(network, predictor);
  return predictor;
}

function deviceOf(network: SegmentationNetwork): Device {
  const [first] = network.parameters();
  return first?.device ?? "cpu";
}
