// Test files that share a process leave it as they found it: whatever one changes for all, the next would see. Tensors that the
// files before left to the garbage collector are collected first, so that none disappears while another file counts its own.

import { getNumThreads, isGradEnabled, liveTensors } from "@pinmem/torch";
import { afterAll, beforeAll, expect } from "vitest";
import { collectGarbage } from "./collect-garbage.js";

const state = () => ({
  folder: process.cwd(),
  exitCode: process.exitCode,
  // libvips notes where it lies when it is first loaded; a file is not to blame for being the first that needs it.
  environment: { ...process.env, VIPSHOME: undefined },
  threads: getNumThreads(),
  gradEnabled: isGradEnabled(),
  listeners: ["SIGINT", "SIGTERM", "SIGHUP", "SIGUSR1"].map((signal) => process.listenerCount(signal)),
});

/** Of the process: tensors that are left when garbage has been collected, such as those that modules keep. */
const shared = globalThis as { tensorsThatStay?: number };

let found: ReturnType<typeof state>;
beforeAll(async () => {
  await collectGarbage(shared.tensorsThatStay);
  shared.tensorsThatStay = liveTensors();
  found = state();
});
afterAll(() => {
  expect(state(), "what this file leaves changed for those after it").toEqual(found);
});
