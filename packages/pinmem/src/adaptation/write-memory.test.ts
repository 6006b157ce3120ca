import { join } from "node:path";
import { renderStreet } from "@pinmem/streets";
import { fromTypedArray, liveTensors, noGrad, scope } from "@pinmem/torch";
import { beforeEach, expect, it } from "vitest";
import { collectGarbage } from "../../test/collect-garbage.js";
import { temporaryFolder } from "../../test/data-fixtures.js";
import { miniRecipe } from "../../test/mini-recipe.js";
import "../../test/tiny-backbone.js";
import { untrainedRun } from "../../test/untrained-run.js";
import { streetsDataset } from "../datasets/sets/streets.js";
import { writeLabelPng, writeRgbPng } from "../images/write-png.js";
import { imageTensor, normalize } from "../loading/batch-tensors.js";
import { createRecipeNetwork } from "../recipes/recipe-network.js";
import { type OpenRun, openRun } from "../runs/open-run.js";
import { writeMemory } from "./write-memory.js";

const root = temporaryFolder();
const run = untrainedRun(join(root, "run"), { recipe: miniRecipe({ model: { backbone: "tiny" } }) });
const [width, height] = [48, 32];
const pictures = [0, 1].map((index) => {
  const { image, label } = renderStreet({ domain: "night", seed: 0, index, width, height });
  return { image: { width, height, pixels: image }, trainIds: label };
});

let opened: OpenRun;
beforeEach(() => {
  opened = openRun(run, { form: "trained" });
  return () => opened[Symbol.dispose]();
});

const rows = () => opened.network.memory?.items.toArray() as number[][];

it("gives classes that occur the rows that a memory starts with in training, and leaves the others", async () => {
  const before = rows();
  await collectGarbage(); // of the tests before
  const live = liveTensors();
  const written = await writeMemory(opened, pictures);
  expect(liveTensors()).toBe(live);
  const wanted = scope(() =>
    noGrad(() => {
      const { network } = opened;
      using sums = (network.memory as NonNullable<typeof network.memory>).collect();
      for (const { image, trainIds } of pictures) {
        const { feature } = network.encode(normalize(imageTensor(image.pixels, [1, height, width])));
        sums.add(feature, fromTypedArray(trainIds, [1, height, width]).to("int64"));
      }
      return sums.items().toArray() as number[][];
    }),
  );
  const names = opened.space.classes.map(({ name }) => name);
  expect(written.length).toBeGreaterThan(3);
  for (const [trainId, row] of rows().entries()) {
    const expected = written.includes(names[trainId] as string) ? wanted[trainId] : before[trainId];
    for (const [c, value] of row.entries()) expect(value).toBeCloseTo(expected?.[c] as number, 5);
  }
});

it("gives the same from files and from scenes", async () => {
  const files = pictures.map((_, index) => ({
    image: join(root, `${index}.png`),
    label: join(root, `${index}-label.png`),
  }));
  for (const [index, { image, trainIds }] of pictures.entries()) {
    const { image: imageFile, label: labelFile } = files[index] as (typeof files)[number];
    await writeRgbPng(imageFile, image);
    await writeLabelPng(labelFile, { width, height, labels: trainIds });
  }
  await writeMemory(opened, pictures);
  const fromPixels = rows();
  await writeMemory(opened, files);
  expect(rows()).toEqual(fromPixels);
  await writeMemory(opened, streetsDataset({ domain: "night", count: 2, width, height }));
  expect(rows()).toEqual(fromPixels);
  await writeMemory(opened, pictures, { momentum: 0.5 });
  for (const [trainId, row] of rows().entries())
    for (const [c, value] of row.entries()) expect(value).toBeCloseTo(fromPixels[trainId]?.[c] as number, 5);
});

it("refuses what leaves nothing to write, or nowhere", async () => {
  const before = rows();
  const [picture] = pictures as [(typeof pictures)[number]];
  const blank = { ...picture, trainIds: new Uint8Array(width * height).fill(255) };
  await expect(writeMemory(opened, [blank])).rejects.toThrow("nothing is labeled in 1 pictures");
  await expect(writeMemory(opened, [{ ...picture, trainIds: blank.trainIds.subarray(1) }])).rejects.toThrow(
    "1535 train ids",
  );
  await expect(writeMemory(opened, pictures, { momentum: 1 })).rejects.toThrow("momentum is 1");
  const plain = createRecipeNetwork(miniRecipe({ method: { name: "erm" } }), 19).eval();
  await expect(writeMemory({ network: plain, space: opened.space }, pictures)).rejects.toThrow(
    /the network has no memory .*; adaptToPlace makes a run with one/,
  );
  expect(rows()).toEqual(before);
});
