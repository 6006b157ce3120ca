// What is filed of a training of the study.

/** Scores of one domain, shares from 0 to 1. */
export interface Scored {
  readonly domain: string;
  /** Of the recipe's own: validation pictures of the sources, or a domain that is unseen. */
  readonly role: "source" | "target";
  readonly images: number;
  readonly meanIoU: number | null;
  /** Null for classes that neither occur nor were predicted. */
  readonly classIoU: Readonly<Record<string, number | null>>;
}

/** What becomes of the score of a domain where the memory is altered (`pinmem inspect`), shares from 0 to 1. */
export interface Altered {
  readonly domain: string;
  readonly kind: string;
  readonly changed: number;
  readonly meanIoUDifference: number | null;
}

/** The weight of the votes that is best on source validation (the mean of its domains), and the scores of the last weights with it. */
export interface Voting {
  readonly weight: number;
  readonly tried: readonly { readonly weight: number; readonly source: number }[];
  readonly scored: readonly Scored[];
}

/** What the run's calibration takes out of the logits for the classes' frequencies, chosen on source validation, and the scores of the last weights without. */
export interface Adjusting {
  readonly weight: number;
  readonly scored: readonly Scored[];
}

/** One training of the study. */
export interface StudyCell {
  /** RECIPE[@STEPS]:SEED, of recipes/training-study.mjs. */
  readonly cell: string;
  /** "far", "near", "streets". */
  readonly benchmark: string;
  readonly method: string;
  /** What the recipe changes of its method's; null: nothing. */
  readonly change: string | null;
  /** Of its first step. */
  readonly learningRate: number;
  readonly steps: number;
  readonly seed: number;
  /** Of computation on one thread, of one step, everything beside the network included; null where it was not measured. */
  readonly secondsPerStep: number | null;
  /** Scores of the last weights, and of their average over the run's last quarter or as the recipe says. */
  readonly last: readonly Scored[];
  readonly average: readonly Scored[];
  /** Null where there is no memory; absent where it was not asked. */
  readonly voting?: Voting | null;
  /** Absent where it was not asked. */
  readonly adjusting?: Adjusting;
  /** What altering the memory of the last weights does to unseen domains; null where there is no memory. */
  readonly reliance: readonly Altered[] | null;
  readonly date: string;
}
