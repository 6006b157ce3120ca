// Which weight of the place's statistics, which strength of the votes and of a classifier fitted to the place, with the sources' class
// frequencies in the logits or without? Asked of the labeled pictures themselves: each is answered with rows written from the others (or
// a fit to them), and what all of them got wrong is counted together.
//
// Where labels name a few classes only, what the network sees of others where nothing is labeled stands for a label: in a fit, and against those
// who take it for one of these few. (Else whoever gives them every pixel would win.)
//
// A class that pictures of one fold alone show is not asked of them: the others could tell nothing of it, where what is adapted in the
// end is told by all. (Asked, it spoke against every fit, in small pictures of many classes most: docs/results.)
//
// The state as trained is always among the candidates and stays where nothing is better, so that adapting is never chosen where
// it harms the pictures at hand. Few labeled pictures tell little of statistics, of which many without labels tell (place-weight.ts): the
// weight that these ask for is tried first, and another is taken only where it is better by more than few pictures can tell; so are each
// picture's own, mixed into these. Each takes a pass over the pictures, while rows, strengths of the votes and of the fit and adjustments of
// the logits share what was encoded.
// Shapes: K classes, C width, H W image, h w feature.

import { setImmediate } from "node:timers/promises";
import { ConfusionMatrix, classIoU, IGNORE_INDEX, meanIoU, meanOf } from "@pinmem/core";
import { type Device, dispose, scope } from "@pinmem/torch";
import type { Dataset } from "../datasets/dataset.js";
import { TestTimeNormalization } from "../inference/test-time-normalization.js";
import { evaluationImages } from "../loading/evaluation-loader.js";
import type { ClassMemory } from "../memory/class-memory.js";
import { BackboneNetwork } from "../models/backbone-network.js";
import type { SegmentationNetwork } from "../models/segmentation-network.js";
import { memoryOf } from "../training/methods/method.js";
import { type PictureSums, rowsOf } from "./class-rows.js";
import { fitClassifier, sumBytes, totalOf } from "./classifier-fit.js";
import { EncodedPicture } from "./encoded-picture.js";

/**
 * A fit of the classifier leaves out the pictures of a fold: one up to this many pictures. What they say of it is large (1 MB for
 * each class at a width of 256), so that those of a fold say it together; of a wide layer there are fewer folds.
 */
const FOLDS = 16;

/** Of what folds say. */
const FOLD_BYTES = 2 ** 30;

/** How many folds there are, two at least. */
const foldsOf = (network: SegmentationNetwork): number =>
  network instanceof BackboneNetwork
    ? Math.min(FOLDS, Math.max(2, Math.floor(FOLD_BYTES / sumBytes(network))))
    : FOLDS;

/** Of features, kept between the two looks at each picture. */
const KEPT_BYTES = 2 ** 30;

/** One way to adapt. */
export interface Candidate {
  /** Of the place's statistics, 0 to 1. */
  readonly weight: number;
  /** Of each picture's own, mixed into these, 0 to 1. */
  readonly own: number;
  /** Weight of the memory's cosines in the logits. */
  readonly vote: number;
  /** Rows as they were, or written from the pictures of the place. */
  readonly rows: "trained" | "place";
  /** How much of a fit to the labeled pictures is added to the last convolution; 0: it stays as trained. */
  readonly classifier: number;
  /** How much of the logarithms of the sources' class frequencies is taken out of the logits. */
  readonly logitAdjustment: number;
}

/** A candidate, and what it answered to pictures that had no part in its rows. */
export interface Scored extends Candidate {
  readonly matrix: ConfusionMatrix;
  /** Mean IoU over the classes that several pictures show, and their pixels, which candidates are chosen by. */
  readonly score: number;
}

/** What labeled pictures say of rows and of a fit of the classifier. */
export type PictureEvidence = Pick<EncodedPicture, "sums" | "classifier">;

/** Free it. */
export interface Choice extends Disposable {
  /** The network as it was. */
  readonly before: Scored;
  readonly best: Scored;
  /** All that were tried, in turn. */
  readonly candidates: readonly Scored[];
  /** What the pictures say under the best weight of the statistics, where that was tried. */
  readonly pictures: readonly PictureEvidence[];
}

