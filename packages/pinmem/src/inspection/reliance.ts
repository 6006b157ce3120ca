// Memory reliance: how much of what a network says depends on what its memory holds. The read is altered (alterations.ts)
// and the rest of the network left as it is; what counts is the share of pixels whose class changes, and the change in
// mean IoU. A memory whose read-out can be made constant without a trace does nothing that a bias could not do.

import type { DomainReliance, Reliance } from "@pinmem/core/formats";
import { type Device, manualSeed, nn, noGrad, scope, type Tensor } from "@pinmem/torch";
import { type OwnLook, withOwnStatistics } from "../inference/own-look.js";
import type { TestTimeNormalization } from "../inference/test-time-normalization.js";
import { type EvaluationImage, pictureOf } from "../loading/evaluation-loader.js";
import type { ClassMemory, ReadInput } from "../memory/class-memory.js";
import { decodeWith } from "../models/segment.js";
import type { TrainableNetwork } from "../models/trainable-network.js";
import { withRandomState } from "../training/checkpoints/snapshot.js";
import { memoryOf } from "../training/methods/method.js";
import { type Alteration, alterations, presentRows } from "./alterations.js";
import { imageTensors } from "../loading/image-tensors.js";
import type { InspectedDomain } from "./domains.js";
import { ReadStatisticsCollector } from "./read-statistics.js";
import { RelianceTally } from "./reliance-tally.js";
import { meanRowCosine, memorySimilarity } from "./similarity.js";

export interface RelianceOptions {
  /** Of random permutations and memories. Default 0. */
  readonly seed?: number;
  /** Permutations and random memories to average over. Default 3. */
  readonly draws?: number;
  /** Of the softmax, to try instead of the memory's own. Default 0.05, 0.1, 0.2, 0.5, 1. */
  readonly temperatures?: readonly number[];
  readonly device?: Device;
  /** Where batch norm takes each picture's own statistics, of the network. Default null: it does not. */
  readonly normalization?: TestTimeNormalization | null;
  readonly onProgress?: (done: number, total: number) => void;
}

/**
 * Measures it on labeled images of each domain, whole and one by one. Random numbers of the process stay as they are.
 * @param network in its trained form, for spreads as they were trained
 * @throws Error where it has no memory or a domain has no image
 */
export async function measureReliance(
  network: TrainableNetwork,
  domains: readonly InspectedDomain[],
  {
    seed = 0,
    draws = 3,
    temperatures = [0.05, 0.1, 0.2, 0.5, 1],
    device = "cpu",
    normalization = null,
    onProgress = () => {},
  }: RelianceOptions = {},
): Promise<Reliance> {
  const memory = memoryOf(network, "measureReliance");
  const present = presentRows(memory);
  const total = 2 * domains.reduce((sum, { count }) => sum + count, 0);
  let done = 0;
  const whole = {
    reads: new ReadStatisticsCollector(memory, present),
    tally: new RelianceTally(memory.classes),
  };
  const results: DomainReliance[] = [];
  const mode = network.training;
  network.eval();
  try {
    await withRandomState(device, async () => {
      for (const { name, role, images } of domains) {
        const reads = new ReadStatisticsCollector(memory, present);
        for await (const sample of images()) {
          withoutTrace(() =>
            collectReads(network, sample, { to: [reads, whole.reads], seed, device, normalization }),
          );
          onProgress(++done, total);
        }
        const altered = alterations(memory, reads.meanWeights(), { seed, draws, temperatures });
        const tally = new RelianceTally(memory.classes);
        for await (const sample of images()) {
          withoutTrace(() =>
            compare(network, sample, { altered, to: [tally, whole.tally], seed, device, normalization }),
          );
          onProgress(++done, total);
        }
        results.push({ name, role, ...tally.result(), read: reads.statistics() });
      }
    });
  } finally {
    network.train(mode);
  }
  return {
    temperature: temperatureOf(memory),
    classes: memory.classes,
    presentRows: present,
    rowCosine: meanRowCosine(memorySimilarity(memory)),
    domains: results,
    all:
      results.length > 1
        ? { name: "all", role: "all", ...whole.tally.result(), read: whole.reads.statistics() }
        : null,
  };
}

interface ImageOptions<To> extends OwnLook {
  readonly to: readonly To[];
  readonly seed: number;
}

function collectReads(
  network: TrainableNetwork,
  sample: EvaluationImage,
  { to, seed, ...look }: ImageOptions<ReadStatisticsCollector>,
): void {
  const { feature } = withOwnStatistics(network, pictureOf(sample), look, () =>
    network.encode(imageTensors(sample, look.device).image),
  );
  manualSeed(seed + sample.index);
  const reading = network.memory?.read(feature);
  for (const collector of to) if (reading) collector.add(feature, reading);
}

function compare(
  network: TrainableNetwork,
  sample: EvaluationImage,
  options: ImageOptions<RelianceTally> & { readonly altered: readonly Alteration[] },
): void {
  withOwnStatistics(network, pictureOf(sample), options, () => compareSeen(network, sample, options));
}

/** Statistics of the decoder's batch norms are needed to the end. */
function compareSeen(
  network: TrainableNetwork,
  sample: EvaluationImage,
  { altered, to, seed, device }: ImageOptions<RelianceTally> & { readonly altered: readonly Alteration[] },
): void {
  const { image, label } = imageTensors(sample, device);
  const { feature, lowLevel } = network.encode(image);
  const classesFor = (input: ReadInput, votesAlone = false): Tensor =>
    scope(() => {
      // The same noise at every read, where the memory adds any: the alteration alone may differ.
      manualSeed(seed + sample.index);
      const reading = network.memory?.read(feature, input) ?? null;
      const size = [sample.height, sample.width] as const;
      const logits =
        votesAlone && reading?.votes
          ? nn.F.interpolate(reading.votes, { size, mode: "bilinear", alignCorners: true })
          : decodeWith(network, { feature, lowLevel }, reading, size);
      return logits.argmax({ dim: 1 });
    });
  const before = classesFor({});
  for (const tally of to) tally.addImage(before, label);
  for (const alteration of altered) {
    for (const read of alteration.reads) {
      scope(() => {
        const after = classesFor(read(), alteration.votesAlone);
        for (const tally of to) tally.addAltered(alteration, { before, after, label });
      });
    }
  }
}

const withoutTrace = (body: () => void): void => scope(() => noGrad(body));

function temperatureOf({ readOptions: { temperature }, logTemperature }: ClassMemory): number {
  if (typeof temperature === "number") return temperature;
  return scope(() => Math.exp(logTemperature?.detach().toNumber() ?? 0));
}
