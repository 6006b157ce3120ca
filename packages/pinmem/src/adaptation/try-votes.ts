// What a network with a memory answers to a labeled picture with several weights of its votes, encoded once.

import { ConfusionMatrix } from "@pinmem/core";
import type { Device } from "@pinmem/torch";
import type { EvaluationImage } from "../loading/evaluation-loader.js";
import type { SegmentationNetwork } from "../models/segmentation-network.js";
import { memoryOf } from "../training/methods/method.js";
import { EncodedPicture } from "./encoded-picture.js";
import type { WeightTrial } from "./fit-weight.js";

/** @param network in evaluation mode, with a memory whose votes its decoder takes */
export function tryVotes(
  network: SegmentationNetwork,
  picture: EvaluationImage,
  votes: readonly number[],
  device: Device,
): WeightTrial[] {
  const { items } = memoryOf(network, "tryVotes");
  using encoded = new EncodedPicture(network, picture, { device, keepUpTo: Number.POSITIVE_INFINITY });
  const answers = encoded.answers(
    items,
    votes.map((vote) => ({ vote })),
  );
  return votes.map((vote, at) => {
    const matrix = new ConfusionMatrix(network.classes);
    matrix.add(answers[at] as Uint8Array, picture.label);
    return { weight: vote, matrix };
  });
}
