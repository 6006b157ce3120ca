// What goes wrong between processes. The message names the rank that speaks, what it was doing, and what to look at; libtorch's own
// words tell of sockets and source files.

export interface DistributedErrorOptions {
  readonly operation: string;
  readonly rank: number;
  readonly worldSize: number;
  readonly cause?: unknown;
}

/** Something that several processes do together, and that this one could not end. */
export class DistributedError extends Error {
  override readonly name: string = "DistributedError";
  readonly operation: string;
  readonly rank: number;

  constructor(problem: string, { operation, rank, worldSize, cause }: DistributedErrorOptions) {
    super(`${operation} on rank ${rank} of ${worldSize}: ${problem}`, cause === undefined ? {} : { cause });
    this.operation = operation;
    this.rank = rank;
  }
}

/** Processes that should be alike are not: says which fact differs, with the values of all. */
export class DisagreementError extends Error {
  override readonly name = "DisagreementError";
}

/** libtorch's words in ours; what is not known passes. */
export function inWords(message: string): string {
  const waited = /[Tt]imed out waiting (\d+)ms/.exec(message)?.[1];
  if (waited) {
    return `no answer from another rank within ${Number(waited) / 1000} s: it hangs, is cut off, or is that much slower`;
  }
  if (/Connection (reset|closed) by peer|Broken pipe|Socket closed|Read error/i.test(message)) {
    return "the connection to another rank broke: its process ended or was cut off";
  }
  if (/EADDRINUSE|address already in use/i.test(message))
    return "the port is taken by another program; choose another one";
  if (/socket has timed out|failed to connect|could not connect|getaddrinfo|hostname/i.test(message))
    return "nobody answers there: rank 0 is not (or no longer) running, or the address is not reachable from here";
  return message.split("\n")[0] as string;
}
