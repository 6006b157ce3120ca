// The two graphs of an exported model, computed by libtorch from the run itself: the same inputs and outputs by the same names
// (export/build-graphs.ts), so that a page cannot tell the difference but by time.
// Shapes: K classes, C width of the feature, R rows a class, H W image.

import { statSync } from "node:fs";
import type { ComputeGraph, GraphValues } from "@pinmem/studio";
import { fromTypedArray, noGrad, scope, type Tensor } from "@pinmem/torch";
import { silenceNoise } from "../../export/silence-noise.js";
import { winners } from "../../inference/predictor.js";
import { decodeWith } from "../../models/segment.js";
import type { SegmentationNetwork } from "../../models/segmentation-network.js";
import { type Normalization, openNormalized } from "../../runs/open-normalized.js";
import { weightsFile } from "../../runs/open-run.js";
import { OwnStatistics } from "./own-statistics.js";

interface OpenNetwork extends Disposable {
  readonly network: SegmentationNetwork;
  /** Null: its batch norms have one set of statistics for all pictures, and are folded. */
  readonly own: OwnStatistics | null;
}

/**
 * Opens the run with its first picture, and anew where it has other weights by then.
 * @throws what `openNormalized` throws; RangeError where an input is missing
 */
export function torchGraphs(path: string, normalization: Normalization): ComputeGraph {
  let opened = "";
  let opening: Promise<OpenNetwork> | null = null;
  return async (graph, values, wanted) => {
    const { size, mtimeMs } = statSync(weightsFile(path));
    if (!opening || opened !== `${size}:${mtimeMs}`) {
      void opening?.then((before) => before[Symbol.dispose]()).catch(() => {});
      opened = `${size}:${mtimeMs}`;
      opening = open(path, normalization);
    }
    const { network, own } = await opening;
    return noGrad(() =>
      scope(() => {
        const run = () => (graph === "encode" ? encode : decode)(network, values);
        const found = own ? own.run(values, wanted, run) : run();
        return Object.fromEntries(Object.entries(found).filter(([name]) => wanted.includes(name)));
      }),
    );
  };
}

async function open(path: string, { normalize, place }: Normalization): Promise<OpenNetwork> {
  const byPage = normalize.kind === "image";
  const run = await openNormalized(
    path,
    { normalize: byPage ? { kind: "image", weight: 0 } : normalize, place },
    { form: byPage ? "trained" : "prepared" },
  );
  const { network, normalization } = run;
  silenceNoise(network);
  // Whether it is one of the page's weight or of the run's, the page says the weight.
  normalization?.remove();
  const own =
    byPage || normalization ? new OwnStatistics(network.to({ memoryFormat: "channelsLast" })) : null;
  return { network, own, [Symbol.dispose]: () => run[Symbol.dispose]() };
}

function encode(network: SegmentationNetwork, values: GraphValues): GraphValues {
  const { feature, lowLevel } = network.encode(tensor(values, "image"));
  return { feature: value(feature), ...(lowLevel && { low_level: value(lowLevel) }) };
}

function decode(network: SegmentationNetwork, values: GraphValues): GraphValues {
  const feature = tensor(values, "feature");
  const lowLevel = values.low_level ? tensor(values, "low_level") : null;
  const [height = 0, width = 0] = [...(values.size?.data ?? [])].map(Number);
  const { memory } = network;
  const reading =
    memory?.read(feature, {
      // (K, C) or (K, R, C), which the memory keeps as (K R, C).
      items: tensor(values, "memory").reshape([-1, memory.width]),
      temperature: number(values, "temperature"),
      vote: number(values, "vote_weight"),
    }) ?? null;
  const logits = decodeWith(network, { feature, lowLevel }, reading, [height, width]);
  return {
    logits: value(logits),
    labels: { data: winners(logits), shape: [1, height, width] },
    ...(reading && { read_weights: value(reading.weights) }),
  };
}

function tensor(values: GraphValues, name: string): Tensor {
  const given = values[name];
  if (!(given?.data instanceof Float32Array)) throw new RangeError(`${name} is missing`);
  return fromTypedArray(given.data, given.shape as number[]);
}

const number = (values: GraphValues, name: string): number => Number(values[name]?.data[0] ?? 0);

const value = (one: Tensor): GraphValues[string] => ({
  data: one.contiguous().toTypedArray() as Float32Array,
  shape: [...one.shape],
});
