// onnxruntime-node, an optional package: it runs what was exported, to compare it with libtorch.

import type { InferenceSession, Tensor } from "onnxruntime-node";
import { ExportError } from "./export-error.js";

type OnnxRuntime = typeof import("onnxruntime-node");

/** @throws ExportError where it is not installed or cannot be loaded */
export async function loadOnnxRuntime(): Promise<OnnxRuntime> {
  try {
    return await import("onnxruntime-node");
  } catch (error) {
    throw new ExportError(
      `onnxruntime-node, which the export is verified with, cannot be loaded (${firstLine(error)}). Install it with ` +
        "`ONNXRUNTIME_NODE_INSTALL=skip npm install onnxruntime-node`, or leave the verification out (`verify: false`)",
      { cause: error },
    );
  }
}

const firstLine = (error: unknown): string =>
  String(error instanceof Error ? error.message : error).split("\n")[0] ?? "";

/** Its version. */
export const onnxRuntimeVersion = async (): Promise<string> =>
  (await loadOnnxRuntime()).env.versions.node ?? "unknown";

/** Numbers by the names of a graph's inputs or outputs. */
export interface Values {
  readonly [name: string]: {
    readonly data: Float32Array | Uint8Array | BigInt64Array;
    readonly shape: readonly number[];
  };
}

/** A graph that is ready to run. */
export class OnnxSession {
  readonly #runtime: OnnxRuntime;
  readonly #session: InferenceSession;

  private constructor(runtime: OnnxRuntime, session: InferenceSession) {
    this.#runtime = runtime;
    this.#session = session;
  }

  /** @throws ExportError where it takes the graph for none */
  static async open(bytes: Uint8Array): Promise<OnnxSession> {
    const runtime = await loadOnnxRuntime();
    try {
      const session = await runtime.InferenceSession.create(bytes, {
        logSeverityLevel: 3,
        intraOpNumThreads: 1, // Pictures are small, and the order of sums is then the same everywhere.
      });
      return new OnnxSession(runtime, session);
    } catch (error) {
      throw new ExportError(`onnxruntime-node cannot open the exported graph: ${firstLine(error)}`, {
        cause: error,
      });
    }
  }

  /** The second size of an input; null where there is no such input. */
  channelsOf(input: string): number | null {
    const found = this.#session.inputMetadata.find(({ name }) => name === input);
    const size = found?.isTensor ? found.shape[1] : null;
    return typeof size === "number" ? size : null;
  }

  /** What it computes; inputs that the graph does not have are left out. */
  async run(values: Values): Promise<Values> {
    const feeds: Record<string, Tensor> = {};
    for (const name of this.#session.inputNames) {
      const value = values[name];
      if (!value) throw new Error(`internal: the graph asks for ${name}`);
      feeds[name] = tensorOf(this.#runtime, value);
    }
    const results = await this.#session.run(feeds);
    return Object.fromEntries(
      Object.entries(results).map(([name, { data, dims }]) => [
        name,
        { data: data as Float32Array, shape: dims },
      ]),
    );
  }

  async release(): Promise<void> {
    await this.#session.release();
  }
}

function tensorOf({ Tensor: OnnxTensor }: OnnxRuntime, { data, shape }: Values[string]): Tensor {
  if (data instanceof Float32Array) return new OnnxTensor("float32", data, shape);
  if (data instanceof BigInt64Array) return new OnnxTensor("int64", data, shape);
  return new OnnxTensor("uint8", data, shape);
}
