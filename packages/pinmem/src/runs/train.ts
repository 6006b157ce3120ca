// A run from a recipe: opens the data, builds network, method and optimizer, and has the trainer train. What the recipe asks
// for was checked when it was resolved; what only the machine and the data can tell is checked here, before the first step.

import { visible } from "../files/visible.js";
import type { Skipped } from "../loading/sample-reader.js";
import { existsSync, statSync } from "node:fs";
import { basename, join } from "node:path";
import type { EventSink, TrainingEvent } from "@pinmem/core/formats";
import { backends, type Device, dispose, manualSeed, saveSafetensors } from "@pinmem/torch";
import { surveyLabels } from "../loading/label-survey.js";
import { baseNames, ownState } from "../models/adapters/adapter.js";
import { BackboneNetwork } from "../models/backbone-network.js";
import { VisionTransformer } from "../models/backbones/vit/vision-transformer.js";
import { setMemoryFormat } from "../models/memory-format.js";
import type { SegmentationNetwork } from "../models/segmentation-network.js";
import { describeWeights, loadBackboneWeights, type WeightsReport } from "../models/weights/load-weights.js";
import { WeightsError } from "../models/weights/weight-files.js";
import { promisedHash, publishedWeights } from "../pretrained/catalog.js";
import { alone, type World } from "../processes/world.js";
import { withAbsolutePaths } from "../recipes/absolute-paths.js";
import { type GivenDatasets, type OpenData, openData } from "../recipes/open-data.js";
import type { Recipe } from "../recipes/recipe.js";
import { createRecipeNetwork } from "../recipes/recipe-network.js";
import { RecipeError } from "../recipes/validate.js";
import { CheckpointStore } from "../training/checkpoints/checkpoint-store.js";
import { shareCheckpoint } from "../training/checkpoints/share-checkpoint.js";
import { JsonLines } from "../training/events/json-lines.js";
import { memoryEvent } from "../training/events/memory-event.js";
import { TensorBoard } from "../training/events/tensorboard.js";
import { FeatureStyles } from "../training/feature-styles.js";
import { freezeBatchNorm } from "../training/frozen-batch-norm.js";
import { MemoryStart } from "../training/memory-start.js";
import {
  createMethod,
  innerRateOf,
  isSecondOrder,
  type MemoryStartConfig,
  type MethodConfig,
  type MethodFactory,
  metaSchedule,
  usesMemory,
} from "../training/methods/index.js";
import { phases, warmUpSteps } from "../training/methods/phase.js";
import type { PassContext } from "../training/methods/training-pass.js";
import { type AnyOptimizer, createOptimizer } from "../training/optimizer.js";
import { hasSecondDerivatives } from "../training/precision.js";
import { type PrepareOptions, prepareEpisode } from "../training/prepare-episode.js";
import { innerRate, learningRate, warmUpProblem } from "../training/schedule.js";
import { Trainer, type TrainerHook, type TrainingResult } from "../training/trainer.js";
import { trainingImages } from "../training/training-images.js";
import { createValidation } from "../training/validation.js";
import { WeightAverage } from "../training/weight-average.js";
import { createWhitening } from "../training/whitening.js";
import { BaseFile, hashOfWeights } from "./base-file.js";
import { calibrate } from "./calibrate.js";
import {
  compareData,
  type DataRecord,
  OtherDataError,
  readDataRecord,
  recordData,
  writeDataRecord,
} from "./data-record.js";
import { recordEnvironment, requireDevice, useThreads } from "./environment.js";
import { type BackboneOrigin, writeMetadata } from "./model-metadata.js";
import { factsOf, recipeForAll } from "./recipe-for-all.js";
import { RunError } from "./run-error.js";
import { RunFolder } from "./run-folder.js";
import { loadStart } from "./start-weights.js";
import { requireSameRecipe } from "./train-on.js";

