// One side of a comparison: a process of its own that answers one JSON line per request, so that both sides run in turn
// on the same machine in the same minutes, and the peak memory of each is its own.

import { type ChildProcess, spawn } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { createInterface } from "node:readline";

export interface Answer {
  readonly [field: string]: unknown;
}

export class Side {
  readonly #process: ChildProcess;
  readonly #lines: AsyncIterator<string>;
  #failure: Error | undefined;

  constructor(
    readonly name: string,
    command: string,
    args: readonly string[],
    environment: Readonly<Record<string, string>> = {},
  ) {
    // Passive waiting on both sides: on shared cores OpenMP's spinning makes either many times slower.
    this.#process = spawn(command, args, {
      stdio: ["pipe", "pipe", "inherit"],
      env: { OMP_WAIT_POLICY: "PASSIVE", ...process.env, ...environment },
    });
    this.#process.on("error", (error) => {
      this.#failure = new Error(`${name}: ${command} does not start: ${error.message}`);
    });
    if (!this.#process.stdout) throw new Error("internal: no pipe to the peer");
    this.#lines = createInterface({ input: this.#process.stdout })[Symbol.asyncIterator]();
  }

  /** Sends one request and waits for its answer. */
  async ask(request: Answer): Promise<Answer> {
    this.#process.stdin?.write(`${JSON.stringify(request)}\n`);
    const { value, done } = await this.#lines.next();
    if (done)
      throw this.#failure ?? new Error(`${this.name} ended at the request ${JSON.stringify(request)}`);
    const answer = JSON.parse(value) as Answer;
    if (typeof answer.error === "string") throw new Error(`${this.name}: ${answer.error}`);
    return answer;
  }

  /** Forgets the peak so far (Linux). */
  resetPeakMemory(): void {
    writeFileSync(`/proc/${this.#process.pid}/clear_refs`, "5");
  }

  /** Largest resident size since the last reset, in bytes (Linux). */
  get peakMemory(): number {
    const status = readFileSync(`/proc/${this.#process.pid}/status`, "utf8");
    return Number(/VmHWM:\s*(\d+)/.exec(status)?.[1] ?? Number.NaN) * 1024;
  }

  async close(): Promise<void> {
    this.#process.stdin?.end();
    if (this.#process.exitCode === null) await new Promise((resolve) => this.#process.once("exit", resolve));
  }
}
