// Trains where it is day, then fits the network to a place where it is night: from pictures alone, and from a few with labels.
//
//   node examples/adapt-to-a-place.mjs runs/place 60
//
// The streets are rendered, so that nothing has to be downloaded. With files it is the same: `images` and `labels` are folders.

import { adaptToPlace, defineRecipe, evaluateRun, openRun, train, writeMemory } from "pinmem";
import { streetsDataset } from "pinmem/data";

const [folder = "runs/place", steps = "60"] = process.argv.slice(2);

const look = /** @type {const} */ ({ name: "streets", count: 16, width: 128, height: 64 });
const recipe = defineRecipe({
  name: "place",
  data: {
    sources: ["boulevard", "toy-town"].map((domain) => ({ ...look, domain })),
    crop: { width: 64, height: 64 },
    perDomain: 2,
  },
  model: { backbone: "mobilenet_v2" },
  method: { name: "memory-erm", memoryStart: { batches: 4 } },
  optimizer: { kind: "adamw" },
  learningRate: { kind: "polynomial", base: 0.001 },
  length: { steps: Number(steps) },
  validation: { preciseBatchNorm: 10 },
});
await train(recipe, { folder: `${folder}/trained` });

// Four pictures of the place are at hand, with labels; what is scored are others.
const night = { domain: "night", width: 128, height: 64 };
const place = streetsDataset({ ...night, count: 4 });
const unseen = { name: "night", dataset: streetsDataset({ ...night, count: 4, seed: 1 }), role: null };

/** @param {import("pinmem").OpenRun} run */
async function score(run) {
  const { domains } = await evaluateRun(run, { domains: [unseen] });
  return `${(100 * (domains[0]?.meanIoU ?? 0)).toFixed(1)} % mean IoU`;
}

console.log(`as trained: ${await score(await openRun(`${folder}/trained`))}`);

const alone = await adaptToPlace(`${folder}/trained`, { images: place, shots: 0, out: `${folder}/pictures` });
console.log(`with statistics of the place: ${await score(await openRun(alone.out))}`);

const labeled = await adaptToPlace(`${folder}/trained`, { images: place, out: `${folder}/labels` });
const { weight, vote, written } = labeled.record;
console.log(`with labels, statistics x ${weight}, votes x ${vote}, rows of ${written.length} classes:`);
console.log(`  ${await score(await openRun(labeled.out))}`);

// Rows can be written at any time, without a new run: here half-way towards one more picture.
const run = await openRun(labeled.out);
await writeMemory(run, streetsDataset({ ...night, count: 1, seed: 2 }), { momentum: 0.5 });
console.log(`and one more picture: ${await score(run)}`);
