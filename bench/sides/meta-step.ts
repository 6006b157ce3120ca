// Our side of `npm run bench -- meta-step`: one iteration of `pin-memory`, through the method that users train with.

import { buildInfo, fromTypedArray, manualSeed, randn, scope, setNumThreads } from "@pinmem/torch";
import {
  type BackboneName,
  createNetwork,
  createOptimizer,
  type Episode,
  type LabelledBatch,
  type Layout,
  layOut,
  lossWeightsSchema,
  PinMemory,
  Random,
} from "pinmem";
import { answer } from "../lib/answer.js";

const CLASSES = 19;
const BLOCK = 16;
// Noise and random weights diverge at the method's own rates, above all in the second order; these cost the same time.
const LEARNING_RATE = 1e-6;
const INNER_RATE = 1e-7;

interface Built {
  step(): { losses: number[] };
  readonly parameters: number;
}

const backbones: Readonly<Record<string, BackboneName>> = {
  resnet50: "resnet50",
  mobilenetv2: "mobilenet_v2",
};

let built: Built | undefined;

function build(
  backbone: string,
  {
    order,
    layout,
    size,
    images,
  }: { order: "first" | "second"; layout: Layout; size: number; images: number },
): Built {
  manualSeed(0);
  const name = backbones[backbone];
  if (!name) throw new Error(`there is no backbone ${backbone}`);
  const network = createNetwork({ backbone: name, memory: {} });
  network.train();
  layOut(network, layout);
  const method = new PinMemory({ network, weights: lossWeightsSchema.parse({}) }, { order });
  const optimizer = createOptimizer(
    network,
    { kind: "sgd", momentum: 0.9, nesterov: false, weightDecay: 5e-4, decay: "all" },
    LEARNING_RATE,
  );
  const batch = (seed: number): LabelledBatch => {
    const { image, label } = domain(seed, size, images);
    return { image: layout === "channels-last" ? image.to({ memoryFormat: "channelsLast" }) : image, label };
  };
  const episode: Episode = { metaTrain: batch(0), metaTest: batch(1) };
  const step = () =>
    scope(() => {
      optimizer.zeroGrad();
      const passes = method.accumulate(episode, { innerRate: INNER_RATE });
      optimizer.step();
      method.afterStep([episode]);
      return { losses: Object.values(passes).map(({ total }) => total.toNumber()) };
    });
  return { step, parameters: network.parameters().reduce((sum, { numel }) => sum + numel, 0) };
}

/** Noise, with labels in blocks of which one in twenty is ignored: the peer's inputs in kind. */
function domain(seed: number, size: number, images: number): LabelledBatch {
  const random = new Random({ seed, stream: "meta-step" });
  const across = size / BLOCK;
  const blocks = Array.from({ length: images * across * across }, () => random.randint(0, CLASSES + 1));
  const label = BigInt64Array.from({ length: images * size * size }, (_, at) => {
    const [image, y, x] = [Math.floor(at / size ** 2), Math.floor(at / size) % size, at % size];
    const value = blocks[(image * across + Math.floor(y / BLOCK)) * across + Math.floor(x / BLOCK)] as number;
    return BigInt(value === CLASSES ? 255 : value);
  });
  return {
    image: randn([images, 3, size, size]),
    label: fromTypedArray(label, [images, size, size]),
  };
}

await answer(({ task, threads, backbone, order = "first", layout = "contiguous", size, images }) => {
  if (threads !== undefined) setNumThreads(threads as number);
  if (task === "versions") return { libtorch: buildInfo().libtorch, node: process.version };
  if (task === "build") {
    built = build(backbone as string, {
      order: order as "first" | "second",
      layout: layout as Layout,
      size: size as number,
      images: images as number,
    });
    return { parameters: built.parameters };
  }
  if (task !== "step" || !built) throw new Error(`unknown task ${task}`);
  const cpu = process.cpuUsage();
  const start = performance.now();
  const { losses } = built.step();
  const seconds = (performance.now() - start) / 1000;
  const { user, system } = process.cpuUsage(cpu);
  return { seconds, cpuSeconds: (user + system) / 1e6, losses };
});
