// The evaluation of a finished run: its network on one domain after the other, by one protocol, into one result.
//
// Progress is saved now and then; an evaluation that was interrupted goes on where it was, if nothing that its figures depend
// on has changed, and gives exactly the same ones. Scores of shards add up to exactly those of the whole, and so do those of several
// processes, each of which takes its share of the images.

import { setImmediate } from "node:timers/promises";
import { type LabelSpace, Tally, type TallyState } from "@pinmem/core";
import {
  type DomainResult,
  describeLogitAdjustment,
  describeNormalization,
  describeVote,
  type EvaluationResult,
  type Protocol,
  RESULT_FORMAT,
  sameClasses,
  sameNormalization,
  type TestNormalization,
} from "@pinmem/core/formats";
import { type Device, noGrad, scope } from "@pinmem/torch";
import { z } from "zod";
import type { Dataset } from "../datasets/dataset.js";
import { datasetTitle } from "../datasets/dataset-title.js";
import { AutoPredictor } from "../inference/auto-predictor.js";
import { evaluateDomain } from "../inference/evaluate-domain.js";
import { withOwnStatistics } from "../inference/own-look.js";
import type { ImagePredictor } from "../inference/predictor.js";
import { type EvaluationImage, pictureOf } from "../loading/evaluation-loader.js";
import { imageTensors } from "../loading/image-tensors.js";
import { requireUsableLabels } from "../loading/label-survey.js";
import { cohesionLoss } from "../losses/memory.js";
import { alone, ownSamples, type World } from "../processes/world.js";
import { networkName } from "../recipes/network-name.js";
import type { AdaptationRecord } from "../runs/adaptation-record.js";
import { describeEnvironment } from "../runs/environment.js";
import type { OpenRun } from "../runs/open-run.js";
import { predictorOf } from "../runs/predictor-of.js";
import { methodName } from "../training/methods/index.js";
import type { EvaluateRunOptions, EvaluationDomain, Shard } from "./evaluate-run-options.js";
import { requireSameEvaluation } from "./same-evaluation.js";
import { progressFileOf, SavedProgress } from "./saved-progress.js";

/** The signal stopped the evaluation; its progress is saved. */
export class EvaluationInterrupted extends Error {
  override readonly name = "EvaluationInterrupted";
}

/**
 * Files that cannot be used are left out and listed in the result.
 * @throws EvaluationInterrupted; RangeError where options or label spaces do not fit; DataError where nothing is labeled
 */
export async function evaluateRun(run: OpenRun, options: EvaluateRunOptions): Promise<EvaluationResult> {
  const { protocol, domains, device = "cpu", batch = 1, shard = null, signal, world = alone } = options;
  checkDomains(domains, run.space);
  checkNormalization(protocol, run);
  checkVote(protocol, run);
  checkLogitAdjustment(protocol, run);
  if (shard) checkShard(shard);
  if (world.size > 1) await requireSameEvaluation(world, run, options);
  const file = options.progressFile ?? null;
  const progress = new SavedProgress(file && progressFileOf(file, world), { run, options });
  const predictor = predictorOf(run, { protocol, device, batch });
  for (const [turn, { dataset }] of domains.entries()) {
    if (!progress.domains[turn]) await requireUsableLabels(dataset);
  }
  const parts = domains.map(({ dataset }) => {
    const part = shardOf(dataset, shard);
    return { ...part, samples: ownSamples(world, part.samples) };
  });
  const before = await overRanks(
    world,
    parts.reduce((sum, _, turn) => sum + (progress.domains[turn]?.next ?? 0), 0),
  );
  const total = domains.reduce((sum, { dataset }) => sum + shardOf(dataset, shard).samples.length, 0);
  let domain = "";
  const texts = await world.apart(
    `evaluation of ${run.path}`,
    async (piecework) => {
      const tallies: TallyState[] = [];
      let here = 0;
      for (const [turn, { name }] of domains.entries()) {
        domain = name;
        const tally = await scorePart(parts[turn] as Dataset, {
          run,
          options,
          predictor,
          progress,
          turn,
          signal: piecework.signal,
          onImages: (more) => {
            here += more;
            piecework.tell(here);
          },
        });
        if (!tally) break;
        tallies.push(tally);
      }
      return JSON.stringify(tallies);
    },
    {
      signal,
      onTotal: (here) => here > 0 && options.onProgress?.({ domain, done: before + here, total, here }),
    },
  );
  const found = texts.map((text) => JSON.parse(text) as TallyState[]);
  // Whoever has all of its images waits for those that have not.
  if (found.some((tallies) => tallies.length < domains.length)) {
    await progress.save();
    throw new EvaluationInterrupted(
      `interrupted at image ${progress.domains.at(-1)?.next ?? 0} of ${domain}`,
    );
  }
  const results = domains.map(({ name, role, dataset }, turn): DomainResult => {
    const tally = newTally(run, options);
    for (const tallies of found) tally.addState(tallies[turn] as TallyState);
    return { name, dataset: datasetTitle(dataset), role, ...tally.result(run.space) };
  });
  return describe(run, { protocol, domains: results, device, seconds: progress.seconds, shard });
}

