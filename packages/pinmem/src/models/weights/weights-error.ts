// What is wrong with a file of weights.

/** A file that holds no weights, or none that can be used here; names the file, the problem and the remedy. */
export class WeightsError extends Error {
  override readonly name = "WeightsError";

  constructor(
    readonly file: string,
    readonly problem: string,
    options?: ErrorOptions,
  ) {
    super(`${file}: ${problem}`, options);
  }
}
