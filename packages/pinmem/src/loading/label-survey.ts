// A look at labels before training begins, so that what cannot be trained on is told before the first step and not after a
// night: nothing labeled, values of another format, classes without a pixel. A part of the files is looked at, spread evenly;
// all of them only while not one labeled pixel was found.

import type { Dataset } from "../datasets/dataset.js";
import type { FileSample } from "../datasets/definition.js";
import { describeUnlisted, LabelDecoder, LOOKS_LIKE_LABEL_IDS, labelOf } from "../datasets/label-decoding.js";
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
 * @throws DataError where the labels cannot be used as a whole, or one of them cannot
 */
export async function surveyLabels(
  dataset: Dataset,
  { onError = "throw" }: SurveyOptions = {},
): Promise<string[]> {
  const survey = new Survey(dataset, onError);
  await survey.look(FIRST);
  if (survey.judgement.warnings.length > 0) await survey.look(MORE);
  await survey.requireUsable();
  const part = survey.seen < survey.files ? ` (of ${survey.files})` : "";
  return survey.judgement.warnings.map((text) => `warning: ${dataset.name}: ${text}${part}`);
}

/**
 * For data that are evaluated on: single labels that cannot be used are left to the evaluation.
 * @throws DataError where nothing is labeled, or the labels look like those of another format
 */
export async function requireUsableLabels(dataset: Dataset): Promise<void> {
  const survey = new Survey(dataset, "skip");
  await survey.look(FIRST);
  await survey.requireUsable();
}

class Survey {
  readonly #dataset: Dataset;
  readonly #onError: "throw" | "skip";
  readonly #files: readonly FileSample[];
  readonly #seen = new Set<FileSample>();
  readonly #decoder: LabelDecoder;
  readonly #counter: LabelCounter;

  constructor(dataset: Dataset, onError: "throw" | "skip") {
    this.#dataset = dataset;
    this.#onError = onError;
    this.#files = dataset.samples.filter((sample): sample is FileSample => "label" in sample);
    this.#decoder = new LabelDecoder(dataset.decoding);
    this.#counter = new LabelCounter(dataset);
  }

  get files(): number {
    return this.#files.length;
  }

  get seen(): number {
    return this.#seen.size;
  }

  get judgement() {
    return judgeLabels(this.#dataset, this.#counter.statistics());
  }

  /** Looks at so many labels in all. */
  async look(count: number): Promise<void> {
    for (const sample of spreadEvenly(this.#files, count)) {
      if (this.#seen.has(sample)) continue;
      this.#seen.add(sample);
      await new Promise(setImmediate); // Signals are heard in between.
      try {
        this.#counter.add(this.#count(sample.label));
      } catch (error) {
        if (this.#onError === "throw" || !(error instanceof DataError)) throw error;
      }
    }
  }

  /** Looks on while nothing is labeled; throws where that is all, or where the values are those of another format. */
  async requireUsable(): Promise<void> {
    const nothing = () => {
      const { pixels, ignoredPixels } = this.#counter.statistics();
      return pixels === ignoredPixels;
    };
    for (let count = MORE; nothing() && this.seen < this.files; count *= 2) await this.look(count);
    const { fault } = this.judgement;
    if (fault === undefined) return;
    const example = this.#files[0]?.label ?? this.#dataset.root;
    throw new DataError(example, `and the other labels of ${this.#dataset.name} cannot be used: ${fault}`);
  }

  #count(file: string): Map<number, number> {
    const { decoding } = this.#dataset;
    const counts = this.#decoder.count(readLabel(file, {}), file);
    const unlisted = [...counts].filter(([code]) => this.#decoder.trainIdOf(code) === undefined);
    if (decoding.unlisted === "ignore" || unlisted.length === 0) return counts;
    const labels = unlisted.map(([code, pixels]) => ({ label: labelOf(decoding, code), pixels }));
    const { fault } = judgeLabels(this.#dataset, statisticsOf(this.#dataset, counts));
    const problem = describeUnlisted(decoding, labels);
    const isSaid = problem.includes(LOOKS_LIKE_LABEL_IDS);
    throw new DataError(file, fault && !isSaid ? `${problem}; ${fault}` : problem);
  }
}

function statisticsOf(dataset: Dataset, counts: ReadonlyMap<number, number>) {
  const counter = new LabelCounter(dataset);
  counter.add(counts);
  return counter.statistics();
}
