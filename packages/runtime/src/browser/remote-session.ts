// A graph that a server computes: tensors go there and come back. What a model does with its graphs stays the same, and so do its results.

import { type ExportedGraph, packValues, unpackValues } from "@pinmem/core/formats";
import { ModelError } from "../model-error.js";
import { firstLine, type GraphSession, namesOf, type Values } from "../onnx.js";

export class RemoteSession implements GraphSession {
  readonly graph: ExportedGraph;
  readonly #address: string;

  /** @param address that takes the graph's inputs by POST */
  constructor(graph: ExportedGraph, address: string) {
    this.graph = graph;
    this.#address = address;
  }

  get outputs(): readonly string[] {
    return namesOf(this.graph.outputs);
  }

  async run(values: Values, wanted: readonly string[]): Promise<Values> {
    const taken = Object.fromEntries(
      namesOf(this.graph.inputs).map((name) => [name, values[name]]),
    ) as Values;
    const response = await fetch(this.#address, {
      method: "POST",
      headers: { "content-type": "application/octet-stream" },
      body: packValues(taken, wanted),
    }).catch((cause: unknown) => {
      throw new ModelError(
        `the server that computes is gone (${firstLine(cause)}): start it again and reload this page`,
      );
    });
    if (!response.ok) throw new ModelError(`the server failed: ${firstLine(await response.text())}`);
    return unpackValues(new Uint8Array(await response.arrayBuffer())).values;
  }

  async release(): Promise<void> {}
}
