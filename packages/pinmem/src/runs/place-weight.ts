// The weight of a place's statistics where no labels say which: by the rule of `image:auto`, asked once for all its pictures.

import { type LookOptions, type PlacePicture, placeDeparts } from "../adaptation/look-at-pictures.js";
import type { PlaceWeight } from "../adaptation/plan.js";
import { FAR_PLACE_WEIGHT, PLACE_WEIGHT } from "../inference/place.js";
import type { SegmentationNetwork } from "../models/segmentation-network.js";
import { type CalibratedWeights, readShiftRule } from "./calibration.js";
import { RunError } from "./run-error.js";

/**
 * The weight that pictures of a place, taken together, ask for: 0 where they look like the sources'.
 * @param network as it was trained, in evaluation mode
 * @throws RunError where the weights are not calibrated, saying why; DataError naming a picture that cannot be read
 */
export async function placeWeightByRule(
  network: SegmentationNetwork,
  pictures: readonly PlacePicture[],
  weights: CalibratedWeights,
  options: LookOptions,
): Promise<number> {
  return (await placeDeparts(network, pictures, readShiftRule(weights), options)) ? FAR_PLACE_WEIGHT : 0;
}

/**
 * The same; where the weights are not calibrated one that does well on average, and a note that says so. What was fitted to labels of a place
 * was fitted under statistics that stay.
 */
export async function placeWeight(
  network: SegmentationNetwork,
  pictures: readonly PlacePicture[],
  weights: CalibratedWeights,
  options: LookOptions,
): Promise<PlaceWeight> {
  try {
    const weight = await placeWeightByRule(network, pictures, weights, options);
    const stays = "pictures of the place look like those of the sources, so that the trained statistics stay";
    return { weight, departs: weight > 0, note: weight === 0 ? stays : null };
  } catch (error) {
    if (!(error instanceof RunError)) throw error;
    if ((weights.adaptation?.labeled ?? 0) > 0) {
      return {
        weight: 0,
        departs: false,
        note: "the run was adapted to labels before, under the statistics that it has: these stay",
      };
    }
    const reason = weights.adaptation
      ? "the run was adapted before"
      : "the run is not calibrated, or was by an earlier version";
    return {
      weight: PLACE_WEIGHT,
      departs: false,
      note: `${reason}, so that statistics of the place have the weight ${PLACE_WEIGHT}, which does well on average`,
    };
  }
}
