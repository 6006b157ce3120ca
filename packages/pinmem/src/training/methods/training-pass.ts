// One forward pass with its losses: read the memory, decode, and where asked write new rows with their graph.
//
// The order (read the old rows first, then write) is the official code's. Losses are computed in single precision whatever
// the precision of the network. Source: Kim et al., CVPR 2022, section 3.

import type { TermName } from "@pinmem/core/formats";
import { scope, type Tensor } from "@pinmem/torch";
import { classificationLoss, cohesionLoss, divergenceLoss } from "../../losses/memory.js";
import { auxiliaryLoss, type SegmentationLossOptions, segmentationLoss } from "../../losses/segmentation.js";
import { decodeWith } from "../../models/segment.js";
import type { TrainableNetwork } from "../../models/trainable-network.js";
import { withActivationCheckpointing } from "../activation-checkpointing.js";
import type { LabeledBatch } from "../episode.js";
import type { FeatureStyles } from "../feature-styles.js";
import { type LossTensors, type LossWeights, weightedSum } from "../losses.js";
import { inPrecision, type Precision, widened } from "../precision.js";
import { memoryOf } from "./method.js";

/** What all passes of a method have in common. */
export interface PassContext {
  readonly network: TrainableNetwork;
  readonly weights: LossWeights;
  /** Variant of the segmentation loss; by default the cross entropy. */
  readonly segmentation?: SegmentationLossOptions;
  /** Loss of the outputs of the whitening layers; null while it does not apply. */
  readonly whiteningLoss?: (whitened: readonly Tensor[]) => Tensor | null;
  /** Changes the styles of features on the way. */
  readonly featureStyles?: FeatureStyles | undefined;
  /** Default float32. */
  readonly precision?: Precision;
  /** Keep only what enters each stage of the backbone, and compute the rest again in the backward pass. Default false. */
  readonly activationCheckpointing?: boolean;
}

export interface PassOptions {
  /** Rows to read (K, C); without them the feature goes to the decoder as it is. */
  readonly items?: Tensor | undefined;
  /** Write new rows, starting from `items`, with their graph, and count the losses that concern them. Default false. */
  readonly write?: boolean;
  /** Hand out the feature, without its graph. Default false. */
  readonly keepFeature?: boolean;
}

export interface PassResult {
  readonly losses: LossTensors;
  /** The rows written (K, C). */
  readonly written: Tensor | null;
  /** What the memory was written from (B, C, h, w), where it was asked for; without a graph. */
  readonly feature: Tensor | null;
  /** Adds the gradients of the total loss, times `share` (default 1), to those stored; uses up the graph. */
  backward(share?: number): void;
}

type Terms = Partial<Record<TermName, Tensor>>;

/**
 * One pass of a batch through the network with all its losses: read the memory, decode, and where asked write it.
 * @returns the losses, the written rows (K, C), and `backward`, which adds the gradients
 */
export function trainingPass(
  context: PassContext,
  batch: LabeledBatch,
  options: PassOptions = {},
): PassResult {
  const { network, precision = "float32", activationCheckpointing = false } = context;
  const run = (backward: (loss: Tensor) => void): PassResult => {
    const { losses, written, feature } = scope(() => forward(context, batch, options));
    return {
      losses,
      written,
      feature,
      backward: (share = 1) => backward(share === 1 ? losses.total : losses.total.mul(share)),
    };
  };
  if (!activationCheckpointing) return run((loss) => loss.backward());
  return withActivationCheckpointing(network, run, (body) =>
    inPrecision(precision, batch.image.device, body),
  );
}

function forward(
  { network, weights, segmentation = {}, whiteningLoss, featureStyles, precision = "float32" }: PassContext,
  { image, label, domains }: LabeledBatch,
  { items, write = false, keepFeature = false }: PassOptions,
): Pick<PassResult, "losses" | "written" | "feature"> {
  const [, , height = 0, width = 0] = image.shape;
  const within = <T>(body: () => T): T => inPrecision(precision, image.device, body);
  const memory = items ? memoryOf(network, "trainingPass") : null;

  const encode = () => within(() => network.encode(image));
  const { feature, lowLevel, auxiliary, whitening } = featureStyles ? featureStyles.within(encode) : encode();
  const reading = memory && items ? within(() => memory.read(feature, { items })) : null;
  const logits = within(() => decodeWith(network, { feature, lowLevel }, reading, [height, width]));
  const auxiliaryLogits = weights.auxiliary > 0 ? within(() => network.auxiliaryLogits(auxiliary)) : null;
  const whitened =
    weights.whitening > 0 && whitening.length > 0 ? whiteningLoss?.(whitening.map(widened)) : null;

  const terms: Terms = { segmentation: segmentationLoss(widened(logits), label, segmentation) };
  if (auxiliaryLogits) terms.auxiliary = auxiliaryLoss(widened(auxiliaryLogits), label);
  if (whitened) terms.whitening = whitened;
  const kept = keepFeature ? feature.detach() : null;
  if (!memory || !reading || !items)
    return { losses: weightedSum(terms, weights), written: null, feature: kept };

  const { temperature, balance } = memory;
  if (weights.cohesion > 0)
    terms.cohesion = cohesionLoss(widened(reading.scores), label, { temperature, balance });
  if (!write) return { losses: weightedSum(terms, weights), written: null, feature: kept };

  const written = within(() => memory.write(feature, label, { items, domains }));
  if (weights.divergence > 0) terms.divergence = divergenceLoss(written, { rows: memory.rowsPerClass });
  if (weights.classification > 0) terms.classification = classificationLoss(memory.classify(written));
  return { losses: weightedSum(terms, weights), written, feature: kept };
}
