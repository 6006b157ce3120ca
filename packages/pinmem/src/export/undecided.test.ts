import { join } from "node:path";
import { cityscapes19, type RgbImage } from "@pinmem/core";
import { dispose, manualSeed, nn, noGrad, randn, saveSafetensors, scope } from "@pinmem/torch";
import { expect, it } from "vitest";
import { temporaryFolder } from "../../test/data-fixtures.js";
import { miniRecipe } from "../../test/mini-recipe.js";
import { TINY } from "../../test/tiny-backbone.js";
import { untrainedRun } from "../../test/untrained-run.js";
import { pictureInput } from "../inference/picture-input.js";
import type { ClassMemory } from "../memory/class-memory.js";
import { segment } from "../models/segment.js";
import type { SegmentationNetwork } from "../models/segmentation-network.js";
import { writeMetadata } from "../runs/model-metadata.js";
import { openRun } from "../runs/open-run.js";
import { askNetwork, differenceOf, limits } from "./compare.js";
import { exportRun } from "./export-run.js";
import { verificationPictures } from "./reference-pictures.js";
import { selfTestOf } from "./self-test.js";
import { withUndecided } from "./undecided.js";

const root = temporaryFolder();
const recipe = miniRecipe({
  model: {
    backbone: TINY,
    width: 16,
    memory: { rows: { per: "cluster", count: 2 }, vote: 2, read: { temperature: 0.02 } },
  },
});
const [picture] = verificationPictures() as [RgbImage];
const run = untrainedRun(join(root, "run"), { recipe });

/** Gives each of the first classes two rows that a pixel of the picture's feature lies between. */
function tie(network: SegmentationNetwork, classes: number): void {
  manualSeed(5);
  const { items } = network.memory as ClassMemory;
  noGrad(() =>
    scope(() => {
      const { feature } = segment(network, pictureInput([picture], "cpu"));
      const pixels_CN = nn.F.normalize(feature).select(0, 0).flatten({ startDim: 1 });
      for (let index = 0; index < classes; index++) {
        const pixel_C = pixels_CN.select(1, index);
        const aside_C = randn(pixel_C.shape);
        const across_C = nn.F.normalize(aside_C.sub(pixel_C.mul(pixel_C.dot(aside_C))), { dim: 0 });
        items.select(0, 2 * index).copy_(nn.F.normalize(pixel_C.add(across_C), { dim: 0 }));
        items.select(0, 2 * index + 1).copy_(nn.F.normalize(pixel_C.sub(across_C), { dim: 0 }));
      }
    }),
  );
}

/** As an engine would answer whose rounding prefers the later rows, or the earlier ones. */
function askOther({ items }: ClassMemory, network: SegmentationNetwork, classes: number, by: number) {
  using before = noGrad(() => items.clone());
  noGrad(() =>
    scope(() => {
      for (let index = 0; index < classes; index++) items.select(0, 2 * index + 1).mul_(1 + by);
    }),
  );
  const answer = askNetwork(network, picture);
  noGrad(() => items.copy_(before));
  return answer;
}

it.each([2, 6])("pixels that lie between two rows of a class are not compared (%i ties)", (classes) => {
  using opened = openRun(run, { form: "trained" });
  const { network } = opened;
  tie(network, classes);
  const memory = network.memory as ClassMemory;
  const rows = memory.items.toArray();
  const plain = askNetwork(network, picture);
  const expected = withUndecided(network, picture, plain);
  expect(memory.items.toArray()).toEqual(rows);
  const others = [1e-6, -1e-6].map((by) => askOther(memory, network, classes, by));
  expect(Math.max(...others.map((other) => differenceOf(plain, other).wrong))).toBeGreaterThan(1);
  for (const other of others) {
    const { wrong, logits } = differenceOf(expected, other);
    expect(wrong).toBe(0);
    expect(logits).toBeLessThan(limits.logits);
  }
  const decided = expected.undecided?.indexOf(0) as number;
  const elsewhere = plain.logits.map((value, at) => (at === decided ? value + 1 : value));
  expect(differenceOf(expected, { ...plain, logits: elsewhere }).logits).toBeGreaterThan(limits.logits);
});

it("a network of which no pixel lies between two rows is compared everywhere", () => {
  using opened = openRun(run, { form: "trained" });
  const { undecided } = withUndecided(opened.network, picture, askNetwork(opened.network, picture));
  expect(undecided).not.toContain(1);
});

it("the self-test does not ask for pixels that lie between two rows", () => {
  using opened = openRun(run, { form: "trained" });
  tie(opened.network, 6);
  const { undecided } = withUndecided(opened.network, picture, askNetwork(opened.network, picture));
  expect(undecided).toContain(1);
  const labels = Buffer.from(selfTestOf(opened.network, picture).labels, "base64");
  expect(labels.filter((label, at) => undecided?.[at] && label !== 255)).toHaveLength(0);
  expect(labels.some((label) => label !== 255)).toBe(true);
});

it("a network of which pixels lie between two rows is exported", async () => {
  const tied = untrainedRun(join(root, "tied"), { recipe });
  using opened = openRun(tied, { form: "trained" });
  tie(opened.network, 6);
  const weights = opened.network.stateDict();
  const metadata = writeMetadata({ recipe, space: cityscapes19, step: 0, score: null });
  saveSafetensors(join(tied, "last.safetensors"), weights, metadata);
  dispose([...weights.values()]);
  const { verification } = await exportRun(tied, { out: join(root, "out") });
  expect(verification.verified).toBe(true);
});

it("a label counts as another only where the network's own logits tell both apart", () => {
  const expected = { logits: Float32Array.of(10, 10, 9.985, 9), labels: Uint8Array.of(0, 0) };
  const found = { logits: null, labels: Uint8Array.of(1, 1) };
  expect(differenceOf(expected, found)).toEqual({ labels: 2, wrong: 1, pixels: 2, logits: null });
});
