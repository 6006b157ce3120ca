// Streets: a procedural renderer of driving scenes with exact labels, for tests, demonstrations and experiments where no
// data set can be had. All 19 Cityscapes classes, ten domains that differ in appearance and layout, any resolution,
// bit-identical everywhere for the same (domain, seed, index, width, height). It is a stand-in for data sets, never a
// substitute: figures measured on it say nothing about real streets.

import type { StreetDomain } from "./domain.js";
import { streetDomains } from "./domains.js";
import { renderScene, type StreetImage } from "./render.js";

export type { StreetDomain } from "./domain.js";
export type { StreetImage } from "./render.js";
export { streetDomains };

export interface StreetRequest {
  /** The name of one of `streetDomains`. */
  readonly domain: string;
  /** An integer from 0 to 2^53 - 1. */
  readonly seed: number;
  /** Which scene: an integer from 0 to 2^32 - 1. */
  readonly index: number;
  /** Pixels, 16 to 4096 each; the scene is the same at every size of the same shape. */
  readonly width?: number;
  readonly height?: number;
}

/** The domain of that name. */
export function streetDomain(name: string): StreetDomain {
  const found = streetDomains.find((domain) => domain.name === name);
  if (found) return found;
  const known = streetDomains.map((domain) => domain.name).join(", ");
  throw new Error(`streetDomain: there is no domain "${name}"; there are ${known}`);
}

/**
 * Renders a street scene with its label.
 *
 * @throws RangeError when the size is out of range, Error when the domain is unknown.
 */
export function renderStreet({ domain, seed, index, width = 256, height = 128 }: StreetRequest): StreetImage {
  for (const [name, value] of Object.entries({ width, height })) {
    if (!Number.isInteger(value) || value < 16 || value > 4096) {
      throw new RangeError(`renderStreet: ${name} is ${value}, but must be an integer from 16 to 4096`);
    }
  }
  return renderScene(streetDomain(domain), seed, index, width, height);
}
