// The pictures that an adaptation works with: those it takes statistics of, and those whose labels it writes rows from, chosen
// and looked over before anything is computed.

import type { LabelSpace, Size } from "@pinmem/core";
import { sameClasses } from "@pinmem/core/formats";
import type { PlacePicture } from "../adaptation/look-at-pictures.js";
import { findPlacePictures } from "../adaptation/place-pictures.js";
import type { Dataset } from "../datasets/dataset.js";
import { LabelDecoder } from "../datasets/label-decoding.js";
import { DataError } from "../files/data-error.js";
import { openImage } from "../images/image.js";
import { surveyLabels } from "../loading/label-survey.js";
import { openSample } from "../loading/open-sample.js";
import type { CompleteAdaptOptions } from "./adapt-options.js";
import { chooseReadable, pictureOf } from "./open-place-readable.js";
import { fittingHeight, MOST_TIMES, timesTheCrop } from "./open-place-size.js";
import { unusedLabels } from "./open-place-unused.js";

export interface OpenPlace {
  /** What statistics are taken of. */
  readonly pictures: readonly PlacePicture[];
  /** The labeled pictures that are used; null where there are no labels. */
  readonly labeled: Dataset | null;
  /** What pictures and labels are called in records. */
  readonly images: string | readonly string[];
  readonly labels: string | null;
  /** What of these is left out, or not used. */
  readonly notes: readonly string[];
}

/**
 * Pictures that cannot be read are left out, with a note, and so are labels that are not used; a label that is used and cannot be
 * read is an error.
 * @param crop of the training
 * @throws DataError naming the file or folder that cannot be used; RangeError where a data set has other classes
 */
export async function openPlace(
  { images, labels, shots, limit }: CompleteAdaptOptions,
  { space, crop }: { readonly space: LabelSpace; readonly crop: Size },
): Promise<OpenPlace> {
  const found = await (isDataset(images)
    ? fromDataset(images, space)
    : findPlacePictures({ images, labels }, space));
  const all = { pictures: found.images, samples: found.labeled.samples };
  const { pictures, samples, broken } = await chooseReadable(all, { limit, shots });
  const notes = broken.map(({ file, problem }) => `left out of the place: ${file}: ${problem}`);
  const labeled = samples.length > 0 ? { ...found.labeled, samples } : null;
  for (const picture of new Set([...pictures, ...samples.map(pictureOf)])) await requireSize(picture, crop);
  if (labels !== undefined && shots > 0) {
    const paired = all.samples;
    notes.push(...(await unusedLabels(labels, { paired, used: samples.length })));
  }
  if (labeled) {
    await surveyLabels(labeled);
    const context = { decoder: new LabelDecoder(labeled.decoding), space };
    for (const sample of samples) await openSample(sample, context); // whose label is of its size
  }
  return {
    pictures,
    labeled,
    images: isDataset(images) ? `${images.name}, ${images.split}` : images,
    labels: labeled && (isDataset(images) ? `${images.name}, ${images.split}` : (labels ?? null)),
    notes,
  };
}

const isDataset = (images: CompleteAdaptOptions["images"]): images is Dataset =>
  typeof images === "object" && "samples" in images;

async function fromDataset(dataset: Dataset, space: LabelSpace) {
  if (sameClasses(dataset.space, space)) return { images: dataset.samples.map(pictureOf), labeled: dataset };
  throw new RangeError(
    `adaptToPlace: the labels of ${dataset.name} are in the space ${dataset.space.name} (${dataset.space.classes.length} classes), but the network tells the ${space.classes.length} classes of ${space.name} apart; open the data set with the space of the run`,
  );
}

async function requireSize(picture: PlacePicture, crop: Size): Promise<void> {
  if (typeof picture !== "string") return;
  const size = await openImage(picture);
  const { width, height } = size;
  const ratio = timesTheCrop(size, crop);
  if (ratio <= MOST_TIMES && ratio >= 1 / MOST_TIMES) return;
  const [times, what, remedy] =
    ratio > 1
      ? [
          ratio,
          "large",
          `make pictures and labels smaller, such as ${fittingHeight(size, crop)} pixels high, and predict at that \`height\``,
        ]
      : [1 / ratio, "small", "take larger pictures"];
  throw new DataError(
    picture,
    `is ${width}x${height} pixels, ${times.toFixed(1)} times as ${what} as the crops of ${crop.width}x${crop.height} that the network was trained on, so that it would see everything in sizes that it does not know (more than ${MOST_TIMES} times is refused): ${remedy}`,
  );
}
