/** A run that cannot be opened; names the file or folder, the problem and the remedy. */
export class RunError extends Error {
  override readonly name = "RunError";

  constructor(
    readonly path: string,
    readonly problem: string,
    options?: ErrorOptions,
  ) {
    super(`${path} ${problem}`, options);
  }
}
