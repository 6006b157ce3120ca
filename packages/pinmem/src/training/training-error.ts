// A step that cannot go on: its number, what went wrong, the files of its batch, and where to find more.

export interface FailureFacts {
  /** The step that failed, counted from 1. */
  readonly step: number;
  readonly problem: string;
  readonly files: readonly string[];
  /** The file with images, labels, memory and losses of the step; null where it could not be written. */
  readonly diagnostic: string | null;
}

/** A step that could not go on, such as one with a loss that is not finite; `facts` say where and what was found. */
export class TrainingError extends Error {
  override readonly name = "TrainingError";

  constructor(
    readonly facts: FailureFacts,
    options?: ErrorOptions,
  ) {
    const { step, problem, files, diagnostic } = facts;
    super(
      [
        `training stopped at step ${step}: ${problem}`,
        ...(files.length > 0 ? ["  its batch:", ...files.map((file) => `    ${file}`)] : []),
        ...(diagnostic ? [`  images, labels, memory and losses of the step: ${diagnostic}`] : []),
      ].join("\n"),
      options,
    );
  }
}

/** A loss or a gradient that is NaN or infinite. */
export class NonFiniteError extends Error {
  override readonly name = "NonFiniteError";
}
