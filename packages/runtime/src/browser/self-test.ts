// Whether a device computes what it should: the model's own small picture has to get the labels that it is known to have. Some
// devices compute wrongly without saying so.

import type { ExportedModel } from "@pinmem/core/formats";
import type { Runner } from "../runner.js";
import { fromBase64 } from "./base64.js";

/** @returns what is wrong; null: nothing */
export async function selfTestProblem(
  runner: Runner,
  { model, rows }: { readonly model: ExportedModel; readonly rows: Float32Array | null },
): Promise<string | null> {
  const { selfTest, memory, labels, normalization } = model;
  const { width, height } = selfTest;
  const state = memory &&
    rows && { rows, temperature: memory.read.temperature, voteWeight: memory.voteWeight };
  const picture = { width, height, pixels: fromBase64(selfTest.pixels) };
  const { auto, weight = 0 } = normalization ?? {};
  const inputs = { memory: state, ownWeight: auto?.weight ?? weight };
  const found = (await runner.segment(picture, inputs, {})).labels;
  const known = fromBase64(selfTest.labels);
  const wrong = known.filter((label, at) => label !== labels.ignoreIndex && label !== found[at]).length;
  return wrong === 0 ? null : `${wrong} of ${known.length} pixels of the self-test have a wrong label`;
}
