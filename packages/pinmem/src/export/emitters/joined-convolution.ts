// The joined convolution of DeepLabV3+'s decoder in two parts, as models/heads/joined-convolution.ts computes it: what the fine map
// gives, and what the coarse one, whose taps are taken before it is enlarged. The matrices of enlargement follow from the
// sizes, as rows of the identity that are resized.
// Shapes: B batch, F channels of the fine map (B, F, H, W), C of the coarse one (B, C, h, w), O of the result (B, O, H, W).

import { nn, noGrad, scope } from "@pinmem/torch";
import type { JoinedLayers } from "../../models/heads/joined-convolution.js";
import type { Graph, Value } from "../onnx/graph.js";
import { resize, sizesOf } from "../onnx/operations.js";
import type { EmitContext } from "./registry.js";
import { emitTiled, isTileable } from "./tiled-convolution.js";

/** The fine map's part of the convolution, (B, O, H, W). */
export function emitFine({ first }: JoinedLayers, fine: Value, { graph }: EmitContext): Value {
  const { weight, bias, fineChannels } = first;
  const weightOfFine = scope(() => noGrad(() => graph.weights(weight.narrow(1, 0, fineChannels))));
  return graph.node("Conv", [fine, weightOfFine, ...(bias ? [graph.weights(bias)] : [])], {
    kernel_shape: [3, 3],
    pads: [1, 1, 1, 1],
  });
}

/** What the layers make of both, from the fine map's part. */
export function emitJoined(
  layers: JoinedLayers,
  ofFine: Value,
  coarse: Value,
  { graph, emit }: EmitContext,
): Value {
  const { weight, fineChannels, outChannels } = layers.first;
  const channels = weight.size(1) - fineChannels;
  // Columns of the kernel, then O, then its rows: each product below adds up what stands next to its pixels.
  const taps = scope(() =>
    noGrad(() =>
      graph.weights(
        weight
          .narrow(1, fineChannels, channels)
          .permute([3, 0, 2, 1])
          .reshape([9 * outChannels, channels, 1, 1]),
      ),
    ),
  );
  const tapped = graph.node("Conv", [coarse, taps], { kernel_shape: [1, 1] });
  const batch = sizesOf(graph, ofFine, 0, 1);
  const [h, w] = [sizesOf(graph, coarse, 2, 3), sizesOf(graph, coarse, 3, 4)];
  const [height, width] = [sizesOf(graph, ofFine, 2, 3), sizesOf(graph, ofFine, 3, 4)];
  const shaped = (value: Value, ...sizes: (Value | number)[]): Value =>
    graph.node("Reshape", [
      value,
      graph.node(
        "Concat",
        sizes.map((size) => (typeof size === "number" ? graph.ints([size]) : size)),
        { axis: 0 },
      ),
    ]);
  const byColumn = graph.node("Transpose", [shaped(tapped, batch, 3, -1, w)], { perm: [0, 2, 1, 3] });
  const alongRows = graph.node("MatMul", [
    shaped(byColumn, batch, -1, graph.node("Mul", [w, graph.ints([3])])),
    enlargement(graph, w, width),
  ]);
  const alongColumns = graph.node("MatMul", [
    graph.node("Transpose", [enlargement(graph, h, height)], { perm: [1, 0] }),
    shaped(alongRows, batch, outChannels, graph.node("Mul", [h, graph.ints([3])]), width),
  ]);
  const sum = graph.node("Add", [ofFine, alongColumns]);
  return [...layers]
    .slice(1)
    .reduce(
      (value, layer) =>
        layer instanceof nn.Conv2d && isTileable(layer) ? emitTiled(graph, layer, value) : emit(layer, value),
      sum,
    );
}

/** What each of `to` places takes of each of `from` pixels through each of the kernel's three taps: (3 from, to). */
function enlargement(graph: Graph, from: Value, to: Value): Value {
  const square = graph.node("Concat", [from, from], { axis: 0 });
  const zeros = graph.node("ConstantOfShape", [square]);
  const pixels = graph.node("Unsqueeze", [graph.node("EyeLike", [zeros]), graph.ints([0, 1])]);
  const enlarged = resize(graph, pixels, graph.node("Concat", [from, to], { axis: 0 }));
  const places = graph.node("Squeeze", [enlarged, graph.ints([0, 1])]);
  const padded = graph.node("Pad", [places, graph.ints([0, 1, 0, 1])]);
  const shifted = (by: number) =>
    graph.node("Slice", [
      padded,
      graph.ints([by]),
      graph.node("Add", [to, graph.ints([by])]),
      graph.ints([1]),
    ]);
  return graph.node("Concat", [shifted(0), shifted(1), shifted(2)], { axis: 0 });
}
