// How a network is adapted: what is asked for, what labeled pictures say is best, or else what the network makes of the place.

import { meanIoU } from "@pinmem/core";
import type { Device } from "@pinmem/torch";
import type { Dataset } from "../datasets/dataset.js";
import { FAR_OWN_WEIGHT, FAR_PLACE_WEIGHT } from "../inference/place.js";
import type { PlaceStatistics } from "../inference/place-statistics.js";
import { BackboneNetwork } from "../models/backbone-network.js";
import type { SegmentationNetwork } from "../models/segmentation-network.js";
import { sumBytes } from "./classifier-fit.js";
import { type Candidate, type Choice, leaveOneOut, MARGIN, type Scored } from "./leave-one-out.js";
import { namedClasses } from "./named-classes.js";

export interface Plan extends Candidate {
  /** What labeled pictures said; null where there are too few to leave one out. Free it. */
  readonly choice: Choice | null;
  /** The classes that labels name, where they are a few only and what the network sees stands for the others in a fit; else null. */
  readonly named: ReadonlySet<number> | null;
  /** What a reader should know. */
  readonly notes: readonly string[];
}

/** What pictures of a place ask for where no labels say it. */
export interface PlaceWeight {
  /** Of its statistics. */
  readonly weight: number;
  /** Whether it is known to look unlike the sources. */
  readonly departs: boolean;
  /** What a reader should know of that. */
  readonly note: string | null;
}

/** How much of the sources' class frequencies may be taken out of the logits. */
export interface LogitChoice {
  /** Of the classes in the sources' labels; null where they are not known, and nothing is taken out. */
  readonly frequencies: readonly number[] | null;
  /** Of their logarithms, rising. One: that; of several the last where no labels say which. */
  readonly weights: readonly number[];
  /** What a reader should know of that. */
  readonly note: string | null;
}

export interface PlanOptions {
  readonly labeled: Dataset | null;
  /** Null for a network without batch norm. */
  readonly statistics: PlaceStatistics | null;
  readonly weight: number | "auto";
  /** Of each picture's own statistics, mixed into the place's. */
  readonly own: number | "auto";
  /** The same in the network as it is. */
  readonly ownBefore: number;
  /** What the pictures of the place ask for where no labels say it; needed where the weight is "auto" and there are statistics. */
  readonly weightWithoutLabels: PlaceWeight | null;
  /** Whether pictures tell clearly more with some of their own statistics, those of the place being mixed in. */
  readonly tellMoreWithOwn: () => Promise<boolean>;
  readonly vote: number | "auto";
  /** Strength of a classifier fitted to the labeled pictures; "auto" tries some where the vote is "auto" too. */
  readonly classifier: number | "auto";
  readonly logits: LogitChoice;
  /** How much of a row before stays. */
  readonly momentum: number;
  /** A copy of the network as it is now, in its evaluation form; it is freed. */
  readonly prepared?: () => SegmentationNetwork;
  readonly device?: Device;
  readonly onProgress?: (weight: number, done: number, total: number) => void;
}

/** Weights of the place's statistics that are tried on labeled pictures, beside the one that pictures without labels ask for. */
const WEIGHTS = [0, FAR_PLACE_WEIGHT] as const;
/** Of each picture's own that are tried on them. */
const OWN_WEIGHTS = [0, FAR_OWN_WEIGHT] as const;
/** Strengths of the votes, and those beside a fit of the classifier, which does better (docs/results). */
const VOTES = [0, 5, 10, 20, 30] as const;
const VOTES_BESIDE_FIT = [0, 10] as const;
/** Strengths of the fitted classifier: a fit tells classes apart by about one. */
const CLASSIFIERS = [3, 10, 30] as const;
/**
 * Where nothing can be tried: a fit that gains in a drive and does small pictures of many classes hardly any harm, or else votes, of which stronger ones
 * did worse everywhere (docs/results).
 */
const DEFAULT_CLASSIFIER = 1;
const DEFAULT_VOTE = 5;
/**
 * Up to so many pictures are only asked whether a stronger fit is clearly better than none, the strongest first: what is left out of two or three
 * is fitted to half or two thirds of what there is, and says little; where pictures are small and classes many, a fit to so few harms (docs/results).
 */
