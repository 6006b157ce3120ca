// Ctrl-C, once: end when what is in progress is done. Twice: end at once.

export interface Interruption {
  readonly signal: AbortSignal;
  /** Gives the signals back to the system. */
  readonly stop: () => void;
}

/**
 * The first Ctrl-C asks for an end; after it the system's own handling is back.
 * @param inProgress what is still finished, "this step"
 */
export function interruption(inProgress: string): Interruption {
  const controller = new AbortController();
  const names = ["SIGINT", "SIGTERM"] as const;
  const stop = () => {
    for (const name of names) process.removeListener(name, listener);
  };
  const listener = () => {
    stop();
    console.error(`\nstopping after ${inProgress}; once more to stop at once`);
    controller.abort();
  };
  for (const name of names) process.on(name, listener);
  return { signal: controller.signal, stop };
}
