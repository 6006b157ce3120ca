// A whole training run in miniature: the tiny network on made-up images, with every part of the trainer.

import { Random } from "@pinmem/core";
import type { EventSink, TrainingEvent } from "@pinmem/core/formats";
import { fromTypedArray, manualSeed, optim } from "@pinmem/torch";
import type { Batch } from "../src/loading/loader.js";
import { CheckpointStore } from "../src/training/checkpoints/checkpoint-store.js";
import type { DomainSplit } from "../src/training/domain-split.js";
import type { Episode, LabeledBatch } from "../src/training/episode.js";
import { lossWeightsSchema } from "../src/training/losses.js";
import type { Method } from "../src/training/methods/method.js";
import { PinMemory } from "../src/training/methods/pin-memory.js";
import type { PassContext } from "../src/training/methods/training-pass.js";
import { Trainer, type TrainerOptions } from "../src/training/trainer.js";
import type { Position, TrainingData } from "../src/training/training-data.js";
import { TinyNetwork, type TinyOptions } from "./tiny-network.js";

const CLASSES = 4;
const SIZE = 8;
const PER_DOMAIN = 2;

/** Images and labels that are a function of the position alone. */
export class MadeUpData implements TrainingData {
  readonly perDomain = PER_DOMAIN;
  readonly batchesPerEpoch: number = 7;
  constructor(readonly domains: readonly string[] = ["north", "south"]) {}

  async *batches(
    { epoch, index }: Position,
    only: (turn: number) => boolean = () => true,
  ): AsyncGenerator<Batch, void, undefined> {
    for (let turn = epoch * this.batchesPerEpoch + index; ; turn++) {
      if (!only(turn)) continue;
      yield this.batch({
        epoch: Math.floor(turn / this.batchesPerEpoch),
        index: turn % this.batchesPerEpoch,
      });
    }
  }

  batch(position: Position): Batch {
    const images = this.domains.length * PER_DOMAIN;
    const random = new Random({ seed: 5, ...position, stream: "made up" });
    // One class in each quarter of an image.
    const classes = Array.from({ length: images * 4 }, () => random.randint(0, CLASSES));
    const label = Uint8Array.from({ length: images * SIZE * SIZE }, (_, at) => {
      const [image, y, x] = [Math.floor(at / SIZE ** 2), Math.floor(at / SIZE) % SIZE, at % SIZE];
      return classes[4 * image + 2 * Number(y >= SIZE / 2) + Number(x >= SIZE / 2)] as number;
    });
    // Brightness tells the class, so that there is something to learn.
    const image = Uint8Array.from({ length: label.length * 3 }, (_, at) =>
      Math.min(255, 50 * (label[Math.floor(at / 3)] as number) + random.randint(0, 60)),
    );
    const choices = Array.from({ length: images }, (_, at) => ({
      dataset: Math.floor(at / PER_DOMAIN),
      sample: position.index,
    }));
    return { ...position, image, label, size: { width: SIZE, height: SIZE }, choices };
  }

  files({ choices }: Batch): string[] {
    return choices.map(({ dataset, sample }) => `${this.domains[dataset]}/${sample}.png`);
  }
}

export function prepare({ image, label, choices }: Batch, split: DomainSplit | null): Episode {
  const images = choices.length;
  const pixels = fromTypedArray(image, [images, SIZE, SIZE, 3]).permute([0, 3, 1, 2]).to("float32");
  const ids = fromTypedArray(label, [images, SIZE, SIZE]).to("int64");
  const of = (domains: readonly number[]): LabeledBatch => {
    const [domain = 0] = domains;
    const [from, count] = [domain * PER_DOMAIN, domains.length * PER_DOMAIN];
    return { image: pixels.narrow(0, from, count).div(255), label: ids.narrow(0, from, count) };
  };
  if (!split) return { metaTrain: of([0, 1]), metaTest: null };
  return { metaTrain: of(split.metaTrain), metaTest: of(split.metaTest) };
}

export class Recorder implements EventSink {
  readonly events: TrainingEvent[] = [];
  write(event: TrainingEvent): void {
    this.events.push(event);
  }
  flush(): void {}
  close(): void {}
}

export interface TinyRun {
  readonly trainer: Trainer;
  readonly network: TinyNetwork;
  readonly events: TrainingEvent[];
}

export function tinyRun({
  folder,
  steps = 12,
  every = 4,
  method = (context) => new PinMemory(context),
  vote = 0,
  ...more
}: Partial<Omit<TrainerOptions, "method">> & {
  folder?: string;
  every?: number;
  method?: (context: PassContext) => Method;
  vote?: TinyOptions["vote"];
} = {}): TinyRun {
  manualSeed(1);
  const network = new TinyNetwork({ classes: CLASSES, dropout: 0.2, read: { gumbel: "training" }, vote });
  const recorder = new Recorder();
  const trainer = new Trainer({
    name: "tiny",
    seed: 1,
    device: "cpu",
    steps,
    network,
    method: method({ network, weights: lossWeightsSchema.parse({}) }),
    optimizer: new optim.SGD(network.parameters(), { lr: 0.1, momentum: 0.9 }) as never,
    data: new MadeUpData(),
    prepare,
    learningRate: optim.schedule.polynomial({ base: 0.1, total: steps }),
    innerRate: () => 0.01,
    events: [recorder],
    ...(folder ? { checkpoints: { store: new CheckpointStore(`${folder}/checkpoints`), every } } : {}),
    ...(folder ? { diagnostics: `${folder}/diagnostics` } : {}),
    ...more,
  });
  return { trainer, network, events: recorder.events };
}
