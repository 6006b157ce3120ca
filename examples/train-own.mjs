// Trains by a method of one's own on data of one's own.
//
//   npx pinmem data streets --domain boulevard --count 40 --out looks/boulevard
//   npx pinmem data streets --domain toy-town --count 40 --out looks/toy-town
//   node examples/train-own.mjs looks runs/own 20
//
// Each folder in `looks` is a domain: images/NAME.png, and labels/NAME.png with the train ids of Cityscapes.

import { readdirSync } from "node:fs";
import { join } from "node:path";
import { defineDataset, defineRecipe, train } from "pinmem";
import { finalWrite, Progress, trainingPass } from "pinmem/training";

const [looks = "looks", folder = "runs/own", steps = "20"] = process.argv.slice(2);

const domains = readdirSync(looks).map((name) => {
  const images = readdirSync(join(looks, name, "images"));
  const inFolder = (/** @type {string} */ kind, /** @type {string} */ file) => join(looks, name, kind, file);
  const pair = (/** @type {string} */ file) => ({
    image: inFolder("images", file),
    label: inFolder("labels", file),
  });
  return defineDataset({ name, samples: images.map(pair) });
});

/**
 * Half-way to the paper: some domains write the memory, the others read it, but no inner step comes between.
 * @type {import("pinmem").MethodFactory}
 */
const heldOutMemory = (context) => ({
  name: "held-out-memory",
  splitsDomains: true,
  accumulate({ metaTrain, metaTest }, { share = 1 }) {
    const writing = trainingPass(context, metaTrain, { items: context.network.memory?.items, write: true });
    writing.backward(share / 2);
    const reading = trainingPass(context, metaTest ?? metaTrain, { items: writing.written?.detach() });
    reading.backward(share / 2);
    return { "meta-train": writing.losses, "meta-test": reading.losses };
  },
  afterStep: (episodes) => finalWrite(context, episodes),
});

const recipe = defineRecipe({
  name: "own",
  data: {
    sources: domains.map(({ name }) => ({ name: "custom", as: name })),
    crop: { width: 96, height: 96 },
    perDomain: 2,
  },
  model: { backbone: "mobilenet_v2" },
  method: { name: "custom", as: "held-out-memory", memoryStart: { batches: 4 } },
  length: { steps: Number(steps) },
});
await train(recipe, { folder, datasets: domains, method: heldOutMemory, events: [new Progress()] });
