// Runs a function with the compiled package in a process or a worker thread of its own: for what must not happen in the
// test's process (crashes, exits, memory of its own) and for worker threads, which cannot load TypeScript.
//
// The function is sent as text: it may use its arguments and globals, nothing else (`process.getBuiltinModule` has Node's own).

import { execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { readdirSync, statSync } from "node:fs";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { fileURLToPath } from "node:url";
import { Worker } from "node:worker_threads";

export type Torch = typeof import("../src/index.js");

const packageFolder = fileURLToPath(new URL("..", import.meta.url));
const entry = new URL("../dist/index.js", import.meta.url).href;

/** `npm test` compiles before; a test run by hand after a change does it here. */
function compile(): void {
  const compiled =
    statSync(join(packageFolder, "dist/.tsbuildinfo"), { throwIfNoEntry: false })?.mtimeMs ?? 0;
  const source = join(packageFolder, "src");
  const isNewer = (name: string) =>
    name.endsWith(".ts") && !name.endsWith(".test.ts") && statSync(join(source, name)).mtimeMs > compiled;
  if (!(readdirSync(source, { recursive: true }) as string[]).some(isNewer)) return;
  const root = fileURLToPath(new URL("../../..", import.meta.url));
  execFileSync(process.execPath, [join(root, "node_modules/typescript/bin/tsc"), "-b", packageFolder]);
}

const program = (body: unknown, data: string, report: string): string => `
  const torch = await import(${JSON.stringify(entry)});
  const result = await (${body})(torch, ${data});
  ${report}`;

type Body<T, D> = (torch: Torch, data: D) => T | Promise<T>;

export interface ProcessOptions {
  /** Flags of Node, such as `--expose-gc`. */
  flags?: readonly string[];
  env?: Readonly<Record<string, string | undefined>>;
}

export interface Ended {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stderr: string;
}

/** What `body` returned in a process of its own, by way of JSON, and how the process ended. */
export async function inProcess<T, D = undefined>(
  body: Body<T, D>,
  { data, flags = [], env = {} }: ProcessOptions & { data?: D } = {},
): Promise<{ result: T | undefined; ended: Ended }> {
  compile();
  const source = program(body, JSON.stringify(data) ?? "undefined", "process.send({ result });");
  const child = spawn(process.execPath, [...flags, "--input-type=module", "-e", source], {
    env: { ...process.env, ...env },
    stdio: ["ignore", "ignore", "pipe", "ipc"],
  });
  let result: T | undefined;
  child.on("message", (message) => {
    ({ result } = message as { result: T });
    child.disconnect();
  });
  const [stderr, [code, signal]] = await Promise.all([
    text(child.stderr as NodeJS.ReadableStream),
    once(child, "exit"),
  ]);
  return { result, ended: { code, signal, stderr } as Ended };
}

/** A worker thread that runs `body` and posts what it returns. */
export function startWorker<T, D = undefined>(body: Body<T, D>, data?: D): Worker {
  compile();
  const source = `
    const { parentPort, workerData } = await import("node:worker_threads");
    ${program(body, "workerData", "parentPort.postMessage(result);")}`;
  return new Worker(new URL(`data:text/javascript,${encodeURIComponent(source)}`), { workerData: data });
}

/** What `body` returned in a worker thread, after that thread has ended. */
export async function inWorker<T, D = undefined>(body: Body<T, D>, data?: D): Promise<T> {
  const worker = startWorker(body, data);
  let result: T | undefined;
  worker.once("message", (message: T) => {
    result = message;
  });
  await once(worker, "exit"); // rejects with what the worker threw
  return result as T;
}
