// The procedural streets as a data set: scenes instead of files, rendered where they are needed. Each of its domains is
// a data set of its own; training and validation differ in the seed.

import { cityscapes19, type LabelSpace } from "@pinmem/core";
import { streetDomain } from "@pinmem/streets";
import type { Dataset } from "../dataset.js";
import { trainIdDecoding } from "../label-decoding.js";

export interface StreetsOptions {
  /** One of `streetDomains`. */
  readonly domain: string;
  /** Number of scenes. */
  readonly count: number;
  readonly seed?: number;
  readonly width?: number;
  readonly height?: number;
  readonly space?: LabelSpace;
}

/**
 * Scenes of one procedural domain as a data set; 256 x 128 pixels, seed 0 unless said otherwise.
 * @throws Error where there is no such domain; RangeError where `count` is no positive integer
 */
export function streetsDataset({
  domain,
  count,
  seed = 0,
  width = 256,
  height = 128,
  space = cityscapes19,
}: StreetsOptions): Dataset {
  streetDomain(domain);
  if (!Number.isInteger(count) || count < 1) {
    throw new RangeError(`streetsDataset: count is ${count}, but must be a positive number of scenes`);
  }
  return {
    name: `streets-${domain}`,
    split: `seed ${seed}`,
    root: "",
    layout: "rendered",
    space,
    decoding: trainIdDecoding,
    samples: Array.from({ length: count }, (_, index) => ({ scene: { domain, seed, index, width, height } })),
  };
}
