// Pictures of a place, from files or rendered, each sent through the network once: for what batch norm finds in them, or for what
// the network makes of them.

import { setImmediate } from "node:timers/promises";
import { BicubicResizer, meanOf, type RgbImage } from "@pinmem/core";
import { renderStreet } from "@pinmem/streets";
import { type Device, noGrad, scope, type Tensor } from "@pinmem/torch";
import type { SceneSample } from "../datasets/dataset.js";
import { readImage } from "../images/image.js";
import { pictureInput, statisticsView } from "../inference/picture-input.js";
import { BRIGHTER, CLEARER, CLEARLY_MORE } from "../inference/place.js";
import { PlaceStatistics, type PlaceStatisticsOptions } from "../inference/place-statistics.js";
import { SecondLook } from "../inference/second-look.js";
import { asksForOwn, clarity, departs, predictionSigns, type ShiftRule } from "../inference/shift-rule.js";
import { TestTimeNormalization } from "../inference/test-time-normalization.js";
import { withTrainedVotes } from "../inference/trained-votes.js";
import { spreadEvenly } from "../loading/check.js";
import { BackboneNetwork } from "../models/backbone-network.js";
import { predict } from "../models/segment.js";
import type { SegmentationNetwork } from "../models/segmentation-network.js";

/** A file of a picture, or a scene to render. */
export type PlacePicture = string | SceneSample;

/** So many pictures tell what a place is like; statistics are of all, in one pass over them, while a question takes two. */
const MOST_ASKED = 16;
/** Tell under which exposure they are clearer. */
const MOST_COMPARED = 8;

export interface LookOptions {
  readonly device?: Device;
  /** What the network's logits were before they were adjusted, for which rules are. Default: as they are. */
  readonly asTrained?: (logits: Tensor) => Tensor;
  readonly onProgress?: (done: number, total: number) => void;
}

/**
 * What a network's batch norms find in pictures of a place.
 * @param network in its trained form and evaluation mode; it is the same afterwards
 * @throws DataError naming a picture that cannot be read; RangeError where the network has no batch norm or there is no
 *   picture; what `onProgress` throws
 */
export function lookAtPictures(
  network: SegmentationNetwork,
  pictures: readonly PlacePicture[],
  { device = "cpu", exposure, onProgress }: LookOptions & Pick<PlaceStatisticsOptions, "exposure"> = {},
): Promise<PlaceStatistics> {
  async function* looks() {
    for await (const image of inputsOf(pictures))
      yield () => void predict(network, pictureInput([image], device));
  }
  return PlaceStatistics.of(network, looks(), {
    ...(exposure !== undefined && { exposure }),
    onPicture: (done) => onProgress?.(done, pictures.length),
  });
}

/**
 * Whether pictures of a place, taken together, depart from the sources by the rule of `image:auto`: what it asks of a picture is
 * asked of the means over them, or over some where they are many.
 * @param network in its trained form and evaluation mode; it is the same afterwards
 * @throws DataError naming a picture that cannot be read; RangeError where the network has no batch norm; what `onProgress` throws
 */
export async function placeDeparts(
  network: SegmentationNetwork,
  pictures: readonly PlacePicture[],
  rule: ShiftRule,
  options: LookOptions = {},
): Promise<boolean> {
  const second = new SecondLook(network, (image) => withVotesOfTraining(network, image), options.asTrained);
  const signsOf = (input: Tensor) => {
    const trained = second.trained(input);
    return {
      ...predictionSigns(second.asTrained(trained)),
      departure: second.look(input, rule.weight, trained).departure,
    };
  };
  try {
    const signs = await ofEach(spreadEvenly(pictures, MOST_ASKED), signsOf, options);
    const entropy = mean(signs.map((one) => one.entropy));
    const information = mean(signs.map((one) => one.information));
    const departure = mean(signs.map((one) => one.departure));
    return asksForOwn(rule, { entropy, information }) && departs(rule, departure);
  } finally {
    second.normalization.remove();
  }
}

