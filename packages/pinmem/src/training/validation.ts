// What a run looks at from time to time: scores on images of the sources' kind, which select the best model; scores on
// unseen domains, which are written down and decide nothing; the memory's rows compared; a picture of each domain.
//
// Evaluating changes nothing: statistics of batch norm are estimated anew before and put back after, random numbers too.

import { type ConfusionMatrix, classIoU, type LabelSpace, meanIoU, Tally } from "@pinmem/core";
import {
  type EvaluationEvent,
  protocol,
  type TestNormalization,
  type TrainingEvent,
} from "@pinmem/core/formats";
import { type Device, dispose, fromTypedArray, keep } from "@pinmem/torch";
import type { Dataset } from "../datasets/dataset.js";
import { datasetTitle } from "../datasets/dataset-title.js";
import { evaluateDomain } from "../inference/evaluate-domain.js";
import { type Forward, Predictor } from "../inference/predictor.js";
import { TestTimeNormalization } from "../inference/test-time-normalization.js";
import type { Skipped } from "../loading/sample-reader.js";
import { predict } from "../models/segment.js";
import type { TrainableNetwork } from "../models/trainable-network.js";
import { alone, ownSamples, type World } from "../processes/world.js";
import { withEstimatedStatistics } from "./batch-norm.js";
import { withRandomState } from "./checkpoints/snapshot.js";
import type { LabeledBatch } from "./episode.js";
import { memoryEvent } from "./events/memory-event.js";
import { heed } from "./heed.js";
import { inPrecision, type Precision, widened } from "./precision.js";
import type { Validate } from "./trainer.js";
import type { WeightAverage } from "./weight-average.js";
import type { WhichWeights } from "./which-weights.js";

export interface ValidationOptions {
  readonly network: TrainableNetwork;
  readonly device: Device;
  readonly precision: Precision;
  readonly channelsLast: boolean;
  readonly space: LabelSpace;
  readonly validation: readonly Dataset[];
  readonly targets: readonly Dataset[];
  /** Told of each picture that cannot be used and is left out. Without it the first of them ends everything. */
  readonly onProblem?: ((problem: Skipped) => void) | undefined;
  /** Whose statistics batch norm takes. Default: the trained ones. */
  readonly normalize?: Extract<TestNormalization, { kind: "trained" | "image" }>;
  /** Batches to estimate the statistics of batch norm over; none: they stay as they are. */
  readonly preciseBatchNorm: () => AsyncIterable<LabeledBatch>;
  /** Of the whole run. */
  readonly steps: number;
  /** Weights averaged over time, which are scored and kept beside those that are trained, and select nothing. */
  readonly average?: WeightAverage | undefined;
  /** Keeps the network as it was evaluated. */
  readonly save: (which: WhichWeights, state: SavedState) => void;
  /** The processes that evaluate together, each its share of the images. Default: this one alone. */
  readonly world?: World;
}

/** What is said of a network that is kept. */
export interface SavedState {
  /** Optimizer steps behind it. */
  readonly step: number;
  /** Mean IoU on source validation, 0 to 1; null where there was none. */
  readonly score: number | null;
}

type Emit = (event: TrainingEvent) => Promise<void>;

/** One evaluation: when it is, what it must beat, where it tells of itself, and what stops it between two images. */
interface Occasion {
  readonly step: number;
  readonly best: { readonly score: number } | null;
  readonly emit: Emit;
  readonly signal: AbortSignal;
  /** Whether the weights are the average. */
  readonly average?: boolean;
}

/**
 * Scores every domain and keeps the models; the score of a model is the mean over the validation domains.
 * @throws RangeError where own statistics are asked for and the network has no batch norm
 */
export function createValidation(options: ValidationOptions): Validate {
  const { network, device, precision, preciseBatchNorm, average, world } = options;
  ownStatistics(options)?.remove(); // Where that is impossible it is said now, not after an hour.
  return (step, best, emit, signal) => {
    const score = (occasion: Occasion) =>
      withEstimatedStatistics(network, preciseBatchNorm(), () => validate(options, occasion), {
        precision,
        signal,
        world,
      });
    return withRandomState(device, async () => {
      const found = await score({ step, best, emit, signal });
      if (average && average.count > 0)
        await average.within(() => score({ step, best: null, emit, signal, average: true }));
      return found;
    });
  };
}

