// A small picture with known labels, by which a device is found out that computes wrongly and says nothing. Pixels whose two
// best classes are close, or which lie between two rows of a memory, are not asked for: there, a device that computes well may
// choose the other one.

import { IGNORE_INDEX, type RgbImage } from "@pinmem/core";
import type { ExportedModel } from "@pinmem/core/formats";
import type { SegmentationNetwork } from "../models/segmentation-network.js";
import { askNetwork } from "./compare.js";
import { withUndecided } from "./undecided.js";

/** Of the largest logit: what the best class has to be ahead by. */
const AHEAD = 0.01;

export function selfTestOf(network: SegmentationNetwork, picture: RgbImage): ExportedModel["selfTest"] {
  const { width, height, pixels } = picture;
  const { logits, labels, undecided } = withUndecided(network, picture, askNetwork(network, picture));
  const largest = logits.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
  const known = labels.map((label, at) =>
    !undecided?.[at] && leadAt(logits, at, labels.length, label) > AHEAD * largest ? label : IGNORE_INDEX,
  );
  return { width, height, pixels: base64(pixels), labels: base64(known) };
}

/** How far the winner is ahead of the next. */
function leadAt(logits: Float32Array, at: number, area: number, winner: number): number {
  let lead = Number.POSITIVE_INFINITY;
  const best = logits[at + winner * area] as number;
  for (let index = at; index < logits.length; index += area) {
    if (index !== at + winner * area) lead = Math.min(lead, best - (logits[index] as number));
  }
  return lead;
}

const base64 = (bytes: Uint8Array): string => Buffer.from(bytes).toString("base64");
