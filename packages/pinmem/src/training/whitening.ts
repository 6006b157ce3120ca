// Whitening during training: which covariances count, and from when on.
//
// Instance whitening pulls all of them to zero from the start. Selective whitening (ISW) first trains without, then looks
// which covariances change when the colors of an image do, over pairs of an image and the same in other colors, and from
// then on whitens those. A selection is what several trials with newly drawn colors agree on.
// Source: Choi et al., "RobustNet", CVPR 2021, section 4.3; numbers of the official script.

import { Random } from "@pinmem/core";
import { cat, type Device, dispose, keep, noGrad, scalarTensor, scope, type Tensor } from "@pinmem/torch";
import { z } from "zod";
import type { Dataset } from "../datasets/dataset.js";
import { imageTensor, normalize } from "../loading/batch-tensors.js";
import { spreadEvenly } from "../loading/check.js";
import { evaluationImages } from "../loading/evaluation-loader.js";
import { drawPhotometric, photometric, strongAugmentation } from "../loading/transforms/photometric.js";
import { PairVariances } from "../models/normalization/covariance.js";
import { whiteningLayers } from "../models/normalization/instance-whitening.js";
import { WhiteningLoss } from "../models/normalization/whitening-loss.js";
import type { TrainableNetwork } from "../models/trainable-network.js";
import { alone, ownSamples, type World } from "../processes/world.js";
import { heed } from "./heed.js";
import type { TrainerHook } from "./trainer.js";

export const whiteningSchema = z.strictObject({
  /** Groups that covariances are sorted into by their variance; all but the lowest are selected. */
  clusters: z.int().min(2).default(3),
  /** Spares one in so many covariances (IRW); 0: none is spared. */
  relaxation: z
    .number()
    .refine((value) => value === 0 || value > 1, "it must be 0, or greater than 1")
    .default(0),
  /** Epochs to train before covariances are selected. The official script's cov_stat_epoch is 5, counted from 0. */
  selectAfterEpochs: z.number().min(0).default(6),
  trials: z.int().positive().default(10),
  /** Images of each source domain in a trial. */
  images: z.int().positive().default(500),
});

export type WhiteningConfig = z.output<typeof whiteningSchema>;

/** What a run says of its whitening, and what else it depends on. */
export interface WhiteningSettings {
  readonly whitening: WhiteningConfig;
  readonly device: string;
  readonly seed: number;
  readonly accumulation: number;
}

export interface WhiteningOptions {
  readonly network: TrainableNetwork;
  readonly loss: WhiteningLoss;
  readonly sources: readonly Dataset[];
  readonly device: Device;
  readonly seed: number;
  /** Steps after which the covariances are selected. */
  readonly selectAt: number;
  readonly trials: number;
  readonly images: number;
  /** Told what was selected. */
  readonly report?: (step: number, text: string) => Promise<void>;
  /** The processes that select together, each looking at its share of the images. Default: this one alone. */
  readonly world?: World;
}

const PREFIX = "whitening.";

/**
 * The whitening of a run; null for networks without whitening layers.
 * @throws Error where the selection would come after the end of the run
 */
export function createWhitening(
  { whitening, device, seed, accumulation }: WhiteningSettings,
  {
    network,
    sources,
    batchesPerEpoch,
    steps,
    report,
    world,
  }: { batchesPerEpoch: number; steps: number } & Pick<
    WhiteningOptions,
    "network" | "sources" | "report" | "world"
  >,
): Whitening | null {
  const layers = whiteningLayers(network);
  if (layers.length === 0) return null;
  const { clusters, relaxation, selectAfterEpochs, trials, images } = whitening;
  const loss = new WhiteningLoss(layers, { clusters, relaxation }).to({ device: device as Device });
  const selectAt = Math.round((selectAfterEpochs * batchesPerEpoch) / accumulation);
  if (loss.isSelective && selectAt >= steps) {
    throw new Error(
      `whitening.selectAfterEpochs is ${selectAfterEpochs}, which is step ${selectAt} with these data, but the run has ` +
        `${steps} steps: whitening would never begin. Choose fewer epochs, or a longer run`,
    );
  }
  return new Whitening({
    network,
    loss,
    sources,
    device: device as Device,
    seed,
    selectAt,
    trials,
    images,
    ...(report && { report }),
    ...(world && { world }),
  });
}

