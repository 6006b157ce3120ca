// Files of evaluation results: read with words for what is wrong, written whole or not at all. Their layout is core's.

import { type EvaluationResult, parseResult, ResultError } from "@pinmem/core/formats";
import { writeWhole } from "../files/atomic-write.js";
import { asDataError } from "../files/data-error.js";
import { readJsonFile } from "../files/json-file.js";

const MAX_BYTES = 64 * 2 ** 20;

/** @throws ResultError where there is no such file, it is not an evaluation result, or comes from a newer version */
export function readResult(file: string): EvaluationResult {
  let content: unknown;
  try {
    content = readJsonFile(file, MAX_BYTES);
  } catch (error) {
    throw new ResultError(file, asDataError(file, error).problem, { cause: error });
  }
  return parseResult(content, file);
}

/** Writes it whole or not at all. */
export const writeResult = (file: string, result: EvaluationResult): Promise<void> =>
  writeWhole(file, `${JSON.stringify(result, null, 1)}\n`);
