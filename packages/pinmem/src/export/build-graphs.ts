// The graphs of a network: image to feature and feature to labels, with the memory between them as an input; or both in one, with
// the memory inside.
// Shapes: B batch, C width of the feature, K classes, H W image, h w feature.

import type { ExportedGraph } from "@pinmem/core/formats";
import { noGrad, scope, zeros } from "@pinmem/torch";
import type { SegmentationNetwork } from "../models/segmentation-network.js";
import "./emitters/backbones.js";
import "./emitters/foundation.js";
import "./emitters/layers.js";
import { emitRead, emitWritten } from "./emitters/memory.js";
import { type EncodedValues, networkEmitterOf } from "./emitters/networks.js";
import "./emitters/normalization.js";
import { rowShape } from "../memory/row-choice.js";
import { PictureStatistics, type PictureStatisticsOptions } from "./emitters/picture-statistics.js";
import { type EmitContext, emitContext } from "./emitters/registry.js";
import { Graph, type Value } from "./onnx/graph.js";
import { castTo, sizesOf } from "./onnx/operations.js";

export interface GraphSettings {
  /** Batch norms take a picture's own statistics, or given ones, with a weight that is an input. */
  readonly ownStatistics: boolean;
  /** Layers by which the first of two graphs tells how far a picture is from the sources. Default 0: it does not tell. */
  readonly early?: number;
  /** Weights of so many elements or more are stored in half precision; null: none. */
  readonly halfFrom: number | null;
  /** Version of this package. */
  readonly version: string;
}

export interface BuiltGraph extends Pick<ExportedGraph, "inputs" | "outputs"> {
  readonly bytes: Uint8Array;
}

/** What a single graph gives. */
export type SingleOutput = "labels" | "logits";

/** What the parts of a network give one another: channels. */
export interface NetworkShape {
  readonly width: number;
  /** Of what the decoder takes beside the feature; null: nothing. */
  readonly lowLevel: number | null;
}

const PROBE = 128;

/** Runs a small picture through the first part of a network. */
export const shapeOf = (network: SegmentationNetwork): NetworkShape =>
  noGrad(() =>
    scope(() => {
      const { feature, lowLevel } = network.encode(zeros([1, 3, PROBE, PROBE]));
      const own = networkEmitterOf(network).lowLevelChannels?.(network);
      return { width: feature.size(1), lowLevel: own ?? lowLevel?.size(1) ?? null };
    }),
  );

type Sizes = readonly (number | string)[];

const image: Sizes = ["batch", 3, "height", "width"];
const atFeature = (channels: number): Sizes => ["batch", channels, "rows", "columns"];
const atLowLevel = (channels: number): Sizes => ["batch", channels, "fine_rows", "fine_columns"];

/** @param network in evaluation mode and in the layout "contiguous", its batch norms folded unless statistics are mixed */
export function buildGraphs(
  network: SegmentationNetwork,
  settings: GraphSettings,
): { encode: BuiltGraph; decode: BuiltGraph } {
  const shape = shapeOf(network);
  return { encode: buildEncode(network, shape, settings), decode: buildDecode(network, shape, settings) };
}

function buildEncode(
  network: SegmentationNetwork,
  { width, lowLevel: fineChannels }: NetworkShape,
  settings: GraphSettings,
): BuiltGraph {
  const graph = new Graph("encode", settings);
  const input = graph.input("image", "float32", image);
  const context = contextOf(graph, network, settings, {
    canBeGiven: true,
    early: settings.early ?? 0,
  });
  const { feature, lowLevel } = networkEmitterOf(network).encode(network, input, context);
  graph.output(feature, "feature", "float32", atFeature(width));
  if (lowLevel && fineChannels !== null)
    graph.output(lowLevel, "low_level", "float32", atLowLevel(fineChannels));
  if (network.memory)
    graph.output(emitWritten(network.memory, feature, context), "written", "float32", atFeature(width));
  context.statistics?.finish();
  return built(graph, settings);
}

