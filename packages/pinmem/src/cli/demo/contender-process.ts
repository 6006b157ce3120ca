// The process of one method of the demo: takes its task from the process that started it, tells that one what happens, and ends with it.

import { ContenderInterrupted, contend, type Task } from "./contender.js";
import type { FromContender, ToContender } from "./start-contender.js";

const stop = new AbortController();
/** Where nobody listens any more, what is in work is still ended in good order. */
const tell = (message: FromContender, then = () => {}) => {
  if (process.connected) process.send?.(message, then);
};

// A terminal sends its Ctrl-C to all processes: what is to be done about it, the first one says.
for (const name of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.on(name, () => {});
process.once("disconnect", () => stop.abort());
process.on("message", async (message: ToContender) => {
  if (message.kind === "stop") return stop.abort();
  tell(await lastWord(message.task), () => {
    if (process.connected) process.disconnect();
  });
});

async function lastWord(task: Task): Promise<FromContender> {
  try {
    const run = await contend(task, {
      say: (line) => tell({ kind: "line", line }),
      onEvent: (event) => tell({ kind: "event", event }),
      signal: stop.signal,
    });
    return { kind: "done", run };
  } catch (error) {
    if (error instanceof ContenderInterrupted)
      return { kind: "interrupted", when: error.message, run: error.run };
    if (error instanceof Error && error.message.startsWith("internal:")) console.error(error);
    return { kind: "failed", message: error instanceof Error ? error.message : String(error) };
  }
}
