import type { SplitModel } from "./model-files.js";
import { type OnnxRuntime, Session } from "./onnx.js";

/** Both graphs of a model, ready to run. */
export interface Sessions {
  readonly encode: Session;
  readonly decode: Session;
}

/** Files of both graphs, or what they are promised to be. */
export interface GraphFiles {
  readonly encode: Uint8Array | Promise<Uint8Array>;
  readonly decode: Uint8Array | Promise<Uint8Array>;
}

/**
 * The smaller graph first: the other may still arrive.
 * @throws ModelError where onnxruntime refuses one; the other is freed then
 */
export async function openSessions(
  runtime: OnnxRuntime,
  { graphs }: SplitModel,
  files: GraphFiles,
  options: Readonly<Record<string, unknown>>,
): Promise<Sessions> {
  const decode = await Session.open(runtime, await files.decode, graphs.decode, options);
  try {
    return { encode: await Session.open(runtime, await files.encode, graphs.encode, options), decode };
  } catch (error) {
    await decode.release();
    throw error;
  }
}
