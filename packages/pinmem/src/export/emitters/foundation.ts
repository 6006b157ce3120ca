// Emitters of foundation backbones: patches, positions for a picture of any size, attention, blocks, and ConvNeXt.
//
// What depends on the picture's size is computed in the graph: how far it is filled up, how position embeddings are interpolated,
// rotary angles.
// Shapes: B batch, N tokens, C width, D width of a head, h w grid of patches.

import type { nn } from "@pinmem/torch";
import { Lora } from "../../models/adapters/lora.js";
import { Rein } from "../../models/adapters/rein.js";
import type { Attention } from "../../models/backbones/vit/attention.js";
import type { TransformerBlock } from "../../models/backbones/vit/block.js";
import { ChannelNorm, type ConvNext, ConvNextBlock } from "../../models/backbones/vit/conv-next.js";
import type { Embedding } from "../../models/backbones/vit/embedding.js";
import { GatedMlp, Mlp } from "../../models/backbones/vit/mlp.js";
import { HUB_OFFSET } from "../../models/backbones/vit/positions.js";
import { Projection } from "../../models/backbones/vit/projection.js";
import { inverseFrequencies } from "../../models/backbones/vit/rope.js";
import type { VisionTransformer } from "../../models/backbones/vit/vision-transformer.js";
import type { Graph, Value } from "../onnx/graph.js";
import { castTo, sizesOf } from "../onnx/operations.js";
import { type EmitContext, registerEmitter } from "./registry.js";

const transposed = (graph: Graph, value: Value, perm: readonly number[]): Value =>
  graph.node("Transpose", [value], { perm });

/** Elements from `start` up to `end` along an axis. */
const part = (graph: Graph, value: Value, axis: number, start: number, end: number): Value =>
  graph.node("Slice", [value, graph.ints([start]), graph.ints([end]), graph.ints([axis])]);

const END = 2 ** 31 - 1;

/** A picture whose sides are filled up to multiples of `grid` at the bottom and at the right, with zeros. */
export function emitPadded(graph: Graph, image: Value, grid: number): Value {
  const size = sizesOf(graph, image, 2, 4);
  // (-size) mod grid, with the sign of grid.
  const missing = graph.node("Mod", [graph.node("Neg", [size]), graph.ints([grid])]);
  const pads = graph.node("Concat", [graph.ints([0, 0, 0, 0, 0, 0]), missing], { axis: 0 });
  return graph.node("Pad", [image, pads], { mode: "constant" });
}

/** Height and width that are multiples of `grid`, of those of a picture, int64 [2]. */
export function paddedSize(graph: Graph, size: Value, grid: number): Value {
  const up = graph.node("Add", [size, graph.ints([grid - 1])]);
  return graph.node("Mul", [graph.node("Div", [up, graph.ints([grid])]), graph.ints([grid])]);
}

registerEmitter(Projection, ({ weight, bias, adapter }, input, { graph, emit }) => {
  const product = graph.node("MatMul", [input, transposed(graph, graph.weights(weight), [1, 0])]);
  const plain = bias ? graph.node("Add", [product, graph.weights(bias)]) : product;
  return adapter ? graph.node("Add", [plain, emit(adapter, input)]) : plain;
});

registerEmitter(Lora, ({ down, up, scale }, input, { graph, emit }) =>
  graph.node("Mul", [emit(up, emit(down, input)), graph.floats(scale)]),
);

const gelu = (graph: Graph, value: Value): Value => graph.node("Gelu", [value], { approximate: "none" });
const silu = (graph: Graph, value: Value): Value =>
  graph.node("Mul", [value, graph.node("Sigmoid", [value])]);

registerEmitter(Mlp, ({ up, down }, input, { graph, emit }) => emit(down, gelu(graph, emit(up, input))));

registerEmitter(GatedMlp, ({ gate, up, down }, input, { graph, emit }) =>
  emit(down, graph.node("Mul", [silu(graph, emit(gate, input)), emit(up, input)])),
);

