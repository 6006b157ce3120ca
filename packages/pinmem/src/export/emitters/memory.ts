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
  /** (K, C), or with several rows a class (K, R, C) */
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
  { rows: given, temperature, voteWeight }: MemoryValues,
  { graph, emit }: EmitContext,
): ReadValues {
  const isSingle = memory.rowsPerClass === 1;
  const rows = isSingle ? given : graph.node("Reshape", [given, graph.ints([-1, memory.width])]);
  const { readOptions, votesOnly, output } = memory;
  const { centered, maskAbsent, residual } = readOptions;
  const query_BChw = unitLength(graph, feature_BChw, 1);
  const query_BCN = flattenPixels(graph, query_BChw);
  const isWritten = presentRows(graph, rows);
  const writtenCount = presentCount(graph, isWritten);
  const isPresent_K1 = isSingle ? isWritten : presentClasses(graph, isWritten, memory);
  const count = isSingle ? writtenCount : presentCount(graph, isPresent_K1);
  const cosines = graph.node("MatMul", [rows, query_BCN]);
  const nearest = (all: Value) =>
    isSingle ? { scores: all, isNearest: null } : nearestRows(graph, all, isWritten, isPresent_K1, memory);
  const seen = centered
    ? centeredCosines(graph, { query_BCN, rows, isPresent_K1: isWritten, count: writtenCount })
    : cosines;
  const { scores: scores_BKN, isNearest } = nearest(seen);
  const cosines_BKN = centered ? nearest(cosines).scores : scores_BKN;
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
  const rowWeights = isNearest ? weightsOfRows(graph, weights_BKN, isNearest, memory) : weights_BKN;
  const readout_BCN = graph.node("MatMul", [graph.node("Transpose", [rows], { perm: [1, 0] }), rowWeights]);
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

type RowCounts = Pick<ClassMemory, "classes" | "rowsPerClass">;

/** Classes of which a row was written, bool (K, 1), from the rows (K R, 1). */
function presentClasses(graph: Graph, isWritten: Value, { classes, rowsPerClass }: RowCounts): Value {
  const ones = graph.node("Reshape", [
    castTo(graph, isWritten, "float32"),
    graph.ints([classes, rowsPerClass]),
  ]);
  const any = graph.node("ReduceMax", [ones, graph.ints([1])], { keepdims: 1 });
  return graph.node("Greater", [any, graph.floats(0)]);
}

/** Below any cosine. */
const NONE = -2;

/** Of each class the cosine of its nearest row, (B, K, N), and which one that is, 0 or 1 (B, K, R, N). */
function nearestRows(
  graph: Graph,
  cosines: Value,
  isWritten: Value,
  isPresent_K1: Value,
  { classes, rowsPerClass }: RowCounts,
): { scores: Value; isNearest: Value } {
  const sizes = graph.ints([0, classes, rowsPerClass, -1]);
  const written = graph.node("Where", [isWritten, cosines, graph.floats(NONE)]);
  const each_BKRN = graph.node("Reshape", [written, sizes]);
  const largest_BKN = graph.node("ReduceMax", [each_BKRN, graph.ints([2])], { keepdims: 0 });
  const index_BK1N = graph.node("ArgMax", [each_BKRN], { axis: 2, keepdims: 1 });
  const all = Array.from({ length: rowsPerClass }, (_, row) => row);
  const places = graph.node("Reshape", [graph.ints(all), graph.ints([1, 1, -1, 1])]);
  return {
    scores: graph.node("Where", [isPresent_K1, largest_BKN, graph.floats(0)]),
    isNearest: castTo(graph, graph.node("Equal", [index_BK1N, places]), "float32"),
  };
}

/** (B, K R, N): what a class weighs, its nearest row weighs. */
function weightsOfRows(
  graph: Graph,
  weights_BKN: Value,
  isNearest_BKRN: Value,
  { classes, rowsPerClass }: RowCounts,
): Value {
  const weights_BK1N = graph.node("Unsqueeze", [weights_BKN, graph.ints([2])]);
  const each_BKRN = graph.node("Mul", [isNearest_BKRN, weights_BK1N]);
  return graph.node("Reshape", [each_BKRN, graph.ints([0, classes * rowsPerClass, -1])]);
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
