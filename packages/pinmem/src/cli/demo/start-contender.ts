// Starts the process of one method of the demo, and hears of it.

import { fork } from "node:child_process";
import { fileURLToPath } from "node:url";
import type { TrainingEvent } from "@pinmem/core/formats";
import { ContenderInterrupted, type Listener, type Task } from "./contender.js";
import type { DemoRun } from "./summary.js";

export type ToContender = { readonly kind: "task"; readonly task: Task } | { readonly kind: "stop" };

export type FromContender =
  | { readonly kind: "line"; readonly line: string }
  | { readonly kind: "event"; readonly event: TrainingEvent }
  | { readonly kind: "done"; readonly run: DemoRun }
  | { readonly kind: "interrupted"; readonly when: string; readonly run: string | null }
  | { readonly kind: "failed"; readonly message: string };

/** @throws ContenderInterrupted; Error with what went wrong in the process, or how it ended */
export function startContender(task: Task, { say, onEvent, signal }: Listener): Promise<DemoRun> {
  const compiled = import.meta.url.endsWith(".ts")
    ? "../../../dist/cli/demo/contender-process.js"
    : "./contender-process.js";
  const child = fork(fileURLToPath(new URL(compiled, import.meta.url)), {
    // Whatever else is printed must not get among what programs read.
    stdio: ["ignore", 2, 2, "ipc"],
    env: { ...process.env, OMP_NUM_THREADS: String(task.threads) },
    execArgv: [],
  });
  const tell = (message: ToContender) => {
    if (child.connected) child.send(message, () => {});
  };
  const stop = () => tell({ kind: "stop" });
  let outcome: () => DemoRun = () => {
    throw new Error(`the process of ${task.method} ended without a word`);
  };
  child.on("message", (message: FromContender) => {
    if (message.kind === "line") say(message.line);
    else if (message.kind === "event") onEvent(message.event);
    else outcome = () => resultOf(message);
  });
  return new Promise<DemoRun>((resolve, reject) => {
    child.once("error", reject);
    child.once("close", (code, by) => {
      if (code !== 0)
        reject(new Error(`the process of ${task.method} ended with ${by ?? `exit code ${code}`}`));
      else resolve(new Promise((settle) => settle(outcome())));
    });
    tell({ kind: "task", task });
    signal.addEventListener("abort", stop);
    if (signal.aborted) stop();
  }).finally(() => signal.removeEventListener("abort", stop));
}

function resultOf(message: Exclude<FromContender, { kind: "line" | "event" }>): DemoRun {
  if (message.kind === "done") return message.run;
  if (message.kind === "interrupted") throw new ContenderInterrupted(message.when, { run: message.run });
  throw new Error(message.message);
}