/** Puts each picture's own statistics into the network, where they are asked for. */
function ownStatistics({ network, normalize }: ValidationOptions): TestTimeNormalization | null {
  const weight = normalize?.kind === "image" ? Number(normalize.weight) : 0;
  return weight > 0 ? new TestTimeNormalization(network, weight) : null;
}

async function validate(options: ValidationOptions, occasion: Occasion): Promise<number | null> {
  const { step, best, emit, average = false } = occasion;
  const { network, steps } = options;
  const mode = network.training;
  network.eval();
  try {
    const score = await scoreDomains(options, occasion);
    if (average) {
      options.save("average", { step, score });
      return score;
    }
    if (network.memory) await emit(memoryEvent(network.memory, options.space, step));
    if (score !== null && score > (best?.score ?? Number.NEGATIVE_INFINITY))
      options.save("best", { step, score });
    if (step === steps) options.save("last", { step, score });
    return score;
  } finally {
    network.train(mode);
  }
}

/** Mean score of the validation domains; null where there are none. */
async function scoreDomains(options: ValidationOptions, occasion: Occasion): Promise<number | null> {
  const normalization = ownStatistics(options);
  try {
    const scores: number[] = [];
    for (const dataset of options.validation) {
      const scored = { dataset, role: "source", normalization } as const;
      const { meanIoU: score } = await scoreDomain(options, scored, occasion);
      if (score !== null) scores.push(score);
    }
    for (const dataset of options.targets)
      await scoreDomain(options, { dataset, role: "target", normalization }, occasion);
    return scores.length > 0 ? scores.reduce((sum, one) => sum + one, 0) / scores.length : null;
  } finally {
    normalization?.remove();
  }
}

interface Counted {
  readonly images: number;
  /** Left out. */
  readonly skipped: number;
}

/** Makes the counts those of all ranks, exactly. */
async function overRanks(world: World, matrix: ConfusionMatrix, own: Counted): Promise<Counted> {
  if (world.size === 1) return own;
  const { length } = matrix.counts;
  const counts = keep(
    fromTypedArray(Float64Array.of(...matrix.counts, own.images, own.skipped), [length + 2]),
  );
  try {
    await world.sum([counts]);
    const summed = counts.toTypedArray() as Float64Array;
    matrix.counts.set(summed.subarray(0, length));
    const [images, skipped] = summed.subarray(length) as unknown as [number, number];
    return { images, skipped };
  } finally {
    dispose(counts);
  }
}

interface ScoredDomain {
  readonly dataset: Dataset;
  readonly role: EvaluationEvent["role"];
  readonly normalization: TestTimeNormalization | null;
}

async function scoreDomain(
  {
    network,
    device,
    precision,
    channelsLast,
    onProblem,
    normalize = { kind: "trained" },
    world = alone,
  }: ValidationOptions,
  { dataset, role, normalization }: ScoredDomain,
  { step, emit, signal, average = false }: Occasion,
): Promise<EvaluationEvent> {
  const forward: Forward = (image) => {
    const input = channelsLast ? image.to({ memoryFormat: "channelsLast" }) : image;
    return widened(inPrecision(precision, device, () => predict(network, input)));
  };
  const predictor = new Predictor({
    forward,
    protocol: protocol("whole", { normalize }),
    normalization,
    device,
  });
  const own = { ...dataset, samples: ownSamples(world, dataset.samples) };
  const tally = new Tally({ classes: dataset.space.classes.length });
  const skip = onProblem !== undefined;
  const { matrix, picture } = await evaluateDomain(own, {
    predictor,
    tally,
    skip,
    onImages: () => heed(signal),
  });
  for (const problem of tally.skipped) onProblem?.(problem);
  const { images, skipped } = await overRanks(world, matrix, {
    images: tally.images,
    skipped: tally.skipped.length,
  });
  const names = dataset.space.classes.map(({ name }) => name);
  const scores = classIoU(matrix);
  const event: EvaluationEvent = {
    event: "evaluation",
    step,
    domain: datasetTitle(dataset),
    role,
    ...(average && { weights: "average" as const }),
    meanIoU: meanIoU(matrix),
    classIoU: Object.fromEntries(names.map((name, at) => [name, scores[at] ?? null])),
    images,
    ...(skipped > 0 && { skipped }),
  };
  await emit(event);
  if (picture && !average)
    await emit({ event: "picture", step, name: `${role}/${event.domain}`, ...picture });
  return event;
}
