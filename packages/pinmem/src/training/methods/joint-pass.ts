// One pass over all sources at once, as erm and memory-erm train, and the meta-learning methods between their own steps.

import type { Tensor } from "@pinmem/torch";
import type { Episode } from "../episode.js";
import type { LossTensors } from "../losses.js";
import { type PassContext, trainingPass } from "./training-pass.js";

/** @param items rows to read and to write; without them the memory takes no part */
export function jointPass(
  context: PassContext,
  { metaTrain }: Episode,
  share: number,
  items?: Tensor,
): { train: LossTensors } {
  const pass = trainingPass(context, metaTrain, items ? { items, write: true } : {});
  pass.backward(share);
  return { train: pass.losses };
}