/**
 * Whether pictures of a place, taken together, tell clearly more (information, inference/shift-rule.ts) where each brings `own` of its
 * statistics.
 * @param network with statistics of the place, in its trained form and evaluation mode; it is the same afterwards
 * @throws as `placeDeparts`
 */
export async function tellMoreWithOwn(
  network: SegmentationNetwork,
  pictures: readonly PlacePicture[],
  own: number,
  options: LookOptions = {},
): Promise<boolean> {
  const { asTrained = (logits: Tensor) => logits } = options;
  const told = async () => {
    const look = (input: Tensor) =>
      predictionSigns(asTrained(withVotesOfTraining(network, input))).information;
    return mean(await ofEach(spreadEvenly(pictures, MOST_ASKED), look, options));
  };
  const without = await told();
  using _ = new TestTimeNormalization(network, own);
  return (await told()) > CLEARLY_MORE * without;
}

/**
 * What a network's batch norms find in pictures of a place that departs: in the pictures as they are, or brighter where the network sees
 * them more clearly then.
 * @param weight that the statistics will have
 * @throws as `lookAtPictures`
 */
export async function lookMoreClearly(
  network: SegmentationNetwork,
  pictures: readonly PlacePicture[],
  weight: number,
  options: LookOptions = {},
): Promise<PlaceStatistics> {
  const asTheyAre = await lookAtPictures(network, pictures, options);
  if (!(network instanceof BackboneNetwork)) return asTheyAre;
  let brighter: PlaceStatistics | null = null;
  const clarityWith = async (statistics: PlaceStatistics) => {
    statistics.mixInto(weight);
    try {
      return await meanClarity(network, pictures, options);
    } finally {
      statistics.mixInto(0);
    }
  };
  try {
    const before = await clarityWith(asTheyAre);
    brighter = await lookAtPictures(network, pictures, { ...options, exposure: BRIGHTER });
    const isClearer = (await clarityWith(brighter)) > CLEARER * before;
    const [kept, other] = isClearer ? [brighter, asTheyAre] : [asTheyAre, brighter];
    other[Symbol.dispose]();
    return kept;
  } catch (error) {
    asTheyAre[Symbol.dispose]();
    brighter?.[Symbol.dispose]();
    throw error;
  }
}

function meanClarity(
  network: SegmentationNetwork,
  pictures: readonly PlacePicture[],
  options: LookOptions,
): Promise<number> {
  const { asTrained = (logits: Tensor) => logits } = options;
  const look = (input: Tensor) => clarity(asTrained(withVotesOfTraining(network, input)));
  return ofEach(spreadEvenly(pictures, MOST_COMPARED), look, options).then(mean);
}

/** Votes that weigh what they weighed in training, for which rules are. */
function withVotesOfTraining(network: SegmentationNetwork, input: Tensor): Tensor {
  const memories = network.memory ? [network.memory] : [];
  return withTrainedVotes(memories, () => predict(network, input));
}

/** What is said of each picture, in turn. */
async function ofEach<T>(
  pictures: readonly PlacePicture[],
  of: (input: Tensor) => T,
  { device = "cpu", onProgress }: LookOptions,
): Promise<T[]> {
  const each: T[] = [];
  for await (const image of inputsOf(pictures)) {
    each.push(noGrad(() => scope(() => of(pictureInput([image], device)))));
    onProgress?.(each.length, pictures.length);
  }
  return each;
}

const mean = (values: readonly number[]): number => meanOf(values) ?? Number.NaN;

/** Pictures in the size that statistics are taken in. */
async function* inputsOf(pictures: readonly PlacePicture[]): AsyncGenerator<RgbImage> {
  const resizer = new BicubicResizer();
  for (const picture of pictures) {
    yield statisticsView(await readPicture(picture), resizer);
    await setImmediate(); // Signals are heard in between.
  }
}

async function readPicture(picture: PlacePicture): Promise<RgbImage> {
  if (typeof picture === "string") return readImage(picture);
  const { width, height, image } = renderStreet(picture.scene);
  return { width, height, pixels: image };
}
