// As much of onnxruntime as is used here, alike in its packages for Node and for the web: each is loaded where it is needed,
// and neither is a dependency of the other side.

import { EXPORT_FILE, type ExportedGraph } from "@pinmem/core/formats";
import { ModelError } from "./model-error.js";

/** Data of a tensor. */
export type Data = Float32Array | Uint8Array | BigInt64Array;

/** Numbers, and their shape. */
export interface Value {
  readonly data: Data;
  readonly shape: readonly number[];
}

/** By the names of a graph's inputs or outputs. */
export type Values = Readonly<Record<string, Value>>;

interface OnnxTensor {
  readonly data: unknown;
  readonly dims: readonly number[];
  dispose(): void;
}

interface OnnxSession {
  run(
    feeds: Readonly<Record<string, OnnxTensor>>,
    fetches: readonly string[],
  ): Promise<Readonly<Record<string, OnnxTensor>>>;
  release(): Promise<void>;
}

/** The module of onnxruntime. */
export interface OnnxRuntime {
  readonly env: {
    readonly wasm: { numThreads?: number | undefined; wasmPaths?: string | undefined };
    readonly versions: Readonly<Record<string, string | undefined>>;
  };
  readonly InferenceSession: {
    create(bytes: Uint8Array, options: Readonly<Record<string, unknown>>): Promise<OnnxSession>;
  };
  readonly Tensor: new (type: string, data: Data, dims: readonly number[]) => OnnxTensor;
}

/** A graph that is ready to run, wherever that is. */
export interface GraphSession {
  /** What model.json says of it. */
  readonly graph: ExportedGraph;
  /** Names of what it gives. */
  readonly outputs: readonly string[];
  /**
   * Those of the outputs that are asked for. Of the values, those are taken that the graph has an input for.
   * @throws ModelError where it fails
   */
  run(values: Values, wanted: readonly string[]): Promise<Values>;
  release(): Promise<void>;
}

export const namesOf = (values: ExportedGraph["inputs"]): readonly string[] => values.map(({ name }) => name);

/** A graph that onnxruntime runs here. */
export class Session implements GraphSession {
  readonly graph: ExportedGraph;
  readonly #runtime: OnnxRuntime;
  readonly #session: OnnxSession;

  private constructor(runtime: OnnxRuntime, session: OnnxSession, graph: ExportedGraph) {
    this.#runtime = runtime;
    this.#session = session;
    this.graph = graph;
  }

  /** @throws ModelError where onnxruntime refuses the graph */
  static async open(
    runtime: OnnxRuntime,
    bytes: Uint8Array,
    graph: ExportedGraph,
    options: Readonly<Record<string, unknown>>,
  ): Promise<Session> {
    try {
      const session = await runtime.InferenceSession.create(bytes, { logSeverityLevel: 3, ...options });
      return new Session(runtime, session, graph);
    } catch (cause) {
      throw new ModelError(`onnxruntime cannot open ${graph.file}: ${firstLine(cause)}`, { cause });
    }
  }

  get outputs(): readonly string[] {
    return namesOf(this.graph.outputs);
  }

  /** @throws ModelError where onnxruntime fails, such as for want of memory */
  async run(values: Values, wanted: readonly string[]): Promise<Values> {
    const feeds = Object.fromEntries(
      namesOf(this.graph.inputs).map((name) => {
        const value = values[name];
        if (!value)
          throw new ModelError(
            `${this.graph.file} asks for ${name}, which this model does not have as ${EXPORT_FILE} describes it; export the run once more`,
          );
        return [name, new this.#runtime.Tensor(typeOf(value.data), value.data, value.shape)];
      }),
    );
    try {
      const results = await this.#session.run(feeds, wanted);
      return Object.fromEntries(
        Object.entries(results).map(([name, { data, dims }]) => [name, { data: data as Data, shape: dims }]),
      );
    } catch (cause) {
      const problem = firstLine(cause);
      const mend = /memory|alloc|out of bounds|unreachable|OOM|^\d+$/i.test(problem)
        ? "; it may want memory: give smaller pictures, or a smaller `memory`, so that tiles are smaller"
        : "";
      throw new ModelError(`onnxruntime failed in ${this.graph.file}: ${problem}${mend}`, { cause });
    }
  }

  async release(): Promise<void> {
    await this.#session.release();
  }
}

function typeOf(data: Data): string {
  if (data instanceof Float32Array) return "float32";
  return data instanceof BigInt64Array ? "int64" : "uint8";
}

/** The same of a failed request, with why: Node says it in the cause alone, and of several addresses in its code alone. */
export function requestProblem(error: unknown): string {
  const { cause } = error as { readonly cause?: unknown };
  const { code, message } = (cause ?? {}) as { readonly code?: unknown; readonly message?: unknown };
  const why = [message, code].find((one) => typeof one === "string" && one !== "");
  return why === undefined ? firstLine(error) : `${firstLine(error)} (${firstLine(why)})`;
}

/** What an error says, without what follows. */
export const firstLine = (error: unknown): string =>
  String(error instanceof Error ? error.message : error).split("\n")[0] ?? "";
