// Starts a program several times on this machine, as ranks of one world, and looks after them: what they print gets their number,
// and where one fails the others are ended, since they would wait for it.

import { type ChildProcess, spawn } from "node:child_process";
import { availableParallelism } from "node:os";
import { createInterface } from "node:readline";
import { freePort } from "./free-port.js";

export interface LaunchOptions {
  /** Processes on this machine. */
  readonly count: number;
  /** Program and arguments. */
  readonly command: readonly string[];
  /** Machines, each of which runs this with its own number. Default 1. */
  readonly nodes?: number;
  readonly node?: number;
  /** Where rank 0 is. Default: this machine, at a free port. */
  readonly master?: { readonly address: string; readonly port: number } | undefined;
  /** How often all were started before. */
  readonly restart?: number;
  /** Seconds after which a process that does not answer is an error to the others. */
  readonly timeout?: number;
  readonly environment?: NodeJS.ProcessEnv;
  /** Told of each line but those of rank 0 on standard output, which pass as they are. */
  readonly onLine?: (rank: number, line: string) => void;
  /** Asks all to end: passed on as SIGTERM. */
  readonly signal?: AbortSignal;
}

export interface LaunchResult {
  /** The first process that failed, and how; null where none did. */
  readonly failed: { readonly rank: number; readonly how: string } | null;
  /** Whether one was interrupted. */
  readonly interrupted: boolean;
}

/** The exit code of a process that was interrupted in good order. */
const INTERRUPTED = 130;

/** After a failure the others have so long to notice and to say so themselves, then to end, and then are ended: 5 s in all. */
const END_MS = { ask: 2500, force: 4500 } as const;

/** Runs all processes to their end. */
export async function launch({
  count,
  command,
  nodes = 1,
  node = 0,
  master,
  restart = 0,
  timeout,
  environment = process.env,
  onLine = () => {},
  signal,
}: LaunchOptions): Promise<LaunchResult> {
  const [program, ...words] = command;
  if (program === undefined) throw new RangeError("launch: command is empty");
  const { address, port } = master ?? { address: "127.0.0.1", port: await freePort() };
  const running = new Map<number, ChildProcess>();
  let failed: LaunchResult["failed"] = null;
  let interrupted = false;
  const timers: NodeJS.Timeout[] = [];
  const send = (name: NodeJS.Signals) => {
    for (const child of running.values()) child.kill(name);
  };
  const endOthers = () => {
    timers.push(setTimeout(send, END_MS.ask, "SIGTERM"), setTimeout(send, END_MS.force, "SIGKILL"));
  };
  const stop = () => send("SIGTERM");
  signal?.addEventListener("abort", stop);
  const ends = Array.from({ length: count }, (_, local) => {
    const rank = node * count + local;
    const child = spawn(program, words, {
      stdio: ["ignore", rank === 0 ? "inherit" : "pipe", "pipe"],
      env: {
        OMP_NUM_THREADS: String(Math.max(1, Math.floor(availableParallelism() / count))),
        ...environment,
        ...(timeout !== undefined && { PINMEM_TIMEOUT: String(timeout) }),
        RANK: String(rank),
        WORLD_SIZE: String(count * nodes),
        LOCAL_RANK: String(local),
        LOCAL_WORLD_SIZE: String(count),
        GROUP_RANK: String(node),
        MASTER_ADDR: address,
        MASTER_PORT: String(port),
        // By which it notices when this process is gone.
        PINMEM_LAUNCHER: String(process.pid),
        TORCHELASTIC_RESTART_COUNT: String(restart),
        TORCHELASTIC_USE_AGENT_STORE: "",
      },
    });
    running.set(local, child);
    for (const stream of [child.stdout, child.stderr])
      if (stream) createInterface({ input: stream }).on("line", (line) => onLine(rank, line));
    return new Promise<void>((resolve) => {
      const ended = (code: number | null, by: string | null) => {
        if (!running.delete(local)) return;
        // Who is asked to end while it is only starting does not yet listen.
        if (code === INTERRUPTED || (signal?.aborted && by === "SIGTERM")) interrupted = true;
        else if (code !== 0 && !failed) {
          failed = { rank, how: by ?? `exit code ${code}` };
          endOthers();
        }
        resolve();
      };
      child.once("error", (error) => ended(1, error.message));
      child.once("close", ended);
    });
  });
  if (signal?.aborted) stop();
  await Promise.all(ends);
  for (const timer of timers) clearTimeout(timer);
  signal?.removeEventListener("abort", stop);
  return { failed, interrupted };
}
