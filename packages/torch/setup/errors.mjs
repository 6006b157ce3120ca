// Set-up's one kind of error: something on this machine is missing or does not fit, and the message says what it is,
// where it was looked for and how to mend it. It is printed without a stack trace. Anything else that is thrown is a
// bug of ours and keeps its trace.

export class SetupError extends Error {
  /** @override */
  name = "SetupError";
}

/** @type {Readonly<Record<string, string>>} */
const refusals = {
  EACCES: "permission denied",
  EPERM: "permission denied",
  EROFS: "the file system is read-only",
  ENOTDIR: "a file stands where a folder has to be",
  ENOSPC: "the disk is full",
  EDQUOT: "the disk quota is used up",
};

/**
 * What was thrown, as a SetupError where the system refused to write.
 *
 * @param {unknown} thrown
 * @returns {unknown}
 */
export function asSetupError(thrown) {
  const { code = "", path } = /** @type {NodeJS.ErrnoException} */ (thrown ?? {});
  const reason = refusals[code];
  if (reason === undefined || path === undefined) return thrown;
  const remedy = ["ENOSPC", "EDQUOT"].includes(code)
    ? "Free some space"
    : "Set-up writes into the checkout: make it writable for you, or copy it to a folder of your own";
  return new SetupError(`${path} cannot be written: ${reason}. ${remedy}, then run this again`);
}
