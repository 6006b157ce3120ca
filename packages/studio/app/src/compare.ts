// Two to four runs on the same pictures: where they disagree, and, where there are labels, which is right. The first is the run that is
// open; the others stand beside it.

import { BoundaryCounts, ConfusionMatrix, meanIoU } from "@pinmem/core";
import type { Model, Segmentation } from "@pinmem/runtime/browser";
import { computed, effect, signal, untracked } from "@preact/signals";
import { dropPicture, modelOf } from "./actions.js";
import { bitmapOf, labelPixels, UndecodableError } from "./decode-picture.js";
import * as state from "./state.js";
import { inTurn, through } from "./turns.js";

/** Runs that stand beside the open one. */
export const MOST_OTHERS = 3;
/** Of the diagonal, as evaluations take it. */
const DILATION = 0.02;

/** What is known of a picture. */
export interface Compared {
  readonly picture: state.Picture;
  /** Share of pixels on which not all runs agree; null of one run alone. */
  readonly disagreement: number | null;
  /** Of this picture alone, of each run, 0 to 1; null where it is not labeled. */
  readonly scores: readonly (number | null)[];
  /** The same near boundaries alone. */
  readonly boundaries: readonly (number | null)[];
  /** Of each run: true by predicted class, row by row; null where the picture is not labeled. */
  readonly confusions: readonly Float64Array[] | null;
}

/** Positions of the runs beside. */
export const othersAt = signal<readonly number[]>([]);
/** Positions of all that are compared, the open run first. */
export const runsAt = computed(() => [
  state.runAt.value,
  ...othersAt.value.filter((at) => at !== state.runAt.value),
]);
/** Results of the open picture, by position of the run beside. */
export const resultsBeside = signal<ReadonlyMap<number, Segmentation>>(new Map());
/** True classes of the open picture; null where it is not labeled. */
export const truth = signal<Uint8Array | null>(null);

export const compared = signal<readonly Compared[]>([]);
/** The runs that `compared` is of. */
export const comparedRuns = signal<readonly number[]>([]);
/** How many are done; null: none is at work. */
export const progress = signal<string | null>(null);
let isStopped = false;

// Figures are told by their places among the runs: of other runs they say nothing.
effect(() => {
  const { value: runs } = runsAt;
  untracked(() => {
    if (comparedRuns.value.join() === runs.join()) return;
    comparedRuns.value = [];
    compared.value = [];
  });
});

/** Ends after the picture in progress. */
export function stopComparing(): void {
  isStopped = true;
}

/** Segments every picture with every run. Those that cannot be decoded are told, and leave the list. */
export async function compareAll(): Promise<void> {
  if (progress.value !== null) return;
  isStopped = false;
  const { value: runs } = runsAt;
  compared.value = [];
  comparedRuns.value = runs;
  const pictures = state.pictures.value.filter(({ isVideo }) => !isVideo);
  const tell = (done: number) => {
    progress.value = `${done} of ${pictures.length}`;
  };
  tell(0);
  try {
    const models = await comparableModels(runs);
    for (const [at, picture] of pictures.entries()) {
      if (isStopped || comparedRuns.value !== runs) break;
      tell(at);
      try {
        const one = await compareOn(models, picture);
        if (comparedRuns.value === runs) compared.value = [...compared.value, one];
      } catch (error) {
        if (error instanceof UndecodableError) dropPicture(picture);
        state.problem.value = state.messageOf(error);
      }
    }
  } finally {
    state.busy.value = null;
    progress.value = null;
  }
}

/** @throws where one has other classes than the first */
export async function comparableModels(runs: readonly number[]): Promise<Model[]> {
  const models: Model[] = [];
  for (const at of runs) models.push(await modelOf(at));
  const namesOf = (model: Model | undefined) => model?.classes.map(({ name }) => name).join();
  const odd = models.find((model) => namesOf(model) !== namesOf(models[0]));
  if (odd)
    throw new Error(
      `${odd.description.name} has other classes than ${models[0]?.description.name}: only runs with the same classes can be compared`,
    );
  return models;
}

async function compareOn(models: readonly Model[], picture: state.Picture): Promise<Compared> {
  const bitmap = await bitmapOf(picture);
  const { width, height } = bitmap;
  const results: Uint8Array[] = [];
  try {
    for (const model of models) results.push((await inTurn(model, () => through(model, bitmap))).labels);
  } finally {
    bitmap.close();
  }
  const labels = picture.label === null ? null : await labelPixels(picture.label);
  const classes = models[0]?.classes.length ?? 0;
  const matrices = labels && results.map((one) => confusionOf(labels, one, classes));
  return {
    picture,
    disagreement: models.length > 1 ? disagreementOf(results) : null,
    scores: results.map((_, run) => (matrices ? meanIoU(matrices[run] as ConfusionMatrix) : null)),
    boundaries: results.map((one) => {
      if (!labels) return null;
      const counts = new BoundaryCounts(classes, DILATION);
      counts.add(one, labels, { width, height });
      return counts.meanIoU();
    }),
    confusions: matrices?.map(({ counts }) => counts) ?? null,
  };
}

/** Share of pixels on which not all agree, 0 to 1. */
export function disagreementOf(results: readonly Uint8Array[]): number {
  const [first, ...others] = results;
  if (!first) return 0;
  let differ = 0;
  for (let at = 0; at < first.length; at++) if (others.some((one) => one[at] !== first[at])) differ++;
  return differ / first.length;
}

function confusionOf(labels: Uint8Array, result: Uint8Array, classes: number): ConfusionMatrix {
  const matrix = new ConfusionMatrix(classes);
  matrix.add(result, labels);
  return matrix;
}

let turn = 0;

/** The open picture through the runs beside; keeps what is there already. */
export async function segmentBeside(): Promise<void> {
  const mine = ++turn;
  const { value: bitmap } = state.bitmap;
  const { value: runs } = runsAt;
  if (!bitmap || !state.result.value) return;
  try {
    const models = await comparableModels(runs);
    for (const [at, model] of models.entries()) {
      const run = runs[at] as number;
      if (at === 0 || resultsBeside.value.has(run)) continue;
      state.busy.value = `Segmenting with ${state.site.value?.runs[run]?.name}`;
      const result = await inTurn(model, async () => (mine === turn ? await through(model, bitmap) : null));
      if (mine !== turn || !result) return;
      resultsBeside.value = new Map(resultsBeside.value).set(run, result);
    }
  } catch (error) {
    if (mine !== turn) return;
    othersAt.value = othersAt.value.slice(0, -1);
    state.problem.value = state.messageOf(error);
  } finally {
    if (mine === turn) state.busy.value = null;
  }
}

/** True classes of the open picture, for its errors. */
export async function readTruth(): Promise<void> {
  const { value: picture } = state.picture;
  truth.value = null;
  if (!picture || picture.label === null) return;
  try {
    const labels = await labelPixels(picture.label);
    if (state.picture.value === picture) truth.value = labels;
  } catch (error) {
    state.problem.value = `The labels of ${picture.name} cannot be had: ${state.messageOf(error)}`;
  }
}
