// Our side of `npm run bench -- meta-step`: one iteration of `pin-memory`, through the method that users train with.

import { buildInfo, cudaMemory, type Device, manualSeed, randn, scope, setNumThreads } from "@pinmem/torch";
import {
  type BackboneName,
  type BackboneNetwork,
  createNetwork,
  describe,
  type MemoryFormat,
  setMemoryFormat,
} from "pinmem/models";
import {
  createOptimizer,
  type Episode,
  type LabeledBatch,
  lossWeightsSchema,
  PinMemory,
} from "pinmem/training";
import { answer } from "../lib/answer.js";
import { noise } from "../lib/noise.js";

// Noise and random weights diverge at the method's own rates, above all in the second order; these cost the same time.
const LEARNING_RATE = 1e-6;
const INNER_RATE = 1e-7;

interface Built {
  step(): { losses: number[] };
  readonly parameters: number;
  /** Of one iteration, convolutions and products alone. */
  readonly multiplyAdds: number;
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
    memoryFormat,
    size,
    images,
    device,
  }: { order: "first" | "second"; memoryFormat: MemoryFormat; size: number; images: number; device: Device },
): Built {
  manualSeed(0);
  const name = backbones[backbone];
  if (!name) throw new Error(`there is no backbone ${backbone}`);
  const network = createNetwork({ backbone: name, memory: {} });
  network.to({ device }).train();
  setMemoryFormat(network, memoryFormat, device);
  const method = new PinMemory({ network, weights: lossWeightsSchema.parse({}) }, { order });
  const { optimizer } = createOptimizer(
    network,
    { kind: "sgd", momentum: 0.9, nesterov: false, weightDecay: 5e-4, decay: "all", factors: {} },
    LEARNING_RATE,
  );
  const batch = (seed: number): LabeledBatch => {
    const { image, label } = noise({ seed, stream: "meta-step", size, images, device });
    return {
      image: memoryFormat === "channelsLast" ? image.to({ memoryFormat: "channelsLast" }) : image,
      label,
    };
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
  return {
    step,
    parameters: network.parameters().reduce((sum, { numel }) => sum + numel, 0),
    multiplyAdds: images * multiplyAddsOf(network, size),
  };
}

/**
 * What the algorithm cannot do without, for one image of each domain: two passes forward and backward (twice a forward pass
 * again), with the auxiliary head; two writes, which take the encoder alone.
 */
function multiplyAddsOf(network: BackboneNetwork, size: number): number {
  const { parts } = describe(network, { height: size, width: size });
  const sum = (names?: readonly string[]) =>
    parts.reduce((total, { name, multiplyAdds }) => {
      return total + (names && !names.includes(name) ? 0 : (multiplyAdds ?? 0));
    }, 0);
  const side = size / (parts.find(({ name }) => name === "layer3")?.stride ?? 1);
  const auxiliary = network.dsn
    .parameters()
    .reduce((total, { dim, numel }) => total + (dim === 4 ? numel * side ** 2 : 0), 0);
  const encoder = sum(["layer0", "layer1", "layer2", "layer3", "layer4", "aspp", "bot_aspp"]);
  return 2 * 3 * (sum() + auxiliary) + 2 * encoder;
}

/** Multiply-adds a second of a convolution that suits the library: the best of several. */
function convolutionRate(): number {
  const [width, side] = [256, 64];
  return scope(() => {
    const image = randn([2, width, side, side]).to({ memoryFormat: "channelsLast" });
    const weight = randn([width, width, 3, 3]).to({ memoryFormat: "channelsLast" });
    const seconds = Array.from({ length: 12 }, () => {
      const start = performance.now();
      scope(() => void image.conv2d(weight, { padding: 1 }));
      return (performance.now() - start) / 1000;
    });
    return (2 * width ** 2 * 9 * side ** 2) / Math.min(...seconds);
  });
}

await answer(
  ({ task, threads, backbone, order = "first", memoryFormat = "channelsLast", device = "cpu", ...rest }) => {
    if (threads !== undefined) setNumThreads(threads as number);
    if (task === "versions") return { libtorch: buildInfo().libtorch, node: process.version };
    if (task === "build") {
      built = build(backbone as string, {
        order: order as "first" | "second",
        memoryFormat: memoryFormat as MemoryFormat,
        size: rest.size as number,
        images: rest.images as number,
        device: device as Device,
      });
      const { parameters, multiplyAdds } = built;
      return { parameters, multiplyAdds, ...(device === "cpu" && { rate: convolutionRate() }) };
    }
    if (task === "peak") return { bytes: cudaMemory()?.peakAllocated };
    if (task !== "step" || !built) throw new Error(`unknown task ${task}`);
    const cpu = process.cpuUsage();
    const start = performance.now();
    const { losses } = built.step();
    const seconds = (performance.now() - start) / 1000;
    const { user, system } = process.cpuUsage(cpu);
    return { seconds, cpuSeconds: (user + system) / 1e6, losses };
  },
);
