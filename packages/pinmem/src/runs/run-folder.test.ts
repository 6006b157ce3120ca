import { spawn } from "node:child_process";
import { existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { hostname, tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { RunFolder } from "./run-folder.js";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "pinmem-run-"));
});
afterEach(() => rmSync(folder, { recursive: true }));

const lockFile = () => join(folder, ".lock");

describe("a run folder's lock", () => {
  it("keeps others out until it is released", () => {
    const run = new RunFolder(folder);
    const release = run.lock();
    expect(() => new RunFolder(folder).lock()).toThrow(
      new RegExp(`is being trained by process ${process.pid}`),
    );
    release();
    expect(existsSync(lockFile())).toBe(false);
    run.lock()();
  });

  it("takes away what a killed training had not written whole, and nothing else", () => {
    const kept = ["best.safetensors", "recipe.json", "notes.tmp", "my.json.1.tmp.txt"];
    const left = [
      ".best.safetensors.0123456789ab.tmp",
      ".average.safetensors.0123456789ab.tmp",
      ".best.calibration.json.0123456789ab.tmp",
      ".average.calibration.json.0123456789ab.tmp",
      ".recipe.json.0123456789ab.tmp",
      "recipe.json.77.tmp",
    ];
    for (const name of [...kept, ...left]) writeFileSync(join(folder, name), "");
    new RunFolder(folder).lock()();
    expect(readdirSync(folder).sort()).toEqual(kept.sort());
  });

  it("leaves no empty folders behind, and takes none away that was there or holds something", () => {
    const path = join(folder, "runs/a");
    new RunFolder(path).lock()();
    expect(existsSync(join(folder, "runs"))).toBe(false);
    const release = new RunFolder(path).lock();
    writeFileSync(join(path, "recipe.json"), "{}");
    release();
    expect(existsSync(path)).toBe(true);
    new RunFolder(folder).lock()();
    expect(existsSync(folder)).toBe(true);
  });

  it("of a process that is gone is taken over", async () => {
    const child = spawn(process.execPath, ["-e", ""]);
    await new Promise((resolve) => child.once("exit", resolve));
    writeFileSync(lockFile(), JSON.stringify({ pid: child.pid, host: hostname(), started: "1" }));
    new RunFolder(folder).lock()();
  });

  it("of a process whose number another one has now is taken over", () => {
    if (process.platform !== "linux") return; // elsewhere the system does not tell when a process started
    writeFileSync(lockFile(), JSON.stringify({ pid: process.pid, host: hostname(), started: "1" }));
    new RunFolder(folder).lock()();
  });

  it("of another machine is respected, a damaged one is not", () => {
    writeFileSync(lockFile(), JSON.stringify({ pid: 1, host: "elsewhere", started: null }));
    expect(() => new RunFolder(folder).lock()).toThrow(/process 1 on elsewhere/);
    writeFileSync(lockFile(), "{");
    new RunFolder(folder).lock()();
  });
});
