/** A file of the web, or a package, that could not be had; the message says what, why, and how to mend it. */
export class PullError extends Error {
  override readonly name = "PullError";
  constructor(
    /** An address or a package. */
    readonly source: string,
    readonly problem: string,
    options?: ErrorOptions,
  ) {
    super(`${source}: ${problem}`, options);
  }
}