export interface LeaveOneOutOptions {
  /** Pictures with labels, two at least. */
  readonly dataset: Dataset;
  /** Puts statistics with this weight of the place's into the network. */
  readonly mix: (weight: number) => void;
  /** Weights to try; the first is taken unless another is clearly better. One: that one. */
  readonly weights: readonly number[];
  /** Of each picture's own statistics in all that is tried by `weights`. Default 0. */
  readonly own?: number;
  /** The same in the network as it was. Default 0. */
  readonly ownBefore?: number;
  /** Others to try under the best of `weights`. Default none. */
  readonly owns?: readonly number[];
  /** Strengths to try for written rows, beside rows as trained. One: that one alone. */
  readonly votes: readonly number[];
  /** Strengths of a fitted classifier to try beside rows as trained. Default none. */
  readonly classifiers?: readonly number[];
  /** Strength of the classifier in all that is tried else; above 0: it is asked for. Default 0. */
  readonly classifier?: number;
  /** Of the classes in the sources' labels, where an adjustment of the logits is tried. Default not known. */
  readonly frequencies?: readonly number[] | null;
  /** How much of their logarithms is taken out of the logits in what is tried, rising. One: that alone. Default nothing. */
  readonly logitAdjustments?: readonly number[];
  /** The classes that labels name, where what the network sees stands for the others. Default null: what is not labeled says nothing. */
  readonly named?: ReadonlySet<number> | null;
  /** Strength as trained. */
  readonly trainedVote: number;
  /** How much of a row before stays. */
  readonly momentum: number;
  /** A copy of the network as it is now, in its evaluation form, which answers in its place; it is freed. Default: itself. */
  readonly prepared?: () => SegmentationNetwork;
  readonly device?: Device;
  readonly maxPixels?: number;
  readonly onProgress?: (weight: number, done: number, total: number) => void;
}

/**
 * Scores ways to adapt a network with a memory, in its trained form and evaluation mode, and finds the best. The statistics
 * in it are those of the last that was tried then.
 * @throws DataError naming a picture or label that cannot be used; what `onProgress` throws
 */
export async function leaveOneOut(
  network: SegmentationNetwork,
  {
    weights,
    own = 0,
    ownBefore = 0,
    owns = [],
    votes,
    trainedVote,
    classifiers = [],
    classifier = 0,
    logitAdjustments = [0],
    ...options
  }: LeaveOneOutOptions,
): Promise<Choice> {
  const trained: Candidate = {
    weight: 0,
    own: ownBefore,
    vote: trainedVote,
    rows: "trained",
    classifier: 0,
    logitAdjustment: 0,
  };
  const isSilent = memoryOf(network, "leaveOneOut").votesOnly && trainedVote === 0;
  const withLogits = (statistics: Mixture, logitAdjustment: number): Candidate[] => {
    const common = { ...statistics, classifier, logitAdjustment };
    const written = (vote: number): Candidate => ({ ...common, vote, rows: "place" });
    if (votes.length === 1) return votes.map(written);
    const strengths = votes.filter((vote) => vote > 0 || !isSilent); // Rows that do not vote are no candidate then.
    return [
      { ...trained, ...common },
      ...strengths.map(written),
      ...classifiers.map((strength): Candidate => ({ ...trained, ...common, classifier: strength })),
    ];
  };
  const at = (statistics: Mixture): Candidate[] =>
    logitAdjustments.flatMap((adjustment) => withLogits(statistics, adjustment));
  const isAsItWas = ({ weight, own }: Mixture) => weight === 0 && own === ownBefore;
  const mixtures = weights.map((weight): Mixture => ({ weight, own }));
  /** Whether the network as it was is among what may be chosen. */
  const mayStay =
    mixtures.some(isAsItWas) && votes.length > 1 && classifier === 0 && logitAdjustments[0] === 0;
  const candidates: Scored[] = [];
  const leader = new Leader();
  const tryAt = async (statistics: Mixture): Promise<void> => {
    const { scored, pictures } = await score(network, statistics, at(statistics), options);
    candidates.push(...scored);
    leader.challenge(scored, pictures);
  };
  try {
    for (const statistics of mixtures) await tryAt(statistics);
    const before =
      (mayStay ? candidates.find((one) => isAsItWas(one)) : undefined) ??
      (await scoreAlone(network, trained, options));
    for (const other of owns) await tryAt({ weight: leader.best.weight, own: other });
    const { best, pictures } = leader;
    return {
      before,
      best: mayStay && best.score <= before.score ? before : best,
      candidates,
      pictures,
      [Symbol.dispose]: () => free(pictures),
    };
  } catch (error) {
    free(leader.pictures);
    throw error;
  }
}

