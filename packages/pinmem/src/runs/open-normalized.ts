// A run opened with the statistics that a protocol asks for, whichever they are.

import type { TestNormalization } from "@pinmem/core/formats";
import type { Place } from "../inference/place.js";
import { type OpenRun, type OpenRunOptions, openRun, openRunAtPlace } from "./open-run.js";

/** What a protocol says of the statistics, and the place that it names. */
export interface Normalization {
  readonly normalize: TestNormalization;
  readonly place: Place | null;
}

export interface OpenNormalizedOptions extends Omit<OpenRunOptions, "normalize"> {
  /** Told after each picture of the place. */
  readonly onPicture?: (done: number, total: number) => void;
}

/** @throws as `openRun` and `openRunAtPlace` */
export async function openNormalized(
  path: string,
  { normalize, place }: Normalization,
  { onPicture, ...options }: OpenNormalizedOptions = {},
): Promise<OpenRun> {
  if (normalize.kind !== "place") return openRun(path, { ...options, normalize });
  if (!place) throw new Error("internal: the protocol names a place that was not found");
  return openRunAtPlace(path, place, {
    ...options,
    weight: normalize.weight,
    ...(onPicture && { onPicture }),
  });
}
