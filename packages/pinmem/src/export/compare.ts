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

/** What a network says of a picture of H x W; logits (K, H, W) in rows. */
export interface Answer {
  /** Null where only labels were asked for. */
  readonly logits: Float32Array | null;
  readonly labels: Uint8Array;
}

/** By libtorch. */
export const askNetwork = (
  network: SegmentationNetwork,
  picture: RgbImage,
): Answer & { readonly logits: Float32Array } =>
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
  readonly pixels: number;
  /** Largest difference of two logits, as a share of the largest logit; null where one has none. */
  readonly logits: number | null;
}

export function differenceOf(expected: Answer, found: Answer): Difference {
  let labels = 0;
  for (const [at, label] of expected.labels.entries()) if (found.labels[at] !== label) labels++;
  return {
    labels,
    pixels: expected.labels.length,
    logits: relativeDifference(expected.logits, found.logits),
  };
}

/** NaN where one holds NaN. */
function relativeDifference(expected: Float32Array | null, found: Float32Array | null): number | null {
  if (!expected || !found) return null;
  let [difference, largest] = [0, 0];
  for (const [at, value] of expected.entries()) {
    difference = Math.max(difference, Math.abs(value - (found[at] as number)));
    largest = Math.max(largest, Math.abs(value));
  }
  return difference === 0 ? 0 : difference / largest;
}