export interface TrainOptions {
  readonly folder: RunFolder | string;
  /**
   * Go on from the newest checkpoint in the folder, or start where there is none yet. Default false: a new run.
   *
   * The recipe must be the run's own, but for what does not change what was trained: `name`, `device`, `threads`,
   * `activationCheckpointing`, `checkpoints`, `calibration`, `validation.every`, workers, prefetch, cache and onError of the data, and
   * in which folders data and weights lie. A run may get another `length` where nothing depends on it: with a learning rate that is
   * constant, or exponential with a `total`, without `method.from` and an average of the "tail".
   */
  readonly resume?: boolean;
  /** Where events go beside the folder's files. */
  readonly events?: readonly EventSink[];
  /** Stops the run after the step in progress, which is saved; while it evaluates, after the image. */
  readonly signal?: AbortSignal;
  /** Asked after every step: whether a checkpoint is to be saved now, beside those that the recipe asks for. */
  readonly saveNow?: () => boolean;
  /** Data sets of the caller's own, which the recipe lists by their names: `{ name: "custom", as: NAME }`. */
  readonly datasets?: GivenDatasets;
  /**
   * The processes that train together, all of which call this with the same recipe and folder. N of them with an accumulation of A train
   * as one with N x A would, and the run keeps that as its recipe; another number can go on with it. Default: this one alone.
   */
  readonly world?: World;
  /** The caller's own method, for a recipe whose method is `{ name: "custom", as: NAME }`. */
  readonly method?: MethodFactory;
}

/**
 * Trains by a recipe, into a folder.
 * @throws Error before the first step where the folder, the device or the data are not as needed; TrainingError when a
 *   step cannot go on
 */
export async function train(given: Recipe, options: TrainOptions): Promise<TrainingResult> {
  const { world = alone } = options;
  try {
    return await trainInFolder(given, { ...options, world });
  } catch (error) {
    await world.fail(error instanceof Error ? error.message : String(error));
    throw error;
  }
}

async function trainInFolder(
  given: Recipe,
  { folder: where, resume = false, events = [], datasets, world, ...more }: TrainOptions & { world: World },
): Promise<TrainingResult> {
  const folder = typeof where === "string" ? new RunFolder(where) : where;
  const isFirst = world.rank === 0;
  const goesOn = resume && folder.exists;
  const asked = withAbsolutePaths(given);
  if (world.size === 1) requireDevice(asked.device);
  if (isFirst) {
    requireFolder(folder, resume);
    if (goesOn) await requireSameRecipe(folder, asked);
  }
  const recipe = await recipeForAll(asked, world, goesOn);
  requireDevice(recipe.device);
  const unlock = isFirst ? folder.lock() : () => {};
  try {
    if (recipe.threads !== undefined) useThreads(recipe.threads);
    backends.cudnn.benchmark = recipe.cudnnBenchmark;
    // What a machine may spend on its cache is its processes' together.
    const cache = Math.floor(recipe.data.cache / world.localSize);
    const onProblem = warnOnce();
    const data = await openData({ ...recipe.data, cache }, recipe.seed, datasets, { onProblem });
    try {
      const examined = await examineData(data, recipe, isFirst ? folder : null);
      await world.agree("their data", factsOf(examined.record));
      // Which of a machine's devices it was is no matter of the recipe.
      const kept = { ...recipe, device: asked.device };
      const result = await trainOn(data, recipe, {
        ...more,
        ...examined,
        kept,
        folder,
        events,
        world,
        onProblem,
      });
      await world.close();
      if (result.reason === "finished" && isFirst) await calibrateFinished(data, recipe, folder, more.signal);
      return result;
    } finally {
      await data.close();
    }
  } finally {
    unlock();
  }
}

/** Says of each file that cannot be used that the training goes on without it, once. */
function warnOnce(): (problem: Skipped) => void {
  const told = new Set<string>();
  return ({ file, problem }) => {
    if (!told.has(file)) console.warn(visible(`the training leaves ${file} out: ${problem}`));
    told.add(file);
  };
}

/** @throws Error where a run may not be begun, or gone on with, in the folder */
function requireFolder(folder: RunFolder, resume: boolean): void {
  if ((folder.exists || folder.hasCheckpoints) && !resume) {
    throw new Error(
      `${folder.path} already holds a run: continue it with \`resume: true\`, or choose another \`folder\``,
    );
  }
  if (existsSync(folder.adaptation)) {
    throw new RunError(
      folder.path,
      "was adapted to a place, and has no state to train on from; resume the run that it came from, which its adaptation.json names",
    );
  }
}

/** Once for each end of a run, which is whole without it: what goes wrong or is interrupted can be done later. */
async function calibrateFinished(
  { validation, sources }: OpenData,
  { device, calibration: { pictures } }: Recipe,
  folder: RunFolder,
  signal: AbortSignal | undefined,
): Promise<void> {
  if (pictures === 0 || validation.length === 0 || signal?.aborted) return;
  try {
    await calibrate(folder.path, validation, {
      pictures,
      sources,
      device: device as Device,
      signal,
      onlyNew: true,
    });
  } catch (error) {
    if (signal?.aborted) return;
    console.warn(`the run is whole, but was not calibrated: ${(error as Error).message}`);
  }
}

