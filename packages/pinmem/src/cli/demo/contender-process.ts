// The process of one method of the demo: takes its task from the process that started it, tells that one what happens, and ends with it.

import { ContenderInterrupted, contend } from "./contender.js";
import type { FromContender, ToContender } from "./start-contender.js";

const stop = new AbortController();
const tell = (message: FromContender) => process.send?.(message);

// A terminal sends its Ctrl-C to all processes: what is to be done about it, the first one says.
for (const name of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.on(name, () => {});
process.once("disconnect", () => stop.abort());
process.on("message", async (message: ToContender) => {
  if (message.kind === "stop") return stop.abort();
  try {
    const run = await contend(message.task, {
      say: (line) => tell({ kind: "line", line }),
      onEvent: (event) => tell({ kind: "event", event }),
      signal: stop.signal,
    });
    tell({ kind: "done", run });
  } catch (error) {
    if (error instanceof Error && error.message.startsWith("internal:")) console.error(error);
    if (error instanceof ContenderInterrupted)
      tell({ kind: "interrupted", when: error.message, run: error.run });
    else tell({ kind: "failed", message: error instanceof Error ? error.message : String(error) });
  }
  if (process.connected) process.disconnect();
});
