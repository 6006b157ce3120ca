// A few steps of training on the labeled pictures of a place: only what places differ in and a handful of pictures can tell, the
// scales and shifts of norms, the write network and the classifier's last convolution. Running statistics stay those of the
// place. The loss is the cross entropy of what the network answers, votes included, after the picture was written into the
// memory, so that the write network learns through it.
// Source of training norms alone: Wang et al., "Tent", ICLR 2021 (there without labels).

import { setImmediate } from "node:timers/promises";
import { Random } from "@pinmem/core";
import { type Device, dispose, nn, optim, scope, type Tensor } from "@pinmem/torch";
import type { Dataset } from "../datasets/dataset.js";
import { type EvaluationImage, evaluationImages } from "../loading/evaluation-loader.js";
import { imageTensors } from "../loading/image-tensors.js";
import { crossEntropyLoss } from "../losses/segmentation.js";
import { BackboneNetwork } from "../models/backbone-network.js";
import { decodeWith } from "../models/segment.js";
import type { SegmentationNetwork } from "../models/segmentation-network.js";
import { memoryOf } from "../training/methods/method.js";

export interface TrainStepsOptions {
  readonly steps: number;
  /** Of the order of the pictures. */
  readonly seed: number;
  /** Whether the write network is trained too: where the memory is written through it. */
  readonly writes: boolean;
  readonly rate?: number;
  readonly device?: Device;
  readonly onStep?: (done: number, total: number) => void;
}

/** Small: pictures are few, and the network is trained. */
const RATE = 1e-4;

/** Pixels of the longest side that a step looks at. */
const LARGEST_SIDE = 768;

/**
 * Trains a network with a memory, in its trained form and evaluation mode, in which it stays; rows of the memory are left as
 * they are. The same seed gives the same weights on the same machine.
 * @throws DataError naming a picture that cannot be used; what `onStep` throws
 */
export async function trainSteps(
  network: SegmentationNetwork,
  dataset: Dataset,
  { steps, seed, writes, rate = RATE, device = "cpu", onStep = () => {} }: TrainStepsOptions,
): Promise<void> {
  const pictures: EvaluationImage[] = [];
  for await (const picture of evaluationImages(dataset)) pictures.push(picture);
  const parameters = trainable(network, writes);
  for (const parameter of parameters) parameter.requiresGrad_(true);
  const optimizer = new optim.Adam(parameters, { lr: rate });
  try {
    for (let step = 0; step < steps; step++) {
      const whole = pictures[turnOf(step, pictures.length, seed)] as EvaluationImage;
      const picture = partOf(whole, new Random({ seed, index: step, stream: "adaptation part" }));
      scope(() => {
        optimizer.zeroGrad();
        lossOf(network, picture, { writes, device }).backward();
        optimizer.step();
      });
      onStep(step + 1, steps);
      await setImmediate();
    }
  } finally {
    optimizer.zeroGrad();
    dispose(
      [...optimizer.stateDict().state.values()].flatMap((entry) => Object.values(entry).filter(isTensor)),
    );
    network.requiresGrad_(false);
  }
}

const isTensor = (value: unknown): value is Tensor => typeof value === "object";

/** Every picture once before one comes again, in another order each time. */
function turnOf(step: number, pictures: number, seed: number): number {
  const random = new Random({ seed, epoch: Math.floor(step / pictures), stream: "adaptation" });
  return random.randperm(pictures)[step % pictures] as number;
}

type Labeled = Pick<EvaluationImage, "image" | "label" | "width" | "height">;

/** The picture, or of a large one a part whose gradients fit into memory. */
function partOf(picture: Labeled, random: Random): Labeled {
  const [width, height] = [Math.min(picture.width, LARGEST_SIDE), Math.min(picture.height, LARGEST_SIDE)];
  if (width === picture.width && height === picture.height) return picture;
  const left = random.randint(0, picture.width - width + 1);
  const top = random.randint(0, picture.height - height + 1);
  const cut = (from: Uint8Array, channels: number): Uint8Array => {
    const part = new Uint8Array(width * height * channels);
    for (let row = 0; row < height; row++) {
      const start = ((top + row) * picture.width + left) * channels;
      part.set(from.subarray(start, start + width * channels), row * width * channels);
    }
    return part;
  };
  return { image: cut(picture.image, 3), label: cut(picture.label, 1), width, height };
}

function trainable(network: SegmentationNetwork, writes: boolean): nn.Parameter[] {
  const norms = network
    .modules()
    .filter((module) => module instanceof nn.BatchNorm2d || module instanceof nn.InstanceNorm2d);
  const chosen = [
    ...norms.flatMap((norm) => norm.parameters()),
    ...(writes && network.memory ? network.memory.writenet.parameters() : []),
    ...(network instanceof BackboneNetwork ? network.final2.parameters() : []),
  ];
  return [...new Set(chosen)];
}

function lossOf(
  network: SegmentationNetwork,
  picture: Labeled,
  { writes, device }: { writes: boolean; device: Device },
): Tensor {
  const memory = memoryOf(network, "trainSteps");
  const { image, label } = imageTensors(picture, device);
  const { feature, lowLevel } = network.encode(image);
  // With several rows a class there is none for the place to be written into: they stay.
  const items = writes && memory.rowsPer === null ? memory.write(feature, label) : memory.items;
  const reading = memory.read(feature, { items });
  const size = [picture.height, picture.width] as const;
  return crossEntropyLoss(decodeWith(network, { feature, lowLevel }, reading, size), label);
}
