// What an exported model says of a picture, beside what libtorch says: how many labels differ, and how far logits are apart.

import type { RgbImage } from "@pinmem/core";
import { noGrad, scope } from "@pinmem/torch";
import { pictureInput } from "../inference/picture-input.js";
import { winners } from "../inference/predictor.js";
import { rowShape } from "../memory/row-choice.js";
import { segment } from "../models/segment.js";
import type { SegmentationNetwork } from "../models/segmentation-network.js";
import { statisticsNames } from "./emitters/picture-statistics.js";
import type { OnnxSession, Values } from "./onnxruntime.js";

/** Shares of the pixels that may have another label, and of the largest logit that a logit may differ by. */
export const limits = { labels: 1e-4, logits: 1e-3 } as const;

/** What a network says of a picture of H x W; logits (K, H, W) in rows. */
export interface Answer {
  /** Null where only labels were asked for. */
  readonly logits: Float32Array | null;
  readonly labels: Uint8Array;
  /** 1: rounding decides about this pixel (undecided.ts). Absent: nowhere. */
  readonly undecided?: Uint8Array;
}

export type NetworkAnswer = Answer & { readonly logits: Float32Array };

/** By libtorch. */
export const askNetwork = (network: SegmentationNetwork, picture: RgbImage): NetworkAnswer =>
  noGrad(() =>
    scope(() => {
      const { logits } = segment(network, pictureInput([picture], "cpu").contiguous());
      return { logits: logits.toTypedArray() as Float32Array, labels: winners(logits) };
    }),
  );

/** The exported graphs, opened. */
export type OpenGraphs =
  | { readonly kind: "split"; readonly encode: OnnxSession; readonly decode: OnnxSession }
  | { readonly kind: "single"; readonly whole: OnnxSession };

/** By onnxruntime, with the defaults of every input. */
export async function askGraphs(
  graphs: OpenGraphs,
  network: SegmentationNetwork,
  picture: RgbImage,
  ownWeight: number,
): Promise<Answer> {
  const { width, height } = picture;
  const image = noGrad(() =>
    scope(() => pictureInput([picture], "cpu").contiguous().toTypedArray() as Float32Array),
  );
  const one = (value: number) => ({ data: Float32Array.of(value), shape: [1] });
  const own = { [statisticsNames.weight]: one(ownWeight), [statisticsNames.useGiven]: one(0) };
  const input: Values = { image: { data: image, shape: [1, 3, height, width] }, ...own };
  if (graphs.kind === "single") return answerOf(await graphs.whole.run(input), network.classes);
  const { memory } = network;
  const decoded = await graphs.decode.run({
    ...(await graphs.encode.run({ ...input, ...nothingGiven(graphs.encode) })),
    ...own,
    ...nothingGiven(graphs.decode),
    ...(memory && {
      memory: {
        data: noGrad(() => scope(() => memory.items.contiguous().toTypedArray() as Float32Array)),
        shape: rowShape(memory),
      },
      temperature: one(memory.readTemperature),
      vote_weight: one(memory.voteWeight),
    }),
    size: { data: BigInt64Array.of(BigInt(height), BigInt(width)), shape: [2] },
  });
  return answerOf(decoded, network.classes);
}

/** Statistics that do not count, of the number that a graph asks for. */
function nothingGiven(graph: OnnxSession): Values {
  const count = graph.channelsOf(statisticsNames.given);
  return count === null
    ? {}
    : { [statisticsNames.given]: { data: new Float32Array(count), shape: [1, count] } };
}

function answerOf({ logits, labels }: Values, classes: number): Answer {
  if (labels)
    return { logits: (logits?.data ?? null) as Float32Array | null, labels: labels.data as Uint8Array };
  const data = logits?.data as Float32Array;
  const area = data.length / classes;
  return { logits: data, labels: Uint8Array.from({ length: area }, (_, at) => winnerAt(data, at, area)) };
}

function winnerAt(logits: Float32Array, at: number, area: number): number {
  let best = 0;
  for (let index = at + area; index < logits.length; index += area) {
    if ((logits[index] as number) > (logits[at + best * area] as number)) best = (index - at) / area;
  }
  return best;
}

/** How two answers differ. */
export interface Difference {
  /** Pixels with another label. */
  readonly labels: number;
  /** Of those the ones that rounding does not explain. */
  readonly wrong: number;
  readonly pixels: number;
  /** Largest difference of two logits of a pixel that is decided, as a share of the largest logit; null where one has none. */
  readonly logits: number | null;
}

/** @param expected by libtorch */
export function differenceOf(expected: NetworkAnswer, found: Answer): Difference {
  const { logits, labels, undecided } = expected;
  const pixels = labels.length;
  const largest = logits.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
  // Either of the two may be off by the limit.
  const close = 2 * limits.logits * largest;
  let [other, wrong] = [0, 0];
  for (const [at, label] of labels.entries()) {
    const instead = found.labels[at] as number;
    if (instead === label) continue;
    other++;
    const behind = (logits[at + label * pixels] as number) - (logits[at + instead * pixels] as number);
    if (!(undecided?.[at] || behind <= close)) wrong++;
  }
  return { labels: other, wrong, pixels, logits: relativeDifference(expected, found, largest) };
}

/** NaN where one holds NaN. */
function relativeDifference(
  { logits, labels, undecided }: NetworkAnswer,
  found: Answer,
  largest: number,
): number | null {
  if (!found.logits) return null;
  let difference = 0;
  for (const [at, value] of logits.entries()) {
    if (undecided?.[at % labels.length]) continue;
    difference = Math.max(difference, Math.abs(value - (found.logits[at] as number)));
  }
  return difference === 0 ? 0 : difference / largest;
}
