// What libtorch warns of, as Node's own warnings: once for each text, with JavaScript's stack under --trace-warnings, silent
// under --no-warnings, and heard by `process.on("warning", …)`. Its own log, with lines of C++, stays empty.

/** Warnings of what is meant to be here. */
const expected = [
  // Gradients of gradients hold their graph until they are freed, which scopes do here.
  "create_graph=True",
];

const told = new Set<string>();

/** @internal Passes a warning on, unless it is expected or was told before. */
export function tellWarning(message: string): void {
  const text = message.trim();
  if (told.has(text) || expected.some((part) => text.includes(part))) return;
  told.add(text);
  process.emitWarning(`libtorch: ${text}`, "TorchWarning");
}
