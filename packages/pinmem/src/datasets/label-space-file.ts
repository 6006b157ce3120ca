// A label space of the user's own: a description in a JSON file, checked when it is read.

import { defineLabelSpace, type LabelSpace, type LabelSpaceDescription } from "@pinmem/core";
import { asDataError } from "../files/data-error.js";
import { readJsonFile } from "../files/json-file.js";

/** The label space that a file describes. @throws DataError */
export function readLabelSpace(file: string): LabelSpace {
  const description = readJsonFile(file) as LabelSpaceDescription;
  try {
    return defineLabelSpace(description);
  } catch (error) {
    throw asDataError(file, error);
  }
}
