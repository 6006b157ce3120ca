// A signal that comes while a convolution computes is heard, and leaves memory as it was. In a process of its own, since what
// this protects from is its sudden death.

import { expect, it } from "vitest";
import { inProcess } from "./elsewhere.js";

it.skipIf(process.platform !== "linux")(
  "programs started beside libtorch hear signals as before",
  async () => {
    const { result } = await inProcess(async ({ zeros }) => {
      zeros([2]);
      const { execFileSync } = process.getBuiltinModule("node:child_process");
      return execFileSync("grep", ["SigBlk", "/proc/self/status"], { encoding: "utf8" });
    });
    expect(result).toMatch(/^SigBlk:\s*0+\s*$/);
  },
);

it.skipIf(process.platform === "win32")(
  "signals are heard while convolutions compute, which go on",
  async () => {
    const { result, ended } = await inProcess(async ({ nn, noGrad, randn, scope }) => {
      const { spawn } = process.getBuiltinModule("node:child_process");
      let heard = 0;
      process.on("SIGUSR2", () => heard++);
      const send = `for i in $(seq 60); do kill -USR2 ${process.pid}; sleep 0.01; done`;
      let sending = true;
      spawn("sh", ["-c", send]).on("close", () => {
        sending = false;
      });
      const convolution = new nn.Conv2d(1280, 256, 3, { padding: 12, dilation: 12, bias: false });
      const image = randn([4, 1280, 2, 2]);
      while (sending) {
        scope(() => noGrad(() => convolution.call(image)));
        await new Promise((resolve) => setImmediate(resolve));
      }
      return heard;
    });
    expect([ended.code, ended.signal], ended.stderr).toEqual([0, null]);
    expect(result).toBeGreaterThan(0);
  },
  60_000,
);
