// The domains that an inspection looks at, and their images as the network takes them.

import { basename } from "node:path";
import { type Device, fromTypedArray, type Tensor } from "@pinmem/torch";
import { imageTensor, normalize } from "../data/batch-tensors.js";
import { spreadEvenly } from "../data/check.js";
import type { Dataset } from "../data/dataset.js";
import { type EvaluationImage, evaluationImages } from "../data/evaluation-loader.js";

/** Seen in training, or not. */
export type DomainRole = "source" | "target";

export interface InspectedDomain {
  readonly name: string;
  readonly role: DomainRole;
  /** How many images there are to look at. */
  readonly count: number;
  /** The images, each time anew, in the same order. */
  images(): AsyncIterable<EvaluationImage>;
}

/** Of a data set, up to so many images, spread evenly over it. */
export function inspectedDomain(dataset: Dataset, role: DomainRole, limit: number): InspectedDomain {
  const samples = spreadEvenly(dataset.samples, limit);
  const chosen = { ...dataset, samples };
  return {
    name: dataset.name,
    role,
    count: samples.length,
    images: () => evaluationImages(chosen, { prefetch: 1 }),
  };
}

export interface ImageTensors {
  /** 1 x 3 x H x W, normalised. */
  readonly image: Tensor;
  /** 1 x H x W, int64, 255 ignored. */
  readonly label: Tensor;
}

export function imageTensors(
  { image, label, width, height }: EvaluationImage,
  device: Device = "cpu",
): ImageTensors {
  return {
    image: normalize(imageTensor(image, [1, height, width], { device })),
    label: fromTypedArray(label, [1, height, width], { device }).to({ dtype: "int64" }),
  };
}

/** What to call an image under a picture: the name of its file, without folders. */
export const shortName = ({ name }: EvaluationImage): string => basename(name);
