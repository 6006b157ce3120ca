// A picture's own statistics in a graph (inference/test-time-normalization.ts): each batch norm notes those of what it is shown,
// and mixes them, or those that the graph is given, into the trained ones. So a picture that goes through in tiles is
// normalized alike everywhere: it is shown whole first, and what was noted then is given with every tile.
// Shapes: B pictures, C channels of a layer, S numbers of all layers: of each layer C means, then C variances.

import type { Graph, Value } from "../onnx/graph.js";

/** Names of what a graph with statistics takes and gives. */
export const statisticsNames = {
  /** float32 [1]: weight of a picture's own statistics, 0 to 1. */
  weight: "own_weight",
  /** float32 [1]: 1 where those that are given count, 0 where those of the picture itself do. */
  useGiven: "use_given",
  /** float32 (B, S), taken. */
  given: "given_statistics",
  /** float32 (B, S), given. */
  own: "own_statistics",
} as const;

/** Of each channel of some pictures, (B, C, 1, 1). */
export interface ChannelValues {
  readonly mean: Value;
  readonly variance: Value;
}

/** The statistics of one graph while it is written. */
export class PictureStatistics {
  /** Weight of a picture's own statistics, float [1]. */
  readonly weight: Value;
  readonly #graph: Graph;
  /** Whether statistics may be given; bool [1]. Null: the picture's own always count. */
  readonly #useGiven: Value | null;
  readonly #noted: Value[] = [];
  #count = 0;

  constructor(graph: Graph, { canBeGiven }: { readonly canBeGiven: boolean }) {
    this.#graph = graph;
    this.weight = graph.input(statisticsNames.weight, "float32", [1]);
    this.#useGiven = canBeGiven
      ? graph.node("Greater", [graph.input(statisticsNames.useGiven, "float32", [1]), graph.floats(0.5)])
      : null;
  }

  /** Notes what a layer of so many channels is shown; gives what is to be mixed in. */
  ofLayer(channels: number, own: ChannelValues): ChannelValues {
    if (!this.#useGiven) return own;
    return { mean: this.#either(own.mean, channels), variance: this.#either(own.variance, channels) };
  }

  /** Declares what is given and noted; a graph without batch norm takes its inputs and has no use for them. */
  finish(): void {
    if (!this.#useGiven || this.#count === 0) return;
    const { given, own } = statisticsNames;
    const shape = ["batch", this.#count];
    this.#graph.input(given, "float32", shape);
    this.#graph.output(this.#graph.node("Concat", this.#noted, { axis: 1 }), own, "float32", shape);
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
