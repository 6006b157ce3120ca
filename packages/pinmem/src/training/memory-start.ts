// The memory's start: for each class the mean direction of its features over training images, as the network sees them
// before training (or after a warm-up), in evaluation mode. Kim et al., CVPR 2022, section 3.1.

import { noGrad, scope } from "@pinmem/torch";
import type { LabelledBatch } from "./episode.js";
import { memoryOf } from "./methods/method.js";
import type { TrainableNetwork } from "./network.js";
import { inPrecision, type Precision } from "./precision.js";

export interface StartReport {
  readonly batches: number;
  /** Train ids of classes that did not occur: their rows are zero. */
  readonly absent: readonly number[];
}

/** Fills the network's memory from labelled batches. */
export async function startMemory(
  network: TrainableNetwork,
  batches: AsyncIterable<LabelledBatch>,
  { precision = "float32" }: { precision?: Precision } = {},
): Promise<StartReport> {
  const memory = memoryOf(network, "startMemory");
  const mode = network.training;
  using sums = memory.collect();
  let count = 0;
  network.eval();
  try {
    for await (const { image, label } of batches) {
      scope(() =>
        noGrad(() => {
          const { feature } = inPrecision(precision, image.device, () => network.encode(image));
          sums.add(feature, label);
        }),
      );
      count++;
    }
  } finally {
    network.train(mode);
  }
  if (count === 0) throw new Error("startMemory: there is no batch to start the memory from");
  scope(() => memory.store(sums.items().to(memory.items.dtype)));
  const absent = sums.counts.flatMap((share, trainId) => (share === 0 ? [trainId] : []));
  return { batches: count, absent };
}
