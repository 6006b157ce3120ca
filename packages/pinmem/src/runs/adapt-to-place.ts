// A run adapted to a place, from pictures of it: statistics of batch norm from all of them, rows of the memory from those that
// are labeled, and how much of each by leaving the labeled ones out in turn. What it makes is a run like any other, in a folder
// of its own that appears whole or not at all; the run that it comes from is only read.

import { dirname, resolve } from "node:path";
import { dispose, keep, loadSafetensors, type nn, noGrad, scope } from "@pinmem/torch";
import {
  type LookOptions,
  lookAtPictures,
  lookMoreClearly,
  type PlacePicture,
  tellMoreWithOwn,
} from "../adaptation/look-at-pictures.js";
import { type PlaceWeight, planFor } from "../adaptation/plan.js";
import { refitClassifier, refitClassifierFrom } from "../adaptation/refit-classifier.js";
import { trainSteps } from "../adaptation/train-steps.js";
import { writeMemory, writeSums } from "../adaptation/write-memory.js";
import { FAR_OWN_WEIGHT } from "../inference/place.js";
import type { PlaceStatistics } from "../inference/place-statistics.js";
import { hasBatchNorm, TestTimeNormalization } from "../inference/test-time-normalization.js";
import { adjustLogits } from "../models/adjust-logits.js";
import { BackboneNetwork, exposureOf } from "../models/backbone-network.js";
import { ContextConv2d } from "../models/heads/context-convolution.js";
import type { SegmentationNetwork } from "../models/segmentation-network.js";
import {
  type AdaptOptions,
  type CompleteAdaptOptions,
  completeAdaptOptions,
  requireFolders,
} from "./adapt-options.js";
import { type AdaptationRecord, hasPlaceRows } from "./adaptation-record.js";
import {
  type AdaptedNetwork,
  createAdaptedNetwork,
  preparedCopy,
  withContext,
  withVote,
} from "./adapted-network.js";
import { requireDevice } from "./environment.js";
import { recordLeftOut } from "./left-out-scores.js";
import { logitChoice } from "./logit-choice.js";
import { type ModelMetadata, readMetadata } from "./model-metadata.js";
import { type OpenPlace, openPlace } from "./open-place.js";
import { type OpenRun, weightsFile } from "./open-run.js";
import { placeWeight } from "./place-weight.js";
import { writeAdapted } from "./write-adapted.js";

/** A run that was made for a place. */
export interface Adaptation {
  /** Its folder. */
  readonly out: string;
  /** What was chosen and why; stored with the run. */
  readonly record: AdaptationRecord;
}

/**
 * Makes a run for a place out of a trained one.
 *
 * From pictures alone, batch norm takes statistics of the place, mixed into the trained ones as much as the network's predictions
 * of them ask for, and of each picture it is shown later a little of its own. With labels, rows of the memory
 * are written from them (a network without a memory gets one that votes), or its last convolution is fitted to them in closed
 * form; the weight of the statistics, the strength of the votes and of that fit, and whether the sources' class frequencies are taken out of the
 * logits (without labels they are), are what answers labeled pictures best which were left out; where nothing is better than the network as it
 * was, it stays so. From a run that was adapted before, rows move by the memory's momentum instead of being replaced.
 *
 * @param run folder of a run, a file of weights that a run wrote, or a run that is open
 * @throws RunError, DataError, RangeError, WriteError saying what cannot be used and why; nothing is written then
 */
export async function adaptToPlace(
  run: string | Pick<OpenRun, "file">,
  given: AdaptOptions,
): Promise<Adaptation> {
  const options = completeAdaptOptions(given);
  requireDevice(String(options.device));
  const file = weightsFile(typeof run === "string" ? run : run.file, options.which);
  requireFolders(dirname(file), options);
  const { tensors, metadata } = loadSafetensors(file);
  try {
    const before = readMetadata(file, metadata);
    const place = await openPlace(options, { space: before.space, crop: before.recipe.data.crop });
    const adapted = createAdaptedNetwork(
      before,
      { file, tensors },
      { ...options, withMemory: place.labeled !== null },
    );
    try {
      return await adapt(adapted, { file, before, place, options });
    } finally {
      dispose([...adapted.network.stateDict().values()]);
    }
  } finally {
    dispose([...tensors.values()]);
  }
}

interface Task {
  readonly file: string;
  readonly before: ModelMetadata;
  readonly place: OpenPlace;
  readonly options: CompleteAdaptOptions;
}

