import { expect, it } from "vitest";
import { folderOfLabels } from "../../test/label-folders.js";
import type { Dataset } from "../datasets/dataset.js";
import { LabelDecoder } from "../datasets/label-decoding.js";
import { openNamedDataset } from "../datasets/sets/index.js";
import { streetsDataset } from "../datasets/sets/streets.js";
import { openSample } from "./open-sample.js";

/** How many samples are opened, one after the other, before a signal is heard. */
async function openedUnheard({ samples, decoding, space }: Dataset): Promise<number> {
  let isHeard = false;
  setImmediate(() => {
    isHeard = true;
  });
  let opened = 0;
  for (const sample of samples) {
    await openSample(sample, { decoder: new LabelDecoder(decoding), space });
    if (isHeard) return opened;
    opened++;
  }
  return opened;
}

it("lets signals be heard between samples, rendered or from files, which come without a pause", async () => {
  const files = await openNamedDataset("folder", { root: await folderOfLabels([[0], [1], [2]]) });
  const scenes = streetsDataset({ domain: "fog", count: 3, seed: 0, width: 64, height: 32 });
  for (const dataset of [files, scenes]) expect(await openedUnheard(dataset)).toBeLessThan(2);
});
