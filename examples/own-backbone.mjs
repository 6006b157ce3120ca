// A backbone of one's own: registered by a name, it is trained by a recipe, resumed, opened and inspected like any other.
//
//   node examples/own-backbone.mjs runs/own-backbone 20
//
// Every program that opens such a run registers the backbone first; for the command line, a file that does nothing else:
// NODE_OPTIONS="--import ./FILE.mjs" npx pinmem … Heads and whole networks: registerHead, registerNetwork of pinmem/models.

import { nn } from "@pinmem/torch";
import { defineRecipe, inspectRun, openRun, train } from "pinmem";
import { Backbone, planStrides, registerBackbone, Stage } from "pinmem/models";

const [folder = "runs/own-backbone", steps = "20"] = process.argv.slice(2);

/** @param {number} from @param {number} to @param {{ stride?: number, dilation?: number }} [how] */
const convolution = (from, to, { stride = 1, dilation = 1 } = {}) =>
  new nn.Sequential(
    new nn.Conv2d(from, to, 3, { stride, padding: dilation, dilation, bias: false }),
    new nn.BatchNorm2d(to),
    new nn.ReLU(),
  );

registerBackbone("plain", ({ outputStride, normalization = {} }) => {
  if (Object.keys(normalization).length > 0) throw new Error("plain has no place for instance normalization");
  // Stages that would shrink the feature below the output stride keep its size and dilate their kernels instead.
  const [layer2, layer3, layer4] = planStrides(4, [2, 2, 2], outputStride);
  return new Backbone({
    name: "plain",
    stages: {
      layer0: new Stage(convolution(3, 16, { stride: 2 }), convolution(16, 16, { stride: 2 })),
      layer1: new Stage(convolution(16, 32)),
      layer2: new Stage(convolution(32, 64, layer2), convolution(64, 64)),
      layer3: new Stage(convolution(64, 96, layer3), convolution(96, 96)),
      layer4: new Stage(convolution(96, 128, layer4), convolution(128, 128)),
    },
    channels: { layer0: 16, layer1: 32, layer2: 64, layer3: 96, layer4: 128 },
    strides: { layer0: 4, layer1: 4, layer2: layer2.total, layer3: layer3.total, layer4: layer4.total },
  });
});

const look = /** @type {const} */ ({ name: "streets", count: 4, width: 128, height: 64 });
const recipe = defineRecipe({
  name: "own-backbone",
  data: {
    sources: ["boulevard", "toy-town"].map((domain) => ({ ...look, domain })),
    targets: [{ ...look, domain: "night" }],
    crop: { width: 96, height: 64 },
    perDomain: 2,
  },
  model: { backbone: "plain" },
  method: { name: "pin-memory", memoryStart: { batches: 2 } },
  length: { steps: Number(steps) },
});
await train(recipe, { folder, signal: AbortSignal.abort() }); // interrupted at once, to be resumed
const { step } = await train(recipe, { folder, resume: true });
const run = await openRun(folder, { form: "trained" });
const { figures } = await inspectRun(run, { out: `${folder}/inspection`, parts: ["similarity"] });
console.log(`step ${step}, mean cosine between rows of the memory: ${figures.similarity?.after.mean}`);