export class Whitening implements TrainerHook {
  readonly #options: WhiteningOptions;
  #isActive: boolean;

  constructor(options: WhiteningOptions) {
    this.#options = options;
    this.#isActive = !options.loss.isSelective;
  }

  /** The loss of a pass, null until covariances have been selected. */
  readonly lossOf = (whitened: readonly Tensor[]): Tensor | null =>
    this.#isActive ? this.#options.loss.call(whitened) : null;

  [Symbol.dispose](): void {
    dispose([...this.#options.loss.stateDict().values()]);
  }

  async before(done: number, signal?: AbortSignal): Promise<void> {
    const { loss, selectAt, report } = this.#options;
    if (!loss.isSelective || done !== selectAt) return;
    const before = [...loss.stateDict()].map(([name, tensor]) => [name, keep(tensor.clone())] as const);
    let counts: string[];
    try {
      counts = await this.#select(signal);
    } catch (error) {
      // Of half a selection nothing may stay: a run that goes on from here selects anew.
      loss.loadStateDict(new Map(before));
      throw error;
    } finally {
      dispose(before.map(([, tensor]) => tensor));
    }
    this.#isActive = true;
    await report?.(done, `whitening begins; covariances selected in each layer: ${counts.join(", ")}`);
  }

  tensors(): ReadonlyMap<string, Tensor> {
    return new Map([...this.#options.loss.stateDict()].map(([name, tensor]) => [PREFIX + name, tensor]));
  }

  restore(tensors: ReadonlyMap<string, Tensor>): void {
    const { loss } = this.#options;
    const own = [...tensors].filter(([name]) => name.startsWith(PREFIX));
    const state = new Map(own.map(([name, tensor]) => [name.slice(PREFIX.length), tensor]));
    loss.loadStateDict(state);
    const trials = [...state].filter(([name]) => name.endsWith(".trials"));
    this.#isActive = !loss.isSelective || trials.some(([, tensor]) => tensor.toNumber() > 0);
  }

  /** How many covariances were selected in each layer, in words. */
  async #select(signal: AbortSignal | undefined): Promise<string[]> {
    const { loss, trials } = this.#options;
    let counts: string[] = [];
    for (let trial = 0; trial < trials; trial++) {
      using variances = new PairVariances();
      await this.#collect(variances, trial, signal);
      counts = loss.select(variances).map((one) => (one ? String(one.selected) : "all"));
    }
    return counts;
  }

  async #collect(variances: PairVariances, trial: number, signal: AbortSignal | undefined): Promise<void> {
    const { network, sources, images, device, seed, world = alone } = this.#options;
    // Each rank needs a picture at least, or it would not know what to add up.
    const shared =
      world.size > 1 && sources.some(({ samples }) => Math.min(samples.length, images) >= world.size);
    const who = shared ? world : alone;
    const mode = network.training;
    network.eval();
    try {
      for (const [domain, source] of sources.entries()) {
        const dataset = { ...source, samples: ownSamples(who, spreadEvenly(source.samples, images)) };
        for await (const { image, width, height, index: at } of evaluationImages(dataset)) {
          await heed(signal);
          const index = at * who.size + who.rank;
          const position = { seed, epoch: trial, index, stream: `covariances ${domain}` };
          const draw = drawPhotometric(new Random(position), strongAugmentation);
          scope(() =>
            noGrad(() => {
              const original = imageTensor(image, [1, height, width], { device });
              const pair = cat([photometric(original, [draw]), original]);
              variances.add(network.encode(normalize(pair)).whitening);
            }),
          );
        }
      }
      const counted = keep(scalarTensor(variances.pairs, { dtype: "float64" }));
      await who.sum([...variances.sums, counted]);
      variances.pairs = counted.toNumber();
      counted.dispose();
    } finally {
      network.train(mode);
    }
  }
}