/**
 * @param folder of the run; null for a process that leaves its files to another
 * @throws Error where the run was trained on other data, or where labels cannot be trained on
 */
async function examineData(data: OpenData, { data: { onError } }: Recipe, folder: RunFolder | null) {
  const record = await recordData(data);
  const before = folder?.hasCheckpoints ? readDataRecord(folder.data) : undefined;
  if (folder && before) {
    const differences = compareData(before, record);
    if (differences.length === 0) return { record, warnings: [] };
    throw new OtherDataError(
      folder.path,
      `was trained on other data:\n${differences.map((line) => `  ${visible(line)}\n`).join("")}` +
        `Give it the same data again, or begin a new run; to go on with the data as they are now, remove ${folder.data}`,
    );
  }
  const warnings: string[] = [];
  for (const dataset of [...data.sources, ...data.validation])
    warnings.push(...(await surveyLabels(dataset, { onError })));
  return { record, warnings };
}

interface RunOptions extends Pick<TrainOptions, "signal" | "saveNow" | "method"> {
  readonly record: DataRecord;
  /** The recipe as the run's files hold it. */
  readonly kept: Recipe;
  /** About the data, for the user. */
  readonly warnings: readonly string[];
  /** Told of files that cannot be used, where the recipe goes on without them. */
  readonly onProblem: (problem: Skipped) => void;
  readonly folder: RunFolder;
  readonly events: readonly EventSink[];
  readonly world: World;
}

