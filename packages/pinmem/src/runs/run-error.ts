import { visible, visibleLines } from "../files/visible.js";

/** A run that cannot be opened; names the file or folder, the problem, which may be several lines, and the remedy. */
export class RunError extends Error {
  override readonly name = "RunError";

  constructor(
    readonly path: string,
    readonly problem: string,
    options?: ErrorOptions,
  ) {
    super(visibleLines(`${visible(path)} ${problem}`.split("\n")), options);
  }
}