const FEW = 3;
const STRONGER_OF_FEW: Readonly<Record<number, readonly number[]>> = { 2: [3], 3: [10, 3] };
/**
 * So is any number of pictures whose labels name a few classes only: of statistics, logits and the other classes they say nothing, and what the
 * network sees stands for these.
 */
const STRONGER_OF_SOME = [10, 3] as const;
const OTHERS_STAY =
  "labels name few of the classes that the network sees: where nothing is labeled, what it sees of the others stands for them";

/** Of what a picture says of a fit: several times that is held at once. */
const MOST_SUM_BYTES = 2 ** 30;
const TOO_WIDE = "the network's last layer is too wide to be fitted in memory";

/** The strongest fit that answers pictures clearly better which are left out than none does, or else the weak one. */
function fitOfFew(
  { candidates, before }: Choice,
  stronger: readonly number[],
  score: (scored: Scored) => number,
): Scored {
  const of = (strength: number) => candidates.find(({ classifier }) => classifier === strength) ?? before;
  const taken = stronger.find((strength) => score(of(strength)) > score(of(0)) + MARGIN);
  return of(taken ?? DEFAULT_CLASSIFIER);
}

function expectedOf(asked: PlaceWeight | null): PlaceWeight {
  if (!asked) throw new Error("internal: pictures of the place were not asked for the weight");
  return asked;
}

const ofOwn = ({ own }: Pick<Candidate, "own">): string =>
  own > 0 ? ` and a picture's own with ${own}` : "";

/**
 * Finds out how to adapt a network in its trained form, in evaluation mode; changes its running statistics on the way.
 * @throws DataError naming a picture or label that cannot be used; RangeError where an option has no effect
 */
