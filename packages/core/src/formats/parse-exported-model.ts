// Reads what model.json says, which may come from strangers: what does not describe a model that can run is refused, in one line.

import type * as z from "zod";
import { EXPORT_FORMAT, type ExportedModel, exportedModelSchema } from "./exported-model.js";
import { senselessPart } from "./exported-model-sense.js";
import { isNestedDeeper, TOO_DEEP } from "./nesting.js";
import { newerFormat } from "./newer-format.js";

/** A model.json that cannot be used: names it, the problem and the remedy. */
export class ExportedModelError extends Error {
  override readonly name = "ExportedModelError";
  constructor(
    readonly file: string,
    readonly problem: string,
    options?: ErrorOptions,
  ) {
    super(`${file} ${problem}`, options);
  }
}

/**
 * @param content of model.json, as JSON.parse gives it
 * @param file names it in errors
 * @throws ExportedModelError
 */
export function parseExportedModel(content: unknown, file: string): ExportedModel {
  const newer = newerFormat((content as { format?: unknown } | null)?.format, EXPORT_FORMAT);
  if (newer) throw new ExportedModelError(file, newer);
  if (isNestedDeeper(content)) throw new ExportedModelError(file, TOO_DEEP);
  const parsed = exportedModelSchema.safeParse(content);
  const problem = parsed.success ? senselessPart(parsed.data) : issueOf(content, parsed.error);
  if (!parsed.success || problem) {
    throw new ExportedModelError(
      file,
      `describes no exported model: ${problem}; export the run once more, or copy the exported folder once more`,
    );
  }
  return parsed.data;
}

/** Which field, what it holds, and what it must be. */
function issueOf(content: unknown, { issues: [issue] }: z.ZodError): string {
  const path = issue?.path ?? [];
  const found = path.reduce<unknown>(
    (value, key) => (value as Record<PropertyKey, unknown> | null | undefined)?.[key],
    content,
  );
  const held = ["number", "string", "boolean"].includes(typeof found)
    ? ` is ${JSON.stringify(found).slice(0, 60)}`
    : "";
  return `${path.join(".") || "it"}${held}: ${issue?.message}`;
}
