// Versions and machine of a run, as it noted them at each start: for people, so every value is taken as text.

import { z } from "zod";
import { readJsonFile } from "../files/json-file.js";

const startsSchema = z.array(z.record(z.string(), z.unknown()));

/** The starts in `file`, newest last; none where there is no such file or it holds something else. */
export function readEnvironment(file: string): Record<string, string>[] {
  try {
    return startsSchema.parse(readJsonFile(file)).map((start) => asText(start));
  } catch {
    return []; // Versions are a note; scores count without it.
  }
}

/** Field and value as text, nested fields with dots. */
export function asText(value: Readonly<Record<string, unknown>>, prefix = ""): Record<string, string> {
  const fields = Object.entries(value).flatMap(([key, entry]) =>
    typeof entry === "object" && entry !== null && !Array.isArray(entry)
      ? Object.entries(asText(entry as Record<string, unknown>, `${prefix}${key}.`))
      : [[`${prefix}${key}`, typeof entry === "string" ? entry : JSON.stringify(entry)] as const],
  );
  return Object.fromEntries(fields);
}