registerEmitter(Rein, (rein, input, { graph, emit }) => {
  const { token, difference } = rein.products;
  const rest = part(graph, input, 1, 1, END);
  const tokens = graph.node("MatMul", [graph.weights(rein.a), graph.weights(rein.b)]);
  const width = rein.b.size(1);
  const scores = graph.node("Mul", [
    graph.node("MatMul", [rest, transposed(graph, tokens, [1, 0])]),
    graph.floats(1 / Math.sqrt(width)),
  ]);
  const likeness = part(graph, graph.node("Softmax", [scores], { axis: -1 }), 2, 1, END);
  const found = graph.node("MatMul", [likeness, emit(token, part(graph, tokens, 0, 1, END))]);
  const changed = emit(difference, graph.node("Add", [found, rest]));
  const added = graph.node("Mul", [changed, graph.weights(rein.scale)]);
  return graph.node("Concat", [part(graph, input, 1, 0, 1), graph.node("Add", [rest, added])], { axis: 1 });
});

/** Cosines and signed sines (N, D) of all tokens. */
interface RopeValues {
  readonly cos: Value;
  readonly sin: Value;
}

function emitAttention(
  attention: Attention,
  input: Value,
  rope: RopeValues | null,
  { graph, emit }: EmitContext,
): Value {
  const { query, key, value, output, adapter, heads } = attention;
  const width = query.weight.size(0);
  const plain = [query, key, value].map((projection) => emit(projection, input));
  const added = adapter ? graph.nodes("Split", [emit(adapter, input)], { axis: 2, num_outputs: 3 }, 3) : null;
  const [q, k, v] = plain.map((each, at) => {
    const whole = added ? graph.node("Add", [each, added[at] as Value]) : each;
    return transposed(
      graph,
      graph.node("Reshape", [whole, graph.ints([0, 0, heads, width / heads])]),
      [0, 2, 1, 3],
    );
  }) as [Value, Value, Value];
  const turned = (each: Value): Value => {
    if (!rope) return each;
    const [first, second] = graph.nodes("Split", [each], { axis: 3, num_outputs: 2 }, 2);
    const swapped = graph.node("Concat", [second as Value, first as Value], { axis: 3 });
    return graph.node("Add", [graph.node("Mul", [each, rope.cos]), graph.node("Mul", [swapped, rope.sin])]);
  };
  const scaled = graph.node("Mul", [turned(q), graph.floats(1 / Math.sqrt(width / heads))]);
  const scores = graph.node("MatMul", [scaled, transposed(graph, turned(k), [0, 1, 3, 2])]);
  const mixed = graph.node("MatMul", [graph.node("Softmax", [scores], { axis: -1 }), v]);
  const together = graph.node("Reshape", [transposed(graph, mixed, [0, 2, 1, 3]), graph.ints([0, 0, width])]);
  return emit(output, together);
}

function emitBlock(
  block: TransformerBlock,
  tokens: Value,
  rope: RopeValues | null,
  context: EmitContext,
): Value {
  const { graph, emit } = context;
  const scaled = (value: Value, scale: nn.Parameter) => graph.node("Mul", [value, graph.weights(scale)]);
  const attended = emitAttention(block.attention, emit(block.norm1, tokens), rope, context);
  const mixed = graph.node("Add", [tokens, scaled(attended, block.layerScale1)]);
  const done = graph.node("Add", [
    mixed,
    scaled(emit(block.mlp, emit(block.norm2, mixed)), block.layerScale2),
  ]);
  return block.refinement ? emit(block.refinement, done) : done;
}

