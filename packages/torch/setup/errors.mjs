// Set-up's one kind of error: something on this machine is missing or does not fit, and the message says what it is,
// where it was looked for and how to mend it. It is printed without a stack trace. Anything else that is thrown is a
// bug of ours and keeps its trace.

export class SetupError extends Error {
  /** @override */
  name = "SetupError";
}
