import { ModelError } from "./model-error.js";
import type { ModelParts } from "./model-files.js";
import { type OnnxRuntime, Session } from "./onnx.js";

/** Both graphs of a model, ready to run. */
export interface Sessions {
  readonly encode: Session;
  readonly decode: Session;
}

/** @throws ModelError where onnxruntime refuses one; the other is freed then */
export async function openSessions(
  runtime: OnnxRuntime,
  { model: { graphs }, encode, decode }: ModelParts,
  options: Readonly<Record<string, unknown>>,
): Promise<Sessions> {
  if (graphs.kind !== "split") throw new ModelError("internal: a single graph");
  const first = await Session.open(runtime, encode, graphs.encode, options);
  try {
    return { encode: first, decode: await Session.open(runtime, decode, graphs.decode, options) };
  } catch (error) {
    await first.release();
    throw error;
  }
}