interface ScoredPart {
  readonly run: OpenRun;
  readonly options: EvaluateRunOptions;
  readonly predictor: ImagePredictor;
  readonly progress: SavedProgress;
  /** Of the domain. */
  readonly turn: number;
  readonly signal: AbortSignal;
  readonly onImages: (more: number) => void;
}

/** What this process counts on its part of a domain; null where an end was asked for, and what there is was saved. */
async function scorePart(
  dataset: Dataset,
  { run, options, predictor, progress, turn, signal, onImages }: ScoredPart,
): Promise<TallyState | null> {
  const { device = "cpu", maxPixels, saveEvery = 15 } = options;
  const tally = newTally(run, options);
  const taken = progress.domains[turn];
  if (taken) tally.addState(taken.tally);
  const from = taken?.next ?? 0;
  let last = from;
  try {
    await evaluateDomain(dataset, {
      predictor,
      tally,
      from,
      skip: true,
      ...(maxPixels !== undefined && { maxPixels }),
      ...(measuresCohesion(run, options) && {
        measure: (image) => measureCohesion(lookFor(run, predictor, image), image, device, tally),
      }),
      onImages: async (next) => {
        onImages(next - last);
        last = next;
        progress.domains[turn] = { next, tally: tally.state };
        await setImmediate(); // Rendered images come without a pause in which signals could be heard.
        signal.throwIfAborted();
        if (progress.secondsSinceSaving > saveEvery) await progress.save();
      },
    });
  } catch (error) {
    if (!signal.aborted || error !== signal.reason) throw error;
    await progress.save();
    return null;
  }
  progress.domains[turn] = { next: dataset.samples.length, tally: tally.state };
  return tally.state;
}

const measuresCohesion = (run: OpenRun, { cohesion = false }: EvaluateRunOptions): boolean =>
  cohesion && run.network.memory !== null;

const newTally = (run: OpenRun, options: EvaluateRunOptions): Tally =>
  new Tally({
    classes: run.space.classes.length,
    dilation: options.dilation ?? null,
    cohesion: measuresCohesion(run, options),
  });

/** The sum of a number over all processes. */
async function overRanks(world: World, own: number): Promise<number> {
  const all = await world.exchange("images done before", String(own));
  return all.reduce((sum, one) => sum + Number(one), 0);
}

function describe(
  { path, file, recipe, space, step, score, adaptation }: OpenRun,
  rest: Pick<EvaluationResult, "protocol" | "domains" | "seconds" | "shard"> & { device: Device },
): EvaluationResult {
  const { protocol, domains, seconds, shard, device } = rest;
  return {
    format: RESULT_FORMAT,
    run: {
      path,
      name: recipe.name,
      file,
      method: methodName(recipe.method),
      backbone: networkName(recipe.model),
      seed: recipe.seed,
      step,
      score,
      ...(adaptation && { adaptation: placeOf(adaptation) }),
    },
    recipe: z.record(z.string(), z.json()).parse(JSON.parse(JSON.stringify(recipe))),
    protocol,
    space: {
      name: space.name,
      classes: space.classes.map(({ name, color }) => ({ name, color: [...color] })),
    },
    domains,
    environment: describeEnvironment(String(device)),
    date: new Date().toISOString(),
    seconds,
    shard,
  };
}

