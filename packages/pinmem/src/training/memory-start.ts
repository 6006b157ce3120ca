// The memory's start: for each class the mean direction of its features over training images, as the network sees them
// before training (or after a warm-up), in evaluation mode. Kim et al., CVPR 2022, section 3.1.

import type { LabelSpace } from "@pinmem/core";
import type { TrainingEvent } from "@pinmem/core/formats";
import { type Device, noGrad, scope } from "@pinmem/torch";
import type { ClassSums } from "../memory/class-sums.js";
import type { TrainableNetwork } from "../models/trainable-network.js";
import { alone, shareOf, type World } from "../processes/world.js";
import { withRandomState } from "./checkpoints/snapshot.js";
import type { LabeledBatch } from "./episode.js";
import { memoryEvent } from "./events/memory-event.js";
import { heed } from "./heed.js";
import type { MemoryStartConfig } from "./methods/index.js";
import { memoryOf } from "./methods/method.js";
import { inPrecision, type Precision } from "./precision.js";
import type { TrainerHook } from "./trainer.js";
import type { TrainingImages } from "./training-images.js";

export interface StartReport {
  readonly batches: number;
  /** Train ids of classes that did not occur: their rows are zero. */
  readonly absent: readonly number[];
}

export interface StartOptions {
  readonly precision?: Precision;
  readonly signal?: AbortSignal | undefined;
  /** The processes that start it together. Default: this one alone. */
  readonly world?: World;
  /** How many batches other processes see before this one's. */
  readonly batchesBefore?: number;
}

/** Fills the network's memory from labeled batches, each process from its own. @throws the signal's reason where it asks for an end before the last */
export async function startMemory(
  network: TrainableNetwork,
  batches: AsyncIterable<LabeledBatch>,
  { precision = "float32", signal, world = alone, batchesBefore = 0 }: StartOptions = {},
): Promise<StartReport> {
  const memory = memoryOf(network, "startMemory");
  const mode = network.training;
  let sums: ClassSums | null = null;
  let count = 0;
  network.eval();
  try {
    for await (const { image, label, domains } of batches) {
      await heed(signal);
      sums ??= memory.collect({ imagesBefore: batchesBefore * image.size(0) });
      const into = sums;
      scope(() =>
        noGrad(() => {
          const { feature } = inPrecision(precision, image.device, () => network.encode(image));
          into.add(feature, label, memory.rowsPer === "domain" ? { domains } : {});
        }),
      );
      count++;
    }
    sums ??= memory.collect();
    await world.sum(sums.tensors);
    if (count === 0 && world.size === 1)
      throw new Error("startMemory: there is no batch to start the memory from");
    const all = sums;
    scope(() => memory.store(all.items().to(memory.items.dtype)));
    const absent = sums.counts.flatMap((share, trainId) => (share === 0 ? [trainId] : []));
    return { batches: count, absent };
  } finally {
    network.train(mode);
    sums?.[Symbol.dispose]();
  }
}

export interface MemoryStartOptions {
  readonly network: TrainableNetwork;
  readonly device: Device;
  readonly precision: Precision;
  readonly config: MemoryStartConfig;
  readonly space: LabelSpace;
  readonly batchesPerEpoch: number;
  readonly images: TrainingImages;
  readonly emit: (event: TrainingEvent) => Promise<void>;
  /** The processes that start it together, each from its share of the images. Default: this one alone. */
  readonly world?: World;
}

/** The official code averages over two epochs. */
const OFFICIAL_EPOCHS = 2;

/** Starts the memory when so many steps are done, and tells how its rows compare then. */
export class MemoryStart implements TrainerHook {
  readonly #options: MemoryStartOptions;

  constructor(options: MemoryStartOptions) {
    this.#options = options;
  }

  async before(done: number, signal?: AbortSignal): Promise<void> {
    const { network, device, precision, config, space, batchesPerEpoch, images, emit } = this.#options;
    const { world = alone } = this.#options;
    if (done !== config.afterSteps) return;
    const count = config.batches === "official" ? OFFICIAL_EPOCHS * batchesPerEpoch : config.batches;
    const { absent } = await withRandomState(device, () =>
      startMemory(network, images("memory start", count), {
        precision,
        signal,
        world,
        batchesBefore: shareOf(world, count).from,
      }),
    );
    const names = absent.map((trainId) => space.classes[trainId]?.name ?? String(trainId));
    const missing = names.length > 0 ? `; without ${names.join(", ")}` : "";
    await emit({
      event: "note",
      step: done,
      text: `the memory starts from ${count} ${count === 1 ? "batch" : "batches"}${missing}`,
    });
    await emit(memoryEvent(memoryOf(network, "MemoryStart"), space, done));
  }
}