async function trainOn(
  data: OpenData,
  recipe: Recipe,
  { folder, record, warnings, onProblem, kept, events, signal, saveNow, method: given, world }: RunOptions,
) {
  const isFirst = world.rank === 0;
  const { seed, method: methodConfig, accumulation, precision, channelsLast } = recipe;
  const device = recipe.device as Device;
  const { batchesPerEpoch } = data.training;
  const steps = stepsOf(recipe, batchesPerEpoch);
  const warmUp = warmUpProblem(recipe.learningRate, steps);
  if (warmUp) throw new RecipeError(recipe.name, [warmUp]);
  const { segmentation } = recipe;
  const classes = data.space.classes.length;
  const strict = segmentation.kind === "border-relaxed" ? segmentation.strictClasses : [];
  const unknown = strict.find((trainId) => trainId >= classes);
  if (unknown !== undefined)
    throw new RecipeError(recipe.name, [
      `segmentation.strictClasses names class ${unknown}, but the label space has ${classes}, from 0 on`,
    ]);
  if (isSecondOrder(methodConfig) && !hasSecondDerivatives(precision, device))
    throw new RecipeError(recipe.name, [
      `method.order is "second" and precision is "${precision}", in which libtorch gets second derivatives of convolutions wrong on this machine: take "float32", or the first order`,
    ]);
  manualSeed(seed);
  const backboneWeights = examineBackboneWeights(recipe);
  const { network, origin, hasRows } = buildNetwork(recipe, data, backboneWeights);
  freezeBatchNorm(network, recipe.frozenBatchNorm);
  const schedule = metaSchedule(methodConfig);
  const warmUpEnd = schedule ? warmUpSteps(schedule, steps) : 0;
  const memoryStart =
    usesMemory(methodConfig) && !hasRows ? startAfter(methodConfig.memoryStart, warmUpEnd) : null;
  const lateness = latenessOf({ steps, warmUpEnd, memoryStart: memoryStart?.afterSteps ?? 0 });
  if (lateness) throw new RecipeError(recipe.name, [lateness]);

  // Opened when all is there that can be wrong: what does not begin leaves nothing in the folder.
  let log: JsonLines | null = null;
  const sinks: EventSink[] = [];
  const emit = async (event: TrainingEvent) => {
    for (const sink of sinks) await sink.write(event);
  };
  const note = (step: number, text: string) => emit({ event: "note", step, text });
  const whitening = createWhitening(recipe, {
    network,
    sources: data.sources,
    batchesPerEpoch,
    steps,
    report: note,
    world,
  });
  const context: PassContext = {
    network,
    weights: recipe.lossWeights,
    segmentation: recipe.segmentation,
    precision,
    activationCheckpointing: recipe.activationCheckpointing,
    ...(recipe.featureStyles && {
      featureStyles: new FeatureStyles(network, recipe.featureStyles, recipe.data.perDomain),
    }),
    ...(whitening && { whiteningLoss: whitening.lossOf }),
  };
  const method = createMethod(methodConfig, context, given);
  const rate = learningRate(recipe.learningRate, steps);
  const { normal, strong, strongFor } = recipe.data.color;
  const preparation: PrepareOptions = {
    seed,
    device,
    perDomain: recipe.data.perDomain,
    channelsLast,
    normal,
    strong,
    strongFor,
  };
  const noisePerTurn = recipe.noise === "turn";
  const images = trainingImages(data.training, preparation, { world, noisePerTurn });

  const hooks: TrainerHook[] = whitening ? [whitening] : [];
  if (memoryStart) {
    hooks.push(
      new MemoryStart({
        network,
        precision,
        device,
        config: memoryStart,
        space: data.space,
        batchesPerEpoch,
        images,
        emit,
        world,
      }),
    );
  }
  if (backboneWeights && recipe.model.backboneWeights && baseNames(network).size > 0)
    hooks.push(new BaseFile(recipe.model.backboneWeights, backboneWeights));
  const average = recipe.averaging
    ? new WeightAverage(network, recipe.averaging, steps, memoryStart?.afterSteps)
    : undefined;
  if (average) hooks.push(average);
  const store = new CheckpointStore(folder.checkpoints, { keep: recipe.checkpoints.keep });
  const { optimizer, factors } = createOptimizer(network, recipe.optimizer, recipe.learningRate.base);
  const innerRates = innerRateOf(methodConfig, method);
  const trainer = new Trainer({
    name: recipe.name,
    seed,
    device,
    steps,
    network,
    method,
    optimizer,
    factors,
    data: data.training,
    prepare: (batch, split) => prepareEpisode(batch, split, preparation),
    learningRate: rate,
    innerRate: innerRates ? innerRate(innerRates, rate) : () => 0,
    ...(schedule && { phase: phases(schedule, steps) }),
    accumulation,
    world,
    gradientCompression: recipe.gradientCompression,
    noisePerTurn,
    maxGradientNorm: recipe.maxGradientNorm,
    hooks,
    events: sinks,
    checkpoints: isFirst ? { store, every: recipe.checkpoints.every } : null,
    ...(saveNow && { saveNow }),
    validation: {
      every: recipe.validation.every,
      run: createValidation({
        network,
        device,
        precision,
        channelsLast,
        space: data.space,
        validation: data.validation,
        targets: data.targets,
        onProblem: recipe.data.onError === "skip" ? onProblem : undefined,
        normalize: recipe.validation.normalize,
        preciseBatchNorm: () => images("statistics", recipe.validation.preciseBatchNorm),
        steps,
        average,
        world,
        save: (which, state) => {
          if (!isFirst) return;
          saveSafetensors(
            folder.model(which),
            ownState(network),
            writeMetadata({ recipe: kept, space: data.space, backboneWeights, ...state }),
          );
        },
      }),
    },
    diagnostics: isFirst ? folder.diagnostics : join(folder.diagnostics, `rank-${world.rank}`),
    eventBytes: () => log?.length ?? 0,
  });
  const stop = () => trainer.interrupt();
  try {
    const resumed = await resumeTogether(trainer, store, { world, network, device });
    if (trainer.step > steps) {
      throw new RunError(
        folder.path,
        `has ${trainer.step} steps already, and the recipe's length is ${steps}: give it as many at least`,
      );
    }
    if (isFirst) {
      await folder.write(kept);
      await writeDataRecord(folder.data, record);
      await recordEnvironment(folder.environment, device);
      log = new JsonLines(folder.events);
      sinks.push(log);
      sinks.push(new TensorBoard(folder.tensorboard), ...events);
      log.truncate(Math.min(resumed?.eventBytes ?? 0, log.length));
    }
    if (!resumed) {
      for (const text of [...warnings, ...origin, ...unusedStart(methodConfig, hasRows)]) await note(0, text);
      if (network.memory && hasRows) await emit(memoryEvent(network.memory, data.space, 0));
    }
    for (const problem of resumed?.skipped ?? [])
      console.warn(visible(`a checkpoint was left out: ${problem}`));
    signal?.addEventListener("abort", stop);
    if (signal?.aborted) stop();
    return await trainer.run();
  } finally {
    // A signal outlives the trainings that it may stop, and what it holds.
    signal?.removeEventListener("abort", stop);
    for (const sink of sinks) sink.close();
    free(network, optimizer, [average, whitening]);
  }
}

