// A picture's own statistics in a graph (inference/test-time-normalization.ts): each batch norm notes those of what it is shown,
// and mixes them, or those that the graph is given, into the trained ones. So a picture that goes through in tiles is
// normalized alike everywhere: it is shown whole first, and what was noted then is given with every tile.
// Shapes: B pictures, C channels of a layer, S numbers of all layers: of each layer C means, then C variances, then how many values each
// channel had.

import { EPSILON } from "../../inference/second-look.js";
import type { Graph, Value } from "../onnx/graph.js";

/** Names of what a graph with statistics takes and gives. */
export const statisticsNames = {
  /** float32 [1]: weight of a picture's own statistics, 0 to 1, or from 2 on how many values the trained ones count for (inference/own-weight.ts). */
  weight: "own_weight",
  /** float32 [1]: 1 where those that are given count, 0 where those of the picture itself do. */
  useGiven: "use_given",
  /** float32 (B, S), taken. */
  given: "given_statistics",
  /** float32 (B, S), given. */
  own: "own_statistics",
  /** float32 (B), given: how far own variances are from the trained ones in the first layers (inference/second-look.ts). */
  distance: "departure_distance",
} as const;

/** Of each channel of some pictures, (B, C, 1, 1). */
export interface ChannelValues {
  readonly mean: Value;
  readonly variance: Value;
}

/** What a layer is shown, and was trained with. */
export interface LayerStatistics {
  readonly channels: number;
  readonly own: ChannelValues;
  /** (1, C, 1, 1) */
  readonly trained: ChannelValues;
  /** Of each channel, float [1]. */
  readonly values: Value;
}

/** What is mixed into the trained statistics of a layer. */
export interface MixedIn extends ChannelValues {
  /** 0 to 1, [1] or (B, 1, 1, 1). */
  readonly weight: Value;
}

export interface PictureStatisticsOptions {
  readonly canBeGiven: boolean;
  /** Layers whose distance the graph tells; 0: none. */
  readonly early?: number;
}

/** The statistics of one graph while it is written. */
export class PictureStatistics {
  readonly #graph: Graph;
  /** Of a picture's own statistics, float [1]. */
  readonly #weight: Value;
  /** Whether the weight is the same in all layers; bool [1]. */
  readonly #isShare: Value;
  /** Whether statistics may be given; bool [1]. Null: the picture's own always count. */
  readonly #useGiven: Value | null;
  readonly #noted: Value[] = [];
  #count = 0;
  readonly #early: number;
  /** Of early layers, (B) each. */
  readonly #distances: Value[] = [];

  constructor(graph: Graph, { canBeGiven, early = 0 }: PictureStatisticsOptions) {
    this.#graph = graph;
    this.#early = early;
    this.#weight = graph.input(statisticsNames.weight, "float32", [1]);
    this.#isShare = graph.node("Less", [this.#weight, graph.floats(1.5)]);
    this.#useGiven = canBeGiven
      ? graph.node("Greater", [graph.input(statisticsNames.useGiven, "float32", [1]), graph.floats(0.5)])
      : null;
  }

  /** Notes what a layer is shown; gives what is to be mixed in. */
  ofLayer({ channels, own, trained, values }: LayerStatistics): MixedIn {
    if (this.#distances.length < this.#early) this.#distances.push(this.#distance(own, trained));
    if (!this.#useGiven) return { ...own, weight: this.#weightOf(values) };
    const batch = this.#graph.node("Shape", [own.mean], { start: 0, end: 1 });
    const ofEach = this.#graph.node("Concat", [batch, this.#graph.ints([1, 1, 1])], { axis: 0 });
    const counted = this.#graph.node("Expand", [values, ofEach]);
    return {
      mean: this.#either(own.mean, channels),
      variance: this.#either(own.variance, channels),
      weight: this.#weightOf(this.#either(counted, 1)),
    };
  }

  /** Declares what is given and noted; a graph without batch norm takes its inputs and has no use for them. */
  finish(): void {
    const { given, own, distance } = statisticsNames;
    const graph = this.#graph;
    if (this.#distances.length > 0) {
      const sum = graph.node("Sum", this.#distances);
      graph.output(graph.node("Div", [sum, graph.floats(this.#distances.length)]), distance, "float32", [
        "batch",
      ]);
    }
    if (!this.#useGiven || this.#count === 0) return;
    const shape = ["batch", this.#count];
    graph.input(given, "float32", shape);
    graph.output(graph.node("Concat", this.#noted, { axis: 1 }), own, "float32", shape);
  }

  /** In a layer: the same everywhere, or what `values` count for. */
  #weightOf(values: Value): Value {
    const graph = this.#graph;
    const byValues = graph.node("Div", [values, graph.node("Add", [values, this.#weight])]);
    return graph.node("Where", [this.#isShare, this.#weight, byValues]);
  }

  /** Mean over channels of |log(own / trained variance)|, (B). */
  #distance(own: ChannelValues, trained: ChannelValues): Value {
    const graph = this.#graph;
    const raised = (variance: Value) => graph.node("Add", [variance, graph.floats(EPSILON)]);
    const ratio = graph.node("Div", [raised(own.variance), raised(trained.variance)]);
    const each = graph.node("Abs", [graph.node("Log", [ratio])]);
    return graph.node("ReduceMean", [each, graph.ints([1, 2, 3])], { keepdims: 0 });
  }

  #either(own: Value, channels: number): Value {
    const graph = this.#graph;
    this.#noted.push(graph.node("Flatten", [own], { axis: 1 }));
    const begin = this.#count;
    this.#count += channels;
    const bounds = [graph.ints([begin]), graph.ints([this.#count]), graph.ints([1])];
    const given_BC = graph.node("Slice", [statisticsNames.given as Value, ...bounds]);
    const given = graph.node("Unsqueeze", [given_BC, graph.ints([2, 3])]);
    return graph.node("Where", [this.#useGiven, given, own]);
  }
}