/** What tells runs that were adapted differently apart. */
const placeOf = ({ images, labels, pictures, labeled, steps }: AdaptationRecord) => ({
  images: typeof images === "string" ? images : [...images],
  labels,
  pictures,
  labeled,
  steps,
});

/** The network of a run, with the statistics that predictions of a picture take. */
type Look = Pick<OpenRun, "network" | "normalization">;

function lookFor(run: OpenRun, predictor: ImagePredictor, sample: EvaluationImage): Look {
  const { auto } = run;
  if (!auto || !(predictor instanceof AutoPredictor)) return run;
  if (!noGrad(() => predictor.takesOwn(pictureOf(sample)))) return run;
  const { normalization } = auto.second;
  normalization.weight = auto.rule.weight;
  return { network: auto.network, normalization };
}

/** As training computes it. */
function measureCohesion(
  { network, normalization }: Look,
  sample: EvaluationImage,
  device: Device,
  tally: Tally,
): void {
  const { memory } = network;
  if (!memory) return;
  const { temperature, balance } = memory;
  const loss = scope(() =>
    noGrad(() => {
      const { image, label } = imageTensors(sample, device);
      const { feature } = withOwnStatistics(network, pictureOf(sample), { device, normalization }, () =>
        network.encode(image),
      );
      return cohesionLoss(memory.read(feature).scores, label, { temperature, balance }).toNumber();
    }),
  );
  tally.addCohesion(
    loss,
    sample.label.reduce((sum, id) => sum + Number(id !== 255), 0),
  );
}

function checkDomains(domains: readonly EvaluationDomain[], space: LabelSpace): void {
  if (domains.length === 0) throw new RangeError("evaluateRun: there is no domain to evaluate on");
  const names = new Set<string>();
  for (const { name, dataset } of domains) {
    if (names.has(name)) throw new RangeError(`evaluateRun: there are two domains called "${name}"`);
    names.add(name);
    if (sameClasses(dataset.space, space)) continue;
    throw new RangeError(
      `evaluateRun: the labels of ${name} are in the space ${dataset.space.name} (${dataset.space.classes.length} classes), but the network tells the ${space.classes.length} classes of ${space.name} apart; open the data set with the space of the run`,
    );
  }
}

function checkNormalization({ normalize }: Protocol, run: OpenRun): void {
  if (sameNormalization(normalize, run.normalize)) return;
  const words = (of: TestNormalization) => describeNormalization(of) || "trained statistics";
  throw new RangeError(
    `evaluateRun: the protocol asks for ${words(normalize)}, but the run was opened with ${words(run.normalize)}; open it with the protocol's normalize`,
  );
}

function checkVote({ vote }: Protocol, run: OpenRun): void {
  if (vote === run.vote) return;
  const words = (of: Protocol["vote"]) => describeVote(of) || "votes as trained";
  throw new RangeError(
    `evaluateRun: the protocol asks for ${words(vote)}, but the run was opened with ${words(run.vote)}; open it with the protocol's vote`,
  );
}

function checkLogitAdjustment({ logitAdjustment }: Protocol, run: OpenRun): void {
  if (logitAdjustment === run.logitAdjustment) return;
  const words = (of: Protocol["logitAdjustment"]) => describeLogitAdjustment(of) || "logits as they are";
  throw new RangeError(
    `evaluateRun: the protocol asks for ${words(logitAdjustment)}, but the run was opened with ${words(run.logitAdjustment)}; open it with the protocol's logitAdjustment`,
  );
}

function checkShard({ index, of }: Shard): void {
  if (Number.isInteger(index) && Number.isInteger(of) && index >= 1 && index <= of) return;
  throw new RangeError(`evaluateRun: there is no shard ${index} of ${of}; they are counted from 1`);
}

const shardOf = (dataset: Dataset, shard: Shard | null): Dataset =>
  shard
    ? { ...dataset, samples: dataset.samples.filter((_, at) => at % shard.of === shard.index - 1) }
    : dataset;