function buildDecode(
  network: SegmentationNetwork,
  { width, lowLevel: fineChannels }: NetworkShape,
  settings: GraphSettings,
): BuiltGraph {
  const { memory, classes } = network;
  const graph = new Graph("decode", settings);
  const feature = graph.input("feature", "float32", atFeature(width));
  const lowLevel =
    fineChannels === null ? null : graph.input("low_level", "float32", atLowLevel(fineChannels));
  const values = memory && {
    rows: graph.input("memory", "float32", rowShape(memory)),
    temperature: graph.input("temperature", "float32", [1]),
    voteWeight: graph.input("vote_weight", "float32", [1]),
  };
  const size = graph.input("size", "int64", [2]);
  const context = contextOf(graph, network, settings, { canBeGiven: true });
  const reading = memory && values && emitRead(memory, feature, values, context);
  const encoded = { feature: reading?.refined ?? feature, lowLevel };
  const logits = networkEmitterOf(network).decode(
    network,
    { ...encoded, votes: reading?.votes ?? null, size },
    context,
  );
  graph.output(labelsOf(graph, logits), "labels", "uint8", ["batch", "height", "width"]);
  graph.output(logits, "logits", "float32", ["batch", classes, "height", "width"]);
  if (reading) graph.output(reading.weights, "read_weights", "float32", atFeature(classes));
  context.statistics?.finish();
  return built(graph, settings);
}

export interface SingleSettings extends GraphSettings {
  readonly output: SingleOutput;
}

/** From image to labels or logits, the memory and what it reads with inside. */
export function buildSingle(
  network: SegmentationNetwork,
  { output, ...settings }: SingleSettings,
): BuiltGraph {
  const { memory, classes } = network;
  const graph = new Graph("whole", settings);
  const input = graph.input("image", "float32", image);
  const context = contextOf(graph, network, settings, { canBeGiven: false });
  const emitter = networkEmitterOf(network);
  const encoded: EncodedValues = emitter.encode(network, input, context);
  const reading =
    memory &&
    emitRead(
      memory,
      encoded.feature,
      {
        rows: graph.weights(memory.items),
        temperature: graph.floats(memory.readTemperature),
        voteWeight: graph.floats(memory.voteWeight),
      },
      context,
    );
  const logits = emitter.decode(
    network,
    {
      ...encoded,
      feature: reading?.refined ?? encoded.feature,
      votes: reading?.votes ?? null,
      size: sizesOf(graph, input, 2, 4),
    },
    context,
  );
  if (output === "labels")
    graph.output(labelsOf(graph, logits), "labels", "uint8", ["batch", "height", "width"]);
  else graph.output(logits, "logits", "float32", ["batch", classes, "height", "width"]);
  return built(graph, settings);
}

function contextOf(
  graph: Graph,
  network: SegmentationNetwork,
  { ownStatistics }: GraphSettings,
  options: PictureStatisticsOptions,
): EmitContext {
  const statistics = ownStatistics ? new PictureStatistics(graph, options) : null;
  return emitContext(graph, network, statistics);
}

/** The class of the largest logit, of equal ones the first: uint8 (B, H, W). */
const labelsOf = (graph: Graph, logits: Value): Value =>
  castTo(graph, graph.node("ArgMax", [logits], { axis: 1, keepdims: 0 }), "uint8");

function built(graph: Graph, { version }: GraphSettings): BuiltGraph {
  const describe = ({ name, type, shape }: Graph["inputs"][number]): ExportedGraph["inputs"][number] => {
    if (type === "bool" || type === "float16") throw new Error(`internal: ${name} is ${type}`);
    return { name, type, shape: [...shape] };
  };
  return {
    bytes: graph.encode({ name: "pinmem", version }),
    inputs: graph.inputs.map(describe),
    outputs: graph.outputs.map(describe),
  };
}
