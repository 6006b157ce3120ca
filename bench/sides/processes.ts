// A process of `npm run bench -- processes`: one of several that train together, or one alone. Steps are the trainer's own, with data that
// cost nothing, one at a time as they are asked for.

import { buildInfo, setNumThreads } from "@pinmem/torch";
import type { Batch } from "pinmem/data";
import { createNetwork, setMemoryFormat } from "pinmem/models";
import {
  createOptimizer,
  type Episode,
  type LabeledBatch,
  lossWeightsSchema,
  openWorld,
  PinMemory,
  Trainer,
  type TrainerHook,
  type TrainingData,
} from "pinmem/training";
import { answer } from "../lib/answer.js";
import { noise } from "../lib/noise.js";

/** Noise and random weights diverge at the method's own rates; these cost the same time. */
const [LEARNING_RATE, INNER_RATE] = [1e-6, 1e-7];

interface Building {
  readonly backbone: "mobilenet_v2" | "resnet50";
  readonly size: number;
  readonly images: number;
  readonly threads: number;
  readonly accumulation: number;
}

/** Batches in name only: what there is to prepare is made there. */
class NoData implements TrainingData {
  readonly domains = ["north", "south"];
  readonly batchesPerEpoch = 1000;
  constructor(readonly perDomain: number) {}

  async *batches(): AsyncGenerator<Batch, void, undefined> {
    const nothing = new Uint8Array();
    for (;;) {
      yield {
        epoch: 0,
        index: 0,
        image: nothing,
        label: nothing,
        size: { width: 0, height: 0 },
        choices: [],
      };
    }
  }

  files(): string[] {
    return [];
  }
}

/** Lets the trainer go on by one step for each that is asked for. */
class Gate implements TrainerHook {
  #open: () => void = () => {};
  #done: () => void = () => {};
  #waiting = this.#shut();

  #shut(): Promise<void> {
    return new Promise((resolve) => {
      this.#open = resolve;
    });
  }

  async before(): Promise<void> {
    await this.#waiting;
    this.#waiting = this.#shut();
  }

  after(): void {
    this.#done();
  }

  step(): Promise<void> {
    return new Promise((resolve) => {
      this.#done = resolve;
      this.#open();
    });
  }
}

const gate = new Gate();

async function build({ backbone, size, images, threads, accumulation }: Building) {
  setNumThreads(threads);
  const world = await openWorld();
  const network = createNetwork({ backbone, memory: {} });
  setMemoryFormat(network, "channelsLast", "cpu");
  const given = [0, 1].map((seed) => {
    const { image, label } = noise({ seed, stream: "processes", size, images });
    return { image: image.to({ memoryFormat: "channelsLast" }), label };
  });
  const prepare = (): Episode => {
    const [metaTrain, metaTest] = given.map(({ image, label }) => ({
      image: image.clone(),
      label: label.clone(),
    })) as [LabeledBatch, LabeledBatch];
    return { metaTrain, metaTest };
  };
  const trainer = new Trainer({
    name: "bench",
    seed: 1,
    device: "cpu",
    steps: 10_000,
    network,
    method: new PinMemory({ network, weights: lossWeightsSchema.parse({}) }),
    ...createOptimizer(
      network,
      { kind: "sgd", momentum: 0.9, nesterov: false, weightDecay: 5e-4, decay: "all", factors: {} },
      LEARNING_RATE,
    ),
    data: new NoData(images),
    prepare,
    learningRate: () => LEARNING_RATE,
    innerRate: () => INNER_RATE,
    accumulation,
    world,
    noisePerTurn: true,
    hooks: [gate],
  });
  trainer.run().catch((error: unknown) => {
    console.error(error);
    process.exit(1);
  });
  const bytes = network.parameters().reduce((sum, { numel }) => sum + 4 * numel, 0);
  return { bytes };
}

await answer(async ({ task, ...rest }) => {
  if (task === "versions") return { libtorch: buildInfo().libtorch, node: process.version };
  if (task === "build") return build(rest as unknown as Building);
  if (task !== "step") throw new Error(`unknown task ${task}`);
  const begin = performance.now();
  await gate.step();
  return { seconds: (performance.now() - begin) / 1000 };
});
process.exit(0); // The training has no end of its own.
