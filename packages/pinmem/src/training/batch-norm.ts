// Running statistics of batch norm, estimated anew as plain means over training batches of the network as it is.
//
// While meta-learning trains, the running statistics see the meta-train images only, one noisy batch after the other. As
// long as the learning rate is high they also belong to weights that are gone. Estimating them over some batches of all
// domains, weights unchanged, moved scores on validation images by +1 to +10 points in the runs that method.md reports, so
// it happens before every evaluation and at the end of training, unless a recipe asks for the official behavior.

import { cat, dispose, keep, nn, noGrad, scope, type Tensor } from "@pinmem/torch";
import { decodeWith } from "../models/segment.js";
import type { TrainableNetwork } from "../models/trainable-network.js";
import { alone, type World } from "../processes/world.js";
import type { LabeledBatch } from "./episode.js";
import { heed } from "./heed.js";
import { MovingStatistics } from "./moving-statistics.js";
import { inPrecision, type Precision } from "./precision.js";

export interface EstimationOptions {
  readonly precision?: Precision;
  /** Stops the estimation before the next batch. */
  readonly signal?: AbortSignal | undefined;
  /** The processes that estimate together, each over batches of its own. Default: this one alone. */
  readonly world?: World | undefined;
}

/**
 * Replaces the running statistics, frozen ones excepted, by their means over the batches; the rest of the network stays as it
 * is. Draws random numbers where the network has dropout or noise.
 */
export async function estimateStatistics(
  network: TrainableNetwork,
  batches: AsyncIterable<LabeledBatch>,
  { precision = "float32", signal, world = alone }: EstimationOptions = {},
): Promise<void> {
  const norms = network
    .modules()
    .filter((module) => module instanceof nn.BatchNorm2d && !module.frozen) as nn.BatchNorm2d[];
  const before = norms.map(({ momentum }) => momentum);
  const mode = network.training;
  let started = false;
  let count = 0;
  // Switchable whitening goes on from what it has.
  using moving = world.size > 1 ? new MovingStatistics(network) : null;
  try {
    for await (const batch of batches) {
      await heed(signal);
      if (!started) {
        // Not before there is a batch: without any, the old statistics are better than none.
        for (const norm of norms) {
          norm.resetRunningStats();
          norm.momentum = null;
        }
        network.train();
        started = true;
      }
      scope(() => noGrad(() => inPrecision(precision, batch.image.device, () => visitAll(network, batch))));
      count++;
    }
    if (world.size > 1) await meanOverRanks(norms, started, world);
    await moving?.combine(world, count);
  } finally {
    norms.forEach((norm, at) => {
      norm.momentum = before[at] as number | null;
    });
    network.train(mode);
  }
}

/** Means of the ranks' means, each with the weight of its batches; where nobody had a batch, all stays as it is. */
async function meanOverRanks(
  norms: readonly nn.BatchNorm2d[],
  started: boolean,
  world: World,
): Promise<void> {
  const tracked = norms.flatMap(({ runningMean, runningVar, numBatchesTracked }) =>
    runningMean && runningVar && numBatchesTracked ? [{ runningMean, runningVar, numBatchesTracked }] : [],
  );
  const sums = keep(
    scope(() =>
      noGrad(() =>
        tracked.map(({ runningMean, runningVar, numBatchesTracked }) => {
          const weight = numBatchesTracked.to("float64").mul(Number(started));
          const weighted = [runningMean, runningVar].map((one) => one.to("float64").mul(weight));
          return cat([weight.reshape([1]), ...weighted]);
        }),
      ),
    ),
  );
  try {
    await world.sum(sums);
    scope(() =>
      noGrad(() => {
        for (const [at, { runningMean, runningVar, numBatchesTracked }] of tracked.entries()) {
          const sum = sums[at] as Tensor;
          const channels = runningMean.numel;
          const batches = sum.narrow(0, 0, 1).toNumber();
          if (batches === 0) continue;
          runningMean.copy_(sum.narrow(0, 1, channels).div(batches));
          runningVar.copy_(sum.narrow(0, 1 + channels, channels).div(batches));
          numBatchesTracked.fill_(batches);
        }
      }),
    );
  } finally {
    dispose(sums);
  }
}

/** Every part that normalizes sees the batch. */
function visitAll(network: TrainableNetwork, { image, label, domains }: LabeledBatch): void {
  const [, , height = 0, width = 0] = image.shape;
  const { feature, lowLevel, auxiliary } = network.encode(image);
  const reading = network.memory?.read(feature) ?? null;
  network.memory?.write(feature, label, { domains });
  decodeWith(network, { feature, lowLevel }, reading, [height, width]);
  network.auxiliaryLogits(auxiliary);
}

/** Runs `body` with newly estimated statistics and puts the old ones back. */
export async function withEstimatedStatistics<T>(
  network: TrainableNetwork,
  batches: AsyncIterable<LabeledBatch>,
  body: () => Promise<T>,
  options: EstimationOptions = {},
): Promise<T> {
  const buffers = [...network.namedBuffers()].map(([, buffer]): [Tensor, Tensor] => [
    buffer,
    keep(buffer.clone()),
  ]);
  try {
    await estimateStatistics(network, batches, options);
    return await body();
  } finally {
    noGrad(() => {
      for (const [buffer, saved] of buffers) buffer.copy_(saved);
    });
    dispose(buffers.map(([, saved]) => saved));
  }
}