/** The best of what was tried so far; that of other statistics takes its place only where it is clearly better. */
class Leader {
  #best: Scored | undefined;
  /** Under its statistics. */
  pictures: readonly EncodedPicture[] = [];

  get best(): Scored {
    if (this.#best) return this.#best;
    throw new Error("internal: leaveOneOut has scored nothing");
  }

  /** Frees the pictures of the one that is not kept. */
  challenge(scored: readonly Scored[], pictures: readonly EncodedPicture[]): void {
    const best = bestOf(scored);
    const wins = best !== undefined && (!this.#best || best.score > this.#best.score + MARGIN);
    free(wins ? this.pictures : pictures);
    if (!wins) return;
    this.#best = best;
    this.pictures = pictures;
  }
}

async function scoreAlone(
  network: SegmentationNetwork,
  candidate: Candidate,
  options: ScoreOptions,
): Promise<Scored> {
  const { scored, pictures } = await score(network, candidate, [candidate], options);
  free(pictures);
  return scored[0] as Scored;
}

function free(pictures: readonly EncodedPicture[]): void {
  for (const picture of pictures) picture[Symbol.dispose]();
}

/** Of mean IoU: a few pictures tell no smaller difference from chance (docs/results). */
export const MARGIN = 0.01;

/** Of equal ones the first. */
const bestOf = (scored: readonly Scored[]): Scored | undefined =>
  scored.reduce<Scored | undefined>(
    (best, one) => (best === undefined || one.score > best.score ? one : best),
    undefined,
  );

/** Of statistics: how much is the place's, and then how much each picture's own. */
type Mixture = Pick<Candidate, "weight" | "own">;

type ScoreOptions = Omit<
  LeaveOneOutOptions,
  | "weights"
  | "own"
  | "ownBefore"
  | "owns"
  | "votes"
  | "trainedVote"
  | "classifiers"
  | "classifier"
  | "logitAdjustments"
>;

/** Candidates of the same statistics, and the pictures under them without their features, which the caller frees. */
async function score(
  trained: SegmentationNetwork,
  { weight, own }: Mixture,
  candidates: readonly Candidate[],
  {
    dataset,
    mix,
    momentum,
    prepared,
    device = "cpu",
    maxPixels,
    frequencies = null,
    named = null,
    onProgress = () => {},
  }: ScoreOptions,
): Promise<{ readonly scored: Scored[]; readonly pictures: EncodedPicture[] }> {
  mix(weight);
  using normalization = own > 0 ? new TestTimeNormalization(trained, own) : null;
  const network = (normalization ? null : prepared?.()) ?? trained;
  const memory = memoryOf(network, "leaveOneOut");
  const asTrained = {
    vote: memory.voteWeight,
    logitAdjustment: candidates[0]?.logitAdjustment ?? 0,
  };
  const asked = candidates.map((one) => ({
    ...one,
    matrix: new ConfusionMatrix(network.classes),
    /** Of the pixels without a label. */
    rest: new ConfusionMatrix(network.classes),
  }));
  const groups = decodedTogether(memory, asked);
  const folds = foldsOf(network);
  const fits = candidates.some(({ classifier }) => classifier > 0);
  const total = 2 * dataset.samples.length;
  const pictures: EncodedPicture[] = [];
  let answered = 0;
  try {
    let left = KEPT_BYTES;
    for await (const picture of evaluationImages(
      dataset,
      maxPixels === undefined ? {} : { image: { maxPixels } },
    )) {
      const encoded = new EncodedPicture(network, picture, {
        device,
        normalization,
        classifier: fits,
        keepUpTo: left,
        ...(named && { others: { named, asked: asTrained, frequencies } }),
      });
      left -= encoded.bytes;
      const first = pictures[pictures.length % folds];
      pictures.push(encoded);
      if (first && encoded.classifier) first.classifier?.add(encoded.classifier);
      onProgress(weight, pictures.length, total);
      await setImmediate(); // Signals are heard in between.
    }
    using sums = fits ? totalOf(pictures.flatMap(({ classifier }) => classifier ?? [])) : null;
    for (let fold = 0; fold < Math.min(folds, pictures.length); fold++) {
      const leftOut = pictures[fold]?.classifier ?? undefined;
      using fit = sums && fitClassifier(sums, network.classes, leftOut);
      for (let at = fold; at < pictures.length; at += folds) {
        const picture = pictures[at] as EncodedPicture;
        const others = pictures.filter((one) => one !== picture);
        for (const group of groups) {
          scope(() => {
            const isPlace = group.some(({ rows }) => rows === "place");
            const items = isPlace ? rowsOf(sumsOf(others), { before: memory.items, momentum }) : memory.items;
            const predictions = picture.answers(items, group, { fit, frequencies });
            for (const [which, one] of group.entries()) {
              const prediction = predictions[which] as Uint8Array;
              count(one.matrix, prediction, picture.label);
              if (picture.rest) count(one.rest, prediction, picture.rest);
            }
          });
        }
        answered++;
        onProgress(weight, pictures.length + answered, total);
        await setImmediate();
      }
    }
    for (const picture of pictures) picture.forget();
    const several = shownBySeveral(pictures, folds);
    const scored = asked.map(({ rest, ...one }) => ({
      ...one,
      score: meanIoUOver(one.matrix, several, rest),
    }));
    return { scored, pictures };
  } catch (error) {
    free(pictures);
    throw error;
  } finally {
    if (network !== trained) dispose([...network.stateDict().values()]);
  }
}

const sumsOf = (pictures: readonly PictureEvidence[]): PictureSums[] => pictures.map(({ sums }) => sums);

/** Classes that pictures of more than one fold show. */
function shownBySeveral(pictures: readonly EncodedPicture[], folds: number): ReadonlySet<number> {
  const shown = new Map<number, number>();
  const several = new Set<number>();
  for (const [at, { label }] of pictures.entries()) {
    for (const trainId of new Set(label)) {
      const first = shown.get(trainId);
      if (first === undefined) shown.set(trainId, at % folds);
      else if (first !== at % folds) several.add(trainId);
    }
  }
  several.delete(IGNORE_INDEX);
  return several;
}

/**
 * Mean IoU over some classes, of whose pixels alone it is; over all classes where there are none of these.
 * @param rest pixels of other classes, which are wrong where they are taken for these
 */
export function meanIoUOver(
  matrix: ConfusionMatrix,
  some: ReadonlySet<number>,
  rest = new ConfusionMatrix(matrix.classes),
): number {
  if (some.size === 0) return meanIoU(matrix) ?? 0;
  const within = new ConfusionMatrix(matrix.classes);
  for (const trainId of some) {
    const row = trainId * matrix.classes;
    within.counts.set(matrix.counts.subarray(row, row + matrix.classes), row);
  }
  within.merge(rest);
  const each = classIoU(within);
  return meanOf([...some].flatMap((trainId) => each[trainId] ?? [])) ?? 0;
}

/** Candidates of which a decoder sees the same: those of the same rows, or all where rows without votes change nothing. */
function decodedTogether<T extends Candidate>(memory: ClassMemory, scored: readonly T[]): T[][] {
  const trained = scored.filter(({ rows }) => rows === "trained");
  const place = scored.filter(({ rows }) => rows === "place");
  const together = memory.votesOnly && trained.every(({ vote }) => vote === 0);
  const groups = together ? [[...trained, ...place]] : [trained, place];
  return groups.filter(({ length }) => length > 0);
}

/** As `ConfusionMatrix.add`, for values that are known to be right: small pictures are counted often. */
function count({ counts, classes }: ConfusionMatrix, prediction: Uint8Array, label: Uint8Array): void {
  for (let at = 0; at < label.length; at++) {
    const row = label[at] as number;
    if (row === IGNORE_INDEX) continue;
    const cell = row * classes + (prediction[at] as number);
    counts[cell] = (counts[cell] as number) + 1;
  }
}
