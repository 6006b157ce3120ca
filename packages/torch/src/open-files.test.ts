import { spawnSync } from "node:child_process";
import { describe, expect, it } from "vitest";
import { inProcess } from "../test/elsewhere.js";

const canLimitFiles = process.platform === "linux" && spawnSync("prlimit", ["--version"]).status === 0;

describe.runIf(canLimitFiles)("a process that may open no more files", () => {
  it("is told so, and which limit it is", async () => {
    const { result } = await inProcess(({ manualSeed }) => {
      const { execFileSync } = process.getBuiltinModule("node:child_process");
      execFileSync("prlimit", ["--nofile=3:3", "--pid", String(process.pid)]);
      try {
        manualSeed(1);
        return "seeded";
      } catch (error) {
        return (error as Error).message;
      }
    });
    expect(result).toMatch(/^manualSeed: too many files are open.*ulimit -n.*fewer worker threads/);
  });
});