/** Position embeddings of the patches of a picture (1, h w, C); `grid` is [h, w], int64. */
function emitPositions({ positions, rule, patches }: Embedding, grid: Value, graph: Graph): Value {
  if (!positions) throw new Error("internal: there are no position embeddings");
  const count = positions.size(1) - 1;
  const side = Math.round(Math.sqrt(count));
  const width = patches.weight.size(0);
  const square = graph.node("Reshape", [
    part(graph, graph.weights(positions), 1, 1, END),
    graph.ints([1, side, side, width]),
  ]);
  const map = transposed(graph, square, [0, 3, 1, 2]);
  // libtorch's cubic with antialiasing is Pillow's: another coefficient, and weights that sum to one at the borders.
  const isSmooth = rule === "antialias";
  const attributes = {
    mode: "cubic",
    cubic_coeff_a: { float: isSmooth ? -0.5 : -0.75 },
    coordinate_transformation_mode: "half_pixel",
    ...(isSmooth && { antialias: 1, exclude_outside: 1 }),
  } as const;
  const sizes = graph.node("Concat", [graph.ints([1, width]), grid], { axis: 0 });
  const factors = () => {
    const target = graph.node("Add", [
      castTo(graph, grid, "float32"),
      graph.floats([HUB_OFFSET, HUB_OFFSET]),
    ]);
    const scales = graph.node("Div", [target, graph.floats([side, side])]);
    return graph.node("Concat", [graph.floats([1, 1]), scales], { axis: 0 });
  };
  const resized =
    rule === "hub"
      ? graph.node("Resize", [map, null, factors()], attributes)
      : graph.node("Resize", [map, null, null, sizes], attributes);
  return graph.node("Reshape", [transposed(graph, resized, [0, 2, 3, 1]), graph.ints([1, -1, width])]);
}

/** Tokens (B, N, C) of a picture, and the grid of its patches [h, w], int64. */
function emitEmbedding(
  embedding: Embedding,
  image: Value,
  { graph, emit }: EmitContext,
): { tokens: Value; grid: Value } {
  const map = emit(embedding.patches, emitPadded(graph, image, embedding.patch));
  const grid = sizesOf(graph, map, 2, 4);
  const flat = graph.node("Reshape", [map, graph.ints([0, 0, -1])]);
  const patches = transposed(graph, flat, [0, 2, 1]);
  const batch = sizesOf(graph, map, 0, 1);
  const everywhere = (tokens: Value): Value =>
    graph.node("Expand", [tokens, graph.node("Concat", [batch, graph.ints([1, 1])], { axis: 0 })]);
  const placed = embedding.positions
    ? graph.node("Add", [patches, emitPositions(embedding, grid, graph)])
    : patches;
  const cls = embedding.positions
    ? graph.node("Add", [
        graph.weights(embedding.cls),
        part(graph, graph.weights(embedding.positions), 1, 0, 1),
      ])
    : graph.weights(embedding.cls);
  const registers = embedding.registers ? [everywhere(graph.weights(embedding.registers))] : [];
  return { tokens: graph.node("Concat", [everywhere(cls), ...registers, placed], { axis: 1 }), grid };
}

/** The turns of all tokens for a grid of patches. */
function emitRope({ config, layer0 }: VisionTransformer, grid: Value, graph: Graph): RopeValues {
  const headWidth = config.width / config.heads;
  const quarter = headWidth / 4;
  const frequencies = graph.floats(inverseFrequencies(headWidth, config.ropeTheta), [1, quarter]);
  const one = graph.ints([1]);
  const side = (at: 0 | 1): Value => part(graph, grid, 0, at, at + 1);
  /** Angles (n, D / 4) of n patches along a side. */
  const along = (at: 0 | 1): Value => {
    const scalar = graph.node("Squeeze", [side(at), graph.ints([0])]);
    const numbers = castTo(
      graph,
      graph.node("Range", [graph.node("Squeeze", [graph.ints([0])]), scalar, graph.node("Squeeze", [one])]),
      "float32",
    );
    const centers = graph.node("Div", [
      graph.node("Add", [numbers, graph.floats(0.5)]),
      castTo(graph, scalar, "float32"),
    ]);
    const coordinates = graph.node("Sub", [graph.node("Mul", [centers, graph.floats(2)]), graph.floats(1)]);
    const turns = graph.node("Mul", [coordinates, graph.floats(2 * Math.PI)]);
    return graph.node("Mul", [graph.node("Unsqueeze", [turns, one]), frequencies]);
  };
  const shape = graph.node("Concat", [grid, graph.ints([quarter])], { axis: 0 });
  const rows = graph.node("Expand", [graph.node("Unsqueeze", [along(0), graph.ints([1])]), shape]);
  const columns = graph.node("Expand", [graph.node("Unsqueeze", [along(1), graph.ints([0])]), shape]);
  const half = graph.node("Reshape", [
    graph.node("Concat", [rows, columns], { axis: 2 }),
    graph.ints([-1, 2 * quarter]),
  ]);
  const special = layer0.special;
  const whole = (first: Value, second: Value, start: number): Value =>
    graph.node(
      "Concat",
      [
        graph.floats(Array(special * headWidth).fill(start), [special, headWidth]),
        graph.node("Concat", [first, second], { axis: 1 }),
      ],
      { axis: 0 },
    );
  const [cos, sin] = [graph.node("Cos", [half]), graph.node("Sin", [half])];
  return { cos: whole(cos, cos, 1), sin: whole(graph.node("Neg", [sin]), sin, 0) };
}

