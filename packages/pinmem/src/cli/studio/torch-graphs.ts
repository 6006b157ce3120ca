// The two graphs of an exported model, computed by libtorch from the run itself: the same inputs and outputs by the same names
// (export/build-graphs.ts), so that a page cannot tell the difference but by time.
// Shapes: K classes, C width of the feature, R rows a class, H W image.

import type { ComputeGraph, GraphValues } from "@pinmem/studio";
import { fromTypedArray, noGrad, scope, type Tensor } from "@pinmem/torch";
import { winners } from "../../inference/predictor.js";
import { decodeWith } from "../../models/segment.js";
import type { SegmentationNetwork } from "../../models/segmentation-network.js";
import { openRun } from "../../runs/open-run.js";

/** Opens the run with its first picture. @throws RangeError where an input is missing */
export function torchGraphs(path: string): ComputeGraph {
  let network: SegmentationNetwork | null = null;
  return async (graph, values, wanted) => {
    network ??= openRun(path).network;
    const found = (graph === "encode" ? encode : decode)(network, values);
    return Object.fromEntries(Object.entries(found).filter(([name]) => wanted.includes(name)));
  };
}

const encode = (network: SegmentationNetwork, values: GraphValues): GraphValues =>
  noGrad(() =>
    scope(() => {
      const { feature, lowLevel } = network.encode(tensor(values, "image"));
      return { feature: value(feature), ...(lowLevel && { low_level: value(lowLevel) }) };
    }),
  );

const decode = (network: SegmentationNetwork, values: GraphValues): GraphValues =>
  noGrad(() =>
    scope(() => {
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
    }),
  );

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