async function adapt(
  { network, recipe, attached }: AdaptedNetwork,
  { file, before, place, options }: Task,
): Promise<Adaptation> {
  const { out, device, steps, seed, weight, own, vote, classifier, logitAdjustment, onProgress } = options;
  const { labeled } = place;
  const telling =
    (part: "statistics" | "steps") =>
    (done: number, total: number): void =>
      onProgress({ part, weight: null, done, total });
  const { space } = before;
  const looking = { device, onProgress: telling("statistics") };
  const goesOn = hasPlaceRows(before.adaptation);
  const momentum = goesOn ? (network.memory?.momentum ?? 0) : 0;

  const logits = logitChoice({ file, ...before }, logitAdjustment);
  const askedOfPictures =
    weight === "auto" && hasBatchNorm(network)
      ? await placeWeight(network, place.pictures, { file, ...before }, looking)
      : null;
  using statistics = await statisticsOf(network, place.pictures, askedOfPictures, looking);
  const plan = await planFor(network, {
    labeled,
    statistics,
    weight,
    own: steps > 0 ? 0 : own, // Steps train with one set of statistics for all pictures.
    ownBefore: before.adaptation?.own ?? 0,
    weightWithoutLabels: askedOfPictures,
    tellMoreWithOwn: () => tellMoreWithOwn(network, place.pictures, FAR_OWN_WEIGHT, looking),
    vote,
    classifier,
    logits,
    momentum,
    prepared: () => preparedCopy({ network, recipe }, device),
    device,
    onProgress: (tried, done, total) => onProgress({ part: "choice", weight: tried, done, total }),
  });
  using choice = plan.choice;
  statistics?.mixInto(plan.weight);
  if (logits.frequencies && plan.logitAdjustment > 0)
    adjustLogits(network, logits.frequencies, plan.logitAdjustment);
  using normalization = plan.own > 0 ? new TestTimeNormalization(network, plan.own) : null;
  if (plan.classifier > 0 && labeled && network instanceof BackboneNetwork) {
    if (choice) refitClassifierFrom(network, choice.pictures, plan.classifier);
    else {
      const { classifier: strength, named } = plan;
      await refitClassifier(network, labeled, { strength, device, normalization, named });
    }
  }
  const { memory } = network;
  const changesVote = memory !== null && memory.voteWeight !== plan.vote;
  if (memory) memory.voteWeight = plan.vote;
  const rowsBefore = memory && labeled ? keep(scope(() => noGrad(() => memory.items.clone()))) : null;
  try {
    const writes = plan.rows === "place" && labeled !== null && memory !== null;
    const writeAnew = async (): Promise<string[]> =>
      writes ? writeMemory({ network, space, normalization }, labeled, { momentum, device }) : [];
    let written =
      writes && choice
        ? writeSums(
            { memory, space },
            choice.pictures.map(({ sums }) => sums),
            momentum,
          )
        : await writeAnew();
    if (steps > 0 && labeled && memory && rowsBefore) {
      const trainsWrites = written.length > 0 && !memory.votesOnly;
      await trainSteps(network, labeled, {
        steps,
        seed,
        writes: trainsWrites,
        device,
        onStep: telling("steps"),
      });
      memory.store(rowsBefore); // Features have moved: rows are written anew from what they were.
      written = await writeAnew();
    }
    // A memory that was attached for rows goes again where none were written.
    const isAttached = attached && written.length > 0;
    const record: AdaptationRecord = {
      from: { run: dirname(resolve(file)), file: resolve(file), step: before.step },
      images: place.images,
      labels: place.labels,
      pictures: place.pictures.length,
      labeled: labeled?.samples.length ?? 0,
      weight: plan.weight,
      own: plan.own,
      exposure: exposureOf(network),
      vote: plan.vote,
      classifier: plan.classifier,
      // What was taken out before is in the last layer still.
      logitAdjustment: plan.logitAdjustment + (before.adaptation?.logitAdjustment ?? 0),
      written,
      placeRows: written.length > 0 || goesOn,
      momentum,
      attached: isAttached,
      steps,
      seed,
      leftOut: plan.choice && recordLeftOut(plan.choice, space),
      notes: [
        ...place.notes,
        ...plan.notes,
        ...notesOn({ attached: isAttached, steps, leftOut: plan.choice !== null }),
      ],
    };
    normalization?.remove();
    const hasMemory = memory !== null && attached === isAttached;
    const asBefore = attached && !isAttached ? before.recipe : recipe;
    const voting = hasMemory && (changesVote || isAttached) ? withVote(asBefore, plan.vote) : asBefore;
    await writeAdapted(network, {
      out,
      recipe: seesContext(network) ? withContext(voting) : voting,
      hasMemory,
      space,
      step: before.step,
      backboneWeights: before.backboneWeights,
      record,
      rowsBefore: hasMemory ? rowsBefore : null,
      device,
    });
    return { out, record };
  } finally {
    if (rowsBefore) dispose(rowsBefore);
  }
}

/** Of pictures of the place, under the exposure in which the network sees them clearly; null for a network without batch norm. */
async function statisticsOf(
  network: SegmentationNetwork,
  pictures: readonly PlacePicture[],
  asked: PlaceWeight | null,
  looking: LookOptions,
): Promise<PlaceStatistics | null> {
  if (!hasBatchNorm(network)) return null;
  if (asked?.departs) return await lookMoreClearly(network, pictures, asked.weight, looking);
  return await lookAtPictures(network, pictures, looking);
}

function notesOn(about: { attached: boolean; steps: number; leftOut: boolean }): string[] {
  return [
    ...(about.attached
      ? ["the network had no memory; one that votes was attached, and changes nothing else"]
      : []),
    ...(about.steps > 0 && about.leftOut
      ? ["scores on pictures that were left out are those before the training steps, which saw all of them"]
      : []),
  ];
}

const seesContext = (network: nn.AnyModule): boolean =>
  network instanceof BackboneNetwork && network.classifier instanceof ContextConv2d;