/** Of a transformer: the last map, and those of the stages before it where its head takes them (B, 3 C, h, w), else the last again. */
export function emitTransformer(
  backbone: VisionTransformer,
  image: Value,
  context: EmitContext,
): { lowLevel: Value; deep: Value } {
  const { graph, emit } = context;
  const { tokens: start, grid } = emitEmbedding(backbone.layer0, image, context);
  const rope = backbone.config.positions === null ? emitRope(backbone, grid, graph) : null;
  const mapOf = (tokens: Value): Value => {
    const patches = part(graph, tokens, 1, backbone.layer0.special, END);
    const normalized = emit(backbone.layer4.norm as nn.LayerNorm, patches);
    const columns = transposed(graph, normalized, [0, 2, 1]);
    const shape = graph.node("Concat", [sizesOf(graph, columns, 0, 2), grid], { axis: 0 });
    return graph.node("Reshape", [columns, shape]);
  };
  const earlier: Value[] = [];
  let tokens = start;
  for (const stage of [backbone.layer1, backbone.layer2, backbone.layer3, backbone.layer4]) {
    for (const block of stage.blocks) tokens = emitBlock(block, tokens, rope, context);
    if (backbone.earlierMaps === "all" && stage !== backbone.layer4) earlier.push(mapOf(tokens));
  }
  const deep = mapOf(tokens);
  return { deep, lowLevel: earlier.length > 0 ? graph.node("Concat", earlier, { axis: 1 }) : deep };
}

registerEmitter(ChannelNorm, ({ weight, bias, eps }, input, { graph }) => {
  const rows = transposed(graph, input, [0, 2, 3, 1]);
  const normalized = graph.node(
    "LayerNormalization",
    [rows, graph.weights(weight as nn.Parameter), graph.weights(bias as nn.Parameter)],
    { axis: -1, epsilon: { float: eps } },
  );
  return transposed(graph, normalized, [0, 3, 1, 2]);
});

registerEmitter(ConvNextBlock, ({ depthwise, norm, up, down, scale }, input, { graph, emit }) => {
  const rows = emit(norm, transposed(graph, emit(depthwise, input), [0, 2, 3, 1]));
  const changed = graph.node("Mul", [emit(down, gelu(graph, emit(up, rows))), graph.weights(scale)]);
  return graph.node("Add", [input, transposed(graph, changed, [0, 3, 1, 2])]);
});

/** Of a ConvNeXt: the picture filled up, then stage by stage. */
export function emitConvNext(
  { grid, layer0, layer1, layer2, layer3, layer4 }: ConvNext,
  image: Value,
  { graph, emit }: EmitContext,
): { lowLevel: Value; deep: Value } {
  const lowLevel = emit(layer1, emit(layer0, emitPadded(graph, image, grid)));
  return { lowLevel, deep: [layer2, layer3, layer4].reduce((value, stage) => emit(stage, value), lowLevel) };
}
