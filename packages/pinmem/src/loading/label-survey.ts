// A look at labels before training begins, so that what cannot be trained on is told before the first step and not after a
// night: nothing labeled, values of another format, classes without a pixel. A part of the files is looked at, spread evenly;
// all of them only while not one labeled pixel was found.

import type { Dataset } from "../datasets/dataset.js";
import type { FileSample } from "../datasets/definition.js";
import { describeUnlisted, LabelDecoder, labelOf } from "../datasets/label-decoding.js";
import { judgeLabels, LabelCounter } from "../datasets/label-statistics.js";
import { DataError } from "../files/data-error.js";
import { spreadEvenly } from "./check.js";
import { readLabel } from "./open-sample.js";

/** So many labels are looked at first, and so many while some class has no pixel. */
const FIRST = 64;
const MORE = 256;

export interface SurveyOptions {
  /** A label that cannot be used: an error, or left out. */
  readonly onError?: "throw" | "skip";
}

/**
 * What should be said about the labels of a data set before it is trained on; scenes that are rendered are always right.
 * @returns warnings, each with the data set's name
 * @throws DataError where the labels cannot be trained on, or a label cannot be used
 */
export async function surveyLabels(
  dataset: Dataset,
  { onError = "throw" }: SurveyOptions = {},
): Promise<string[]> {
  const files = dataset.samples.filter((sample): sample is FileSample => "label" in sample);
  const decoder = new LabelDecoder(dataset.decoding);
  const counter = new LabelCounter(dataset);
  const seen = new Set<FileSample>();
  const strict = dataset.decoding.unlisted === "error";
  const look = async (count: number): Promise<void> => {
    for (const sample of spreadEvenly(files, count)) {
      if (seen.has(sample)) continue;
      seen.add(sample);
      await new Promise(setImmediate); // Signals are heard in between.
      try {
        const counts = decoder.count(readLabel(sample.label, {}), sample.label);
        const unlisted = [...counts].filter(([code]) => decoder.trainIdOf(code) === undefined);
        if (strict && unlisted.length > 0) {
          const labels = unlisted.map(([code, pixels]) => ({
            label: labelOf(dataset.decoding, code),
            pixels,
          }));
          const { fault } = judgeLabels(dataset, statisticsOf(dataset, counts));
          throw new DataError(
            sample.label,
            `${describeUnlisted(dataset.decoding, labels)}${fault ? `; ${fault}` : ""}`,
          );
        }
        counter.add(counts);
      } catch (error) {
        if (onError === "throw" || !(error instanceof DataError)) throw error;
      }
    }
  };
  await look(FIRST);
  if (judgeLabels(dataset, counter.statistics()).warnings.length > 0) await look(MORE);
  const nothing = () => {
    const { pixels, ignoredPixels } = counter.statistics();
    return pixels === ignoredPixels;
  };
  for (let count = MORE; nothing() && seen.size < files.length; count *= 2) await look(count);
  const { fault, warnings } = judgeLabels(dataset, counter.statistics());
  if (fault !== undefined) {
    const example = files[0]?.label ?? dataset.root;
    throw new DataError(example, `and the other labels of ${dataset.name} cannot be trained on: ${fault}`);
  }
  const part = seen.size < files.length ? ` (of ${files.length})` : "";
  return warnings.map((text) => `warning: ${dataset.name}: ${text}${part}`);
}

function statisticsOf(dataset: Dataset, counts: ReadonlyMap<number, number>) {
  const counter = new LabelCounter(dataset);
  counter.add(counts);
  return counter.statistics();
}
