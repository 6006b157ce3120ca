// The predictor of an open run: as its batch norms are normalized.

import type { Protocol } from "@pinmem/core/formats";
import type { Device } from "@pinmem/torch";
import { AutoPredictor } from "../inference/auto-predictor.js";
import { type ImagePredictor, Predictor } from "../inference/predictor.js";
import { predict } from "../models/segment.js";
import type { OpenRun } from "./open-run.js";

/** The protocol says whose statistics are taken, as the run was opened. */
export function predictorOf(
  { network, normalization = null, auto = null }: Pick<OpenRun, "network"> & Partial<OpenRun>,
  options: { readonly protocol: Protocol; readonly device?: Device; readonly batch?: number },
): ImagePredictor {
  if (!auto) return new Predictor({ forward: (image) => predict(network, image), normalization, ...options });
  const memories = [network, auto.network].flatMap(({ memory }) => (memory ? [memory] : []));
  return new AutoPredictor({
    trained: (image) => predict(network, image),
    second: auto.second,
    rule: auto.rule,
    memories: auto.hasTrainedVotes ? [] : memories,
    ...options,
  });
}
