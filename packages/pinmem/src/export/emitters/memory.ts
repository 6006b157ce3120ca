// The class memory in a graph: what it reads for every pixel, what it votes, and what of a feature is worth writing. Its rows,
// its temperature and the weight of its votes are values like others, so that they may be inputs.
// Shapes: B batch, C width, K classes, h w feature resolution, N = h w.

import type { ClassMemory } from "../../memory/class-memory.js";
import { WriteNetwork } from "../../memory/write-network.js";
import type { Graph, Value } from "../onnx/graph.js";
import { castTo, flattenPixels, unflattenPixels, unitLength } from "../onnx/operations.js";
import { type EmitContext, registerEmitter } from "./registry.js";

registerEmitter(WriteNetwork, ({ writefeat }, input, { graph, emit }) =>
  graph.node("Relu", [graph.node("Add", [emit(writefeat, input), input])]),
);

export interface MemoryValues {
  /** (K, C) */
  readonly rows: Value;
  /** Divides the cosines before the softmax, [] or [1]. */
  readonly temperature: Value;
  /** What the cosines weigh among the logits, [] or [1]. */
  readonly voteWeight: Value;
}

export interface ReadValues {
  /** What goes on to the decoder, (B, C, h, w). */
  readonly refined: Value;
  /** (B, K, h, w) */
  readonly weights: Value;
  /** (B, K, h, w) */
  readonly votes: Value;
}

/** As `ClassMemory.read` in evaluation, without Gumbel noise. */
export function emitRead(
  memory: ClassMemory,
  feature_BChw: Value,
  { rows, temperature, voteWeight }: MemoryValues,
  { graph, emit }: EmitContext,
): ReadValues {
  const { readOptions, votesOnly, output } = memory;
  const { centered, maskAbsent, residual } = readOptions;
  const query_BChw = unitLength(graph, feature_BChw, 1);
  const query_BCN = flattenPixels(graph, query_BChw);
  const isPresent_K1 = presentRows(graph, rows);
  const count = presentCount(graph, isPresent_K1);
  const cosines_BKN = graph.node("MatMul", [rows, query_BCN]);
  const scores_BKN = centered
    ? centeredCosines(graph, { query_BCN, rows, isPresent_K1, count })
    : cosines_BKN;
  const scaled = graph.node("Div", [scores_BKN, temperature]);
  const logits = maskAbsent ? graph.node("Where", [isPresent_K1, scaled, graph.floats(MASKED)]) : scaled;
  const weights_BKN = graph.node("Softmax", [logits], { axis: 1 });
  const likeFeature = (value: Value) => unflattenPixels(graph, value, feature_BChw);
  const mean_B1N = graph.node("Div", [
    graph.node("ReduceSum", [cosines_BKN, graph.ints([1])], { keepdims: 1 }),
    count,
  ]);
  const votes_BKN = graph.node("Mul", [
    graph.node("Where", [isPresent_K1, cosines_BKN, mean_B1N]),
    voteWeight,
  ]);
  const reading = { weights: likeFeature(weights_BKN), votes: likeFeature(votes_BKN) };
  if (votesOnly) return { ...reading, refined: feature_BChw };
  const readout_BCN = graph.node("MatMul", [graph.node("Transpose", [rows], { perm: [1, 0] }), weights_BKN]);
  const joined = graph.node("Concat", [query_BChw, likeFeature(readout_BCN)], { axis: 1 });
  const refined = emit(output, joined);
  return { ...reading, refined: residual ? graph.node("Add", [refined, feature_BChw]) : refined };
}

/** What would be written of a feature, as directions (B, C, h, w): class means of it make new rows. */
export const emitWritten = (memory: ClassMemory, feature_BChw: Value, { graph, emit }: EmitContext): Value =>
  unitLength(graph, emit(memory.writenet, feature_BChw), 1);

/** As in the memory: exact zero after the softmax. */
const MASKED = -1e4;

/** Which rows were written, bool (K, 1). */
function presentRows(graph: Graph, rows_KC: Value): Value {
  const largest = graph.node("ReduceMax", [graph.node("Abs", [rows_KC]), graph.ints([1])], { keepdims: 1 });
  return graph.node("Greater", [largest, graph.floats(0)]);
}

/** How many they are, at least 1, float [1, 1]. */
function presentCount(graph: Graph, isPresent_K1: Value): Value {
  const ones = castTo(graph, isPresent_K1, "float32");
  const count = graph.node("ReduceSum", [ones, graph.ints([0])], { keepdims: 1 });
  return graph.node("Max", [count, graph.floats(1)]);
}

interface CenteredValues {
  readonly query_BCN: Value;
  readonly rows: Value;
  readonly isPresent_K1: Value;
  readonly count: Value;
}

/** Cosines of directions as seen from the mean of the rows. */
function centeredCosines(graph: Graph, { query_BCN, rows, isPresent_K1, count }: CenteredValues): Value {
  const sum = graph.node("ReduceSum", [rows, graph.ints([0])], { keepdims: 1 });
  const center_1C = graph.node("Div", [sum, count]);
  const center_C1 = graph.node("Transpose", [center_1C], { perm: [1, 0] });
  const from = unitLength(graph, graph.node("Sub", [query_BCN, center_C1]), 1);
  const ones = castTo(graph, isPresent_K1, "float32");
  const moved = graph.node("Mul", [graph.node("Sub", [rows, center_1C]), ones]);
  return graph.node("MatMul", [unitLength(graph, moved, 1), from]);
}
