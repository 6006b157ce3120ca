// Files of JSON, which people write by hand or name by mistake: read within a bound, and what is wrong told by line, without
// a word of what they hold.

import { readFileSync } from "node:fs";
import { isNestedDeeper, TOO_DEEP } from "@pinmem/core";
import { asDataError, DataError } from "./data-error.js";
import { sizeOfFile } from "./regular-file.js";

/**
 * @param largest bytes that such a file may have
 * @throws DataError where it cannot be read or holds something else
 */
export function readJsonFile(file: string, largest = 2 ** 20): unknown {
  sizeOfFile(file, largest);
  let text: string;
  try {
    text = readFileSync(file, "utf8");
  } catch (error) {
    throw asDataError(file, error);
  }
  return parseJson(text, file);
}

/** @param file names the text in errors. @throws DataError */
export function parseJson(text: string, file: string): unknown {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw new DataError(file, `is no JSON: ${whereWrong(text, (error as Error).message)}`);
  }
  if (isNestedDeeper(value)) throw new DataError(file, TOO_DEEP);
  return value;
}

/** V8 names the offending character, or a position, and quotes the text around it, which may be anything. */
function whereWrong(text: string, message: string): string {
  if (text.trim() === "") return "it is empty";
  if (/[\0\uFFFD]/.test(text)) return "it is not even text";
  const position = /^(.*?) in JSON at position (\d+)/s.exec(message);
  if (position) {
    const line = text.slice(0, Number(position[2])).split("\n").length;
    return `line ${line}: ${lowered(position[1] as string)}`;
  }
  return message.startsWith("Unexpected end")
    ? "it ends too early"
    : lowered(message.replace(/, (\.\.\.)?".*$/s, ""));
}

const lowered = (text: string): string => text.charAt(0).toLowerCase() + text.slice(1);
