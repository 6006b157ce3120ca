// Pixels of which rounding alone decides what a network says. With several rows a class the nearest one counts, and no other: where
// a feature lies between two of them as exactly as floats can tell, one engine takes this row and another that one. Both are right,
// and all that the decoder makes of that place jumps, so no comparison can be made there.
//
// Found by asking again with rows that are longer by less than can matter elsewhere, the later ones of a class or the earlier ones.

import type { RgbImage } from "@pinmem/core";
import { arange, noGrad, scope } from "@pinmem/torch";
import type { ClassMemory } from "../memory/class-memory.js";
import type { SegmentationNetwork } from "../models/segmentation-network.js";
import { askNetwork, limits, type NetworkAnswer } from "./compare.js";

/** What a row is longer by than the one before: more than engines' cosines are apart, far less than their limit. */
const NUDGE = 1e-4;

/** The answer with the pixels that are undecided; as it is where each class has one row. */
export function withUndecided(
  network: SegmentationNetwork,
  picture: RgbImage,
  answer: NetworkAnswer,
): NetworkAnswer {
  const { memory } = network;
  if (!memory || memory.rowsPerClass === 1) return answer;
  const undecided = new Uint8Array(answer.labels.length);
  for (const nudge of [NUDGE, -NUDGE]) {
    const { logits } = withNudgedRows(memory, nudge, () => askNetwork(network, picture));
    markApart(undecided, answer.logits, logits);
  }
  // Of fewer pixels than half, a comparison would say little.
  const count = undecided.reduce((sum, value) => sum + value, 0);
  return count > undecided.length / 2 ? answer : { ...answer, undecided };
}

function markApart(undecided: Uint8Array, before: Float32Array, after: Float32Array): void {
  // A part of what is let pass, since several such places may come together, and noise comes on top.
  const most = (limits.logits / 4) * before.reduce((largest, value) => Math.max(largest, Math.abs(value)), 0);
  for (const [at, value] of before.entries()) {
    if (Math.abs(value - (after[at] as number)) > most) undecided[at % undecided.length] = 1;
  }
}

function withNudgedRows<T>(memory: ClassMemory, nudge: number, body: () => T): T {
  const { items, classes, rowsPerClass } = memory;
  using before = noGrad(() => items.clone());
  noGrad(() =>
    scope(() => {
      const factor_R1 = arange(rowsPerClass, { dtype: "float32", device: items.device }).mul(nudge).add(1);
      items.mul_(factor_R1.repeat([classes]).unsqueeze(1));
    }),
  );
  try {
    return body();
  } finally {
    memory.store(before);
  }
}