export async function planFor(
  network: SegmentationNetwork,
  {
    labeled,
    statistics,
    weight: asked,
    own: askedOwn,
    ownBefore,
    weightWithoutLabels,
    tellMoreWithOwn,
    vote,
    classifier,
    logits,
    momentum,
    ...options
  }: PlanOptions,
): Promise<Plan> {
  const trainedVote = network.memory?.voteWeight ?? 0;
  const notes: string[] = logits.note === null ? [] : [logits.note];
  for (const [name, share] of Object.entries({ weight: asked, own: askedOwn })) {
    if (!statistics && share !== "auto" && share > 0)
      throw new RangeError(`adaptToPlace: \`${name}\` has no effect: the network has no batch norm`);
  }
  if (!network.memory && vote !== "auto" && vote > 0) {
    throw new RangeError(
      "adaptToPlace: `vote` has no effect without `labels`: the network has no memory, and one is attached only to be written",
    );
  }
  const isKnown = network instanceof BackboneNetwork;
  const canFit = isKnown && sumBytes(network) <= MOST_SUM_BYTES;
  if (classifier !== "auto" && classifier > 0 && !(canFit && labeled && labeled.samples.length > 0)) {
    throw new RangeError(
      `adaptToPlace: \`classifier\` has no effect: ${isKnown ? (canFit ? "nothing is labeled" : TOO_WIDE) : "the network's last layer is not known"}`,
    );
  }
  const fixed = classifier === "auto" ? 0 : classifier;
  if (!statistics) notes.push("the network has no batch norm, so that there are no statistics to take");
  const weight = statistics ? asked : 0;
  const own = statistics ? (askedOwn === "auto" ? ownBefore : askedOwn) : 0;
  const triesOwn = askedOwn === "auto" && weight === "auto";
  const decideStatistics = async (): Promise<Pick<Candidate, "weight" | "own">> => {
    if (weight !== "auto") return { weight, own };
    const { weight: asFound, departs, note } = expectedOf(weightWithoutLabels);
    if (note !== null) notes.push(note);
    if (!triesOwn || !departs) return { weight: asFound, own };
    statistics?.mixInto(asFound);
    return { weight: asFound, own: (await tellMoreWithOwn()) ? FAR_OWN_WEIGHT : 0 };
  };
  const withoutLabels = logits.weights.at(-1) ?? 0;
  const count = labeled?.samples.length ?? 0;
  const asksLabels = count > 0 && (vote === "auto" || fixed > 0);
  const found = labeled && asksLabels ? await namedClasses(network, labeled, options.device) : null;
  const named = found && !found.covers ? found.named : null;
  if (named) notes.push(OTHERS_STAY);
  const settled = async (rows: Candidate["rows"], otherwise: number, strength = fixed): Promise<Plan> => ({
    ...(await decideStatistics()),
    vote: vote === "auto" ? otherwise : vote,
    rows,
    classifier: strength,
    logitAdjustment: withoutLabels,
    named,
    choice: null,
    notes,
  });
  if (!labeled || count === 0) return settled("trained", trainedVote);
  const mayFit = canFit && classifier === "auto" && vote === "auto";
  if (isKnown && !canFit) notes.push(TOO_WIDE);
  const trying = {
    ...options,
    dataset: labeled,
    mix: (one: number) => statistics?.mixInto(one),
    trainedVote,
    ownBefore,
    momentum,
    frequencies: logits.frequencies,
    named,
  };
  if (count === 1) {
    const plan = mayFit
      ? await settled("trained", trainedVote, DEFAULT_CLASSIFIER)
      : await settled("place", DEFAULT_VOTE);
    const taught = [
      ...(plan.rows === "place" ? [`votes x ${plan.vote}`] : []),
      ...(plan.classifier > 0 ? [`a classifier x ${plan.classifier}`] : []),
    ].join(" and ");
    notes.push(
      `one picture is labeled, so that none can be left out: statistics with weight ${plan.weight}${ofOwn(plan)}, and ${taught}, were not tried on pictures of the place`,
    );
    return plan;
  }
  const asWithoutLabels = async () => {
    const decided = await decideStatistics();
    return { weights: [decided.weight], own: decided.own, logitAdjustments: [withoutLabels] };
  };
  const askedOfLabels = () => {
    const expected = weight === "auto" ? expectedOf(weightWithoutLabels).weight : weight;
    return {
      weights: [expected, ...(weight === "auto" ? WEIGHTS.filter((one) => one !== expected) : [])],
      own,
      owns: triesOwn ? OWN_WEIGHTS.filter((one) => one !== own) : [],
      logitAdjustments: logits.weights,
    };
  };
  if (mayFit && (named || count <= FEW)) {
    const stronger = named ? STRONGER_OF_SOME : (STRONGER_OF_FEW[count] ?? []);
    const choice = await leaveOneOut(network, {
      ...trying,
      ...(await asWithoutLabels()),
      votes: [],
      classifiers: [...stronger, DEFAULT_CLASSIFIER],
    });
    const best = fitOfFew(choice, stronger, (one) => (named ? one.score : (meanIoU(one.matrix) ?? 0)));
    const { matrix: _, score: __, ...plan } = best;
    const fit =
      plan.classifier > DEFAULT_CLASSIFIER
        ? `a classifier x ${plan.classifier} answers those clearly better that are left out`
        : `no stronger classifier than x ${plan.classifier} answers those clearly better that are left out`;
    notes.push(
      `${count} pictures are labeled, ${named ? "a few classes of them" : "too few to choose by"}: ${fit}; scores of what is left out are of a fit to the others alone, and statistics have the weight ${plan.weight}${ofOwn(plan)}`,
    );
    return { ...plan, named, choice: { ...choice, best }, notes };
  }
  const choice = await leaveOneOut(network, {
    ...trying,
    ...(named ? await asWithoutLabels() : askedOfLabels()),
    votes: vote === "auto" ? [...new Set([...(mayFit ? VOTES_BESIDE_FIT : VOTES), trainedVote])] : [vote],
    classifiers: mayFit ? CLASSIFIERS : [],
    classifier: fixed,
  });
  const { matrix, score: _, ...best } = choice.best;
  if ((meanIoU(matrix) ?? 0) < (meanIoU(choice.before.matrix) ?? 0))
    notes.push(
      "what was chosen is better for the classes that several labeled pictures show; the scores of all classes are lower, since those that one picture alone shows are unknown to the others",
    );
  if (choice.best === choice.before)
    notes.push(
      "on pictures that were left out nothing was better than the network as it was, so that it stays so",
    );
  return { ...best, named, choice, notes };
}
