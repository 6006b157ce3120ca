import { TensorFileError } from "../../src/files/index.js";

/** The `TensorFileError` that `run` throws; any other outcome fails the test. */
export function failure(run: () => unknown): TensorFileError {
  try {
    run();
  } catch (error) {
    if (error instanceof TensorFileError) return error;
    throw error;
  }
  throw new Error("expected a TensorFileError");
}
