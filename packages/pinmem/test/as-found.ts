// Test files that share a process leave it as they found it: whatever one changes for all, the next would see.

import { getNumThreads, isGradEnabled } from "@pinmem/torch";
import { afterAll, beforeAll, expect } from "vitest";

const state = () => ({
  folder: process.cwd(),
  exitCode: process.exitCode,
  environment: { ...process.env },
  threads: getNumThreads(),
  gradEnabled: isGradEnabled(),
  listeners: ["SIGINT", "SIGTERM", "SIGHUP", "SIGUSR1"].map((signal) => process.listenerCount(signal)),
});

let found: ReturnType<typeof state>;
beforeAll(() => {
  found = state();
});
afterAll(() => {
  expect(state(), "what this file leaves changed for those after it").toEqual(found);
});