/** Gives back what a training computed with, instead of waiting for the garbage collector, which sees no memory of tensors. */
function free(
  network: SegmentationNetwork,
  optimizer: AnyOptimizer,
  others: readonly (Disposable | null | undefined)[],
): void {
  network.zeroGrad();
  for (const state of optimizer.stateDict().state.values()) dispose(state);
  for (const other of others) other?.[Symbol.dispose]();
  dispose([...network.stateDict().values()]);
}

/** What is said where weights bring the memory's rows, so that it does not start. */
const unusedStart = (method: MethodConfig, hasRows: boolean): string[] =>
  usesMemory(method) && hasRows
    ? ["the memory's rows are those of model.weights; method.memoryStart is not used"]
    : [];

/** Goes on from rank 0's newest checkpoint, or from its network where there is none. */
async function resumeTogether(
  trainer: Trainer,
  store: CheckpointStore,
  { world, network, device }: { world: World; network: SegmentationNetwork; device: Device },
): Promise<ReturnType<Trainer["resume"]>> {
  if (world.size === 1) return trainer.resume();
  const latest = world.rank === 0 ? store.latest() : null;
  const found = await shareCheckpoint(world, latest, device);
  if (!found) {
    await world.copyFirst([...network.stateDict().values()]);
    return null;
  }
  try {
    return trainer.resume(found);
  } finally {
    dispose([[...found.checkpoint.model.values()], [...found.checkpoint.training.values()]]);
  }
}

/** What would never begin in a run of so many steps; null: all does. */
function latenessOf(begin: { steps: number; warmUpEnd: number; memoryStart: number }): string | null {
  const { steps, warmUpEnd, memoryStart } = begin;
  if (warmUpEnd >= steps)
    return `method.from: meta-learning would begin after ${warmUpEnd} of ${steps} steps, and so never; give a smaller share, or more steps`;
  if (memoryStart >= steps)
    return `method.memoryStart.afterSteps: the memory would start after ${memoryStart} of ${steps} steps, and so never; give fewer, or more steps in all`;
  return null;
}

/** A memory that takes no part before starts no earlier. */
const startAfter = (config: MemoryStartConfig, warmUp: number): MemoryStartConfig => ({
  ...config,
  afterSteps: Math.max(config.afterSteps, warmUp),
});

const stepsOf = ({ length, accumulation }: Recipe, batchesPerEpoch: number): number =>
  length.steps ?? Math.max(1, Math.round(((length.epochs as number) * batchesPerEpoch) / accumulation));

/**
 * Which file the backbone starts from, by its content.
 * @throws WeightsError where the published file whose name it bears is another
 */
function examineBackboneWeights({ model }: Recipe): BackboneOrigin | null {
  const { backboneWeights } = model;
  if (backboneWeights === null || !statSync(backboneWeights, { throwIfNoEntry: false })?.isFile())
    return null;
  const [file, sha256] = [basename(backboneWeights), hashOfWeights(backboneWeights)];
  const published = publishedWeights.find((one) => one.file === file);
  if (!published || sha256.startsWith(promisedHash(file))) return { file, sha256 };
  throw new WeightsError(
    backboneWeights,
    "is not the file that is published under this name: its SHA-256 does not begin as the name ends. Remove it, and " +
      `pull the weights of ${published.backbone} from ${published.from} again (npx pinmem weights pull)`,
  );
}

interface Built {
  readonly network: SegmentationNetwork;
  /** Where weights came from, in words. */
  readonly origin: readonly string[];
  /** Whether the memory's rows came with them. */
  readonly hasRows: boolean;
}

function buildNetwork(
  { data, model, method, device, channelsLast }: Recipe,
  { space }: OpenData,
  origin: BackboneOrigin | null,
): Built {
  const { backboneWeights, weights, positions } = model;
  const network = createRecipeNetwork({ model, method, data }, space.classes.length);
  const reports: WeightsReport[] = [];
  if (backboneWeights !== null && network instanceof BackboneNetwork) {
    const { backbone } = network;
    reports.push(loadBackboneWeights(backbone, backboneWeights));
    if (positions && backbone instanceof VisionTransformer) backbone.layer0.setRule(positions);
  }
  const whole = weights && loadStart(network, weights, origin);
  if (whole) reports.push(whole);
  setMemoryFormat(network, channelsLast ? "channelsLast" : "contiguous", device as Device);
  const hasRows = whole?.loaded.includes("memory.m_items") ?? false;
  return { network, origin: reports.map(describeWeights), hasRows };
}
